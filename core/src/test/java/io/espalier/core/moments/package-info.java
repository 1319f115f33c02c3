/** Tests. */
@NullMarked
package io.espalier.core.moments;

import org.jspecify.annotations.NullMarked;

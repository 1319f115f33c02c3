/** Tests. */
@NullMarked
package io.espalier.core.compensation;

import org.jspecify.annotations.NullMarked;

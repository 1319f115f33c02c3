/** Tests. */
@NullMarked
package io.espalier.core.rotation;

import org.jspecify.annotations.NullMarked;

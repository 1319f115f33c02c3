/** Cuts smaller blocks out of larger ones. */
@NullMarked
package io.espalier.djl.carve;

import org.jspecify.annotations.NullMarked;

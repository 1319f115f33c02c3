/** A super-network trained on digits, from data to numbers. */
@NullMarked
package io.espalier.training;

import org.jspecify.annotations.NullMarked;

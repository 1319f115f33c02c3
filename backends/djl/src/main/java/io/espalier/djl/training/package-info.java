/** Training of elastic blocks: the sandwich rule, recalibration, importance from data. */
@NullMarked
package io.espalier.djl.training;

import org.jspecify.annotations.NullMarked;

/**
 * What a network costs, as questions with a small handler each: parameters, operations, bytes,
 * activations, and whatever a plugin adds as a {@link io.espalier.core.cost.CostHandler}.
 */
@NullMarked
package io.espalier.core.cost;

import org.jspecify.annotations.NullMarked;

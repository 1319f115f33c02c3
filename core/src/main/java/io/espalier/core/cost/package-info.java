/**
 * Parameters and operations of a network as functions of its widths. Internal: used by the facade,
 * {@code io.espalier.core}, alone; no promise is made.
 */
@NullMarked
package io.espalier.core.cost;

import org.jspecify.annotations.NullMarked;

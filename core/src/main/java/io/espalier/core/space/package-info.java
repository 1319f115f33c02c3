/**
 * A generated search space: declared widths, choices, settings and what of them can change.
 * Internal: used by the facade, {@code io.espalier.core}, alone; no promise is made.
 */
@NullMarked
package io.espalier.core.space;

import org.jspecify.annotations.NullMarked;

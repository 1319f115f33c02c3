/**
 * Ranks the units of a space by a criterion. Internal: used by the facade, {@code
 * io.espalier.core}, alone; no promise is made.
 */
@NullMarked
package io.espalier.core.importance;

import org.jspecify.annotations.NullMarked;

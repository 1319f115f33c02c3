/**
 * What must hold of what each stage makes: one list of small checks for a traced network, a solved
 * one, a search space, a manifest, a carved network and a repaired one. They are always on, since
 * each takes one look at every node. What they find is a bug, here or in a plugin, and never the
 * user's mistake. Internal: used by the facade, {@code io.espalier.core}, and what stands above it;
 * no promise is made.
 */
@NullMarked
package io.espalier.core.checks;

import org.jspecify.annotations.NullMarked;

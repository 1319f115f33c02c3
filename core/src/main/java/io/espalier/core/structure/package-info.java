/**
 * What the graph of a solved network shows: residual sums and blocks, chains, attention, regions,
 * names of modules. Internal: used by the facade, {@code io.espalier.core}, alone; no promise is
 * made.
 */
@NullMarked
package io.espalier.core.structure;

import org.jspecify.annotations.NullMarked;

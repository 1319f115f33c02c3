/**
 * The facade: opens networks, generates their search spaces, selects, sorts and exports. What it
 * hands out stands in {@link io.espalier.core.values}, rules in {@link io.espalier.core.rules},
 * searches in {@link io.espalier.core.search}; the other packages are internal.
 */
@NullMarked
package io.espalier.core;

import org.jspecify.annotations.NullMarked;

/** Searches for the best sub-network under a budget. */
@NullMarked
package io.espalier.core.search;

import org.jspecify.annotations.NullMarked;

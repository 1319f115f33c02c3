package io.espalier.core.search;

import io.espalier.core.values.Config;

/**
 * A network that a search has tried.
 *
 * @param config a choice for everything that can be configured
 * @param score its error: smaller is better
 * @param spent how much it uses of the limit that it comes nearest to, from 0 to 1
 */
public record Candidate(Config config, double score, double spent) {}

package io.espalier.embedding;

import io.espalier.core.Config;
import io.espalier.core.SearchSpace;

/** Says how good a candidate is; the application's own business. */
public interface Evaluator {
  /** A number that is larger for what is better. */
  double score(SearchSpace space, Config candidate);
}

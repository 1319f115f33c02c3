package io.espalier.embedding;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.Config;

/** Says how good a candidate is; the application's own business. */
public interface Evaluator {
  /** A number that is larger for what is better. */
  double score(SearchSpace space, Config candidate);
}

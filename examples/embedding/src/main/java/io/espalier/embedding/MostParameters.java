package io.espalier.embedding;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.Config;

/** The more parameters a candidate keeps, the better. A real one would run it on data. */
public final class MostParameters implements Evaluator {
  @Override
  public double score(SearchSpace space, Config candidate) {
    return space.params(candidate);
  }
}

package io.espalier.embedding;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Config;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;

/** Writes the best of many random candidates that cost at most half of the original. */
public final class Halver {
  private static final int CANDIDATES = 500;

  private final SearchSpaces spaces;
  private final Evaluator evaluator;

  @Inject
  public Halver(SearchSpaces spaces, Evaluator evaluator) {
    this.spaces = spaces;
    this.evaluator = evaluator;
  }

  /** What was found, in one sentence. */
  public String halve(Object network, Path result) {
    SearchSpace space = spaces.generate(network, Rules.everything());
    space.sortParameters();
    Random random = new Random(0);
    Config best =
        Stream.generate(() -> space.draw(random))
            .limit(CANDIDATES)
            .filter(candidate -> space.macs(candidate) <= space.macs() / 2)
            .max(Comparator.comparingDouble(candidate -> evaluator.score(space, candidate)))
            .orElseThrow();
    String found =
        "%d of %d MACs, ranked by %s".formatted(space.macs(best), space.macs(), space.criterion());
    space.select(best);
    space.export().save(result);
    return found;
  }
}

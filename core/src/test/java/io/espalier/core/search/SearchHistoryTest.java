package io.espalier.core.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SearchHistoryTest {
  private final SearchSpace space =
      new Mlp(16).linear("a", 64).linear("b", 10).space(Rules.everything());

  private static Config config(int width) {
    return Config.of(Map.of("a.out_features", Choice.of(width)));
  }

  private SearchHistory history(Map<Config, Double> screened) {
    return SearchHistory.of(
        space, Budget.of(Cost.PARAMS, 0.5), List.of(), screened, Map.of(config(16), 0.5));
  }

  @Test
  void whatIsSpentIsAPartOfTheBudget() {
    long whole = space.params();
    SearchHistory history = history(Map.of(config(32), 0.1));
    assertEquals(
        space.params(config(32)) / (0.5 * whole), history.screened().get(0).spent(), 1e-12);
    assertEquals(space.params(config(16)) / (0.5 * whole), history.tried().get(0).spent(), 1e-12);
  }

  @Test
  void theFrontIsWhatNothingBeatsWithinTheBudget() {
    Map<Config, Double> screened = new LinkedHashMap<>();
    screened.put(config(64), 0.0); // exceeds it
    screened.put(config(30), 0.1);
    screened.put(config(28), 0.1); // as good, and cheaper
    screened.put(config(20), 0.4);
    screened.put(config(22), 0.5); // worse, and dearer
    screened.put(config(4), Double.POSITIVE_INFINITY); // of no use
    assertEquals(
        List.of(config(28), config(20)),
        history(screened).front().stream().map(Candidate::config).toList());
  }

  @Test
  void curvesRunOverTheChoicesOfAWidth() {
    double[] byUnits =
        IntStream.rangeClosed(0, 64).mapToDouble(units -> 1 - units / 64.0).toArray();
    space.hparam("a.out_features").setChoices(List.of(Choice.of(16), Choice.of(64)));
    assertEquals(
        List.of(
            new ErrorCurve(
                "a.out_features",
                List.of(new ErrorCurve.Point(16, 0.75), new ErrorCurve.Point(64, 0)))),
        WidthErrors.of(Map.of("a.out_features", byUnits)).curves(space));
  }
}

package io.espalier.core.calibration;

import io.espalier.spi.Ranking;
import io.espalier.trace.Layout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the units of every width are worth, in one currency for all widths. Immutable. */
public final class Rankings {
  private final Map<Layout.Symbol, Ranking> rankings;

  Rankings(Map<Layout.Symbol, Ranking> rankings) {
    this.rankings = Map.copyOf(rankings);
  }

  /** These, and what is said of widths that these say nothing of. */
  public Rankings and(Map<Layout.Symbol, Ranking> others) {
    Map<Layout.Symbol, Ranking> all = new HashMap<>(others);
    all.putAll(rankings);
    return new Rankings(all);
  }

  /** That of a width; empty where nothing reads it whose weight can be solved anew. */
  public Optional<Ranking> of(Layout.Symbol symbol) {
    return Optional.ofNullable(rankings.get(symbol));
  }
}

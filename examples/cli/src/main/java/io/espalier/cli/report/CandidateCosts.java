package io.espalier.cli.report;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.cost.BytesCost;
import io.espalier.core.cost.CostHandler;
import io.espalier.core.cost.CostHandlers;
import io.espalier.core.search.Limit;
import io.espalier.core.values.Config;
import io.espalier.core.values.TracedModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What candidates cost, by every cost that is known. */
public final class CandidateCosts {
  private final Dials dials;

  public CandidateCosts(SearchSpace space, CostHandlers handlers) {
    this.dials = space.dials(handlers.all().values());
  }

  /** The costs of a config, by key. */
  Map<String, Long> of(Config config) {
    long[] costs = dials.costs(dials.setting(config));
    Map<String, Long> byKey = new LinkedHashMap<>();
    for (int i = 0; i < costs.length; i++) {
      byKey.put(dials.costs().get(i).key(), costs[i]);
    }
    return byKey;
  }

  /**
   * What was carved costs, beside what the original does and what limits allow.
   *
   * @param carved tells how many bytes it takes, which is not quite known before
   */
  List<CostLine> lines(List<Limit> limits, Config config, TracedModel carved) {
    long[] before = dials.costs(dials.original());
    long[] after = dials.costs(dials.setting(config));
    List<CostLine> lines = new ArrayList<>();
    for (int i = 0; i < before.length; i++) {
      CostHandler cost = dials.costs().get(i);
      Optional<CostLine.Allowed> allowed = Optional.empty();
      for (Limit limit : limits) {
        if (limit.cost().key().equals(cost.key())) {
          allowed = Optional.of(new CostLine.Allowed(limit.toString(), limit.allowed(before[i])));
        }
      }
      boolean bytes = cost.key().equals(BytesCost.KEY);
      long left = bytes ? carved.sizes().total() : after[i];
      lines.add(new CostLine(cost, before[i], left, allowed));
    }
    return lines;
  }
}

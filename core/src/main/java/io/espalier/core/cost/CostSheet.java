package io.espalier.core.cost;

import io.espalier.core.space.Space;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Some costs of a space as functions of a setting. What they share is worked out once for all of
 * them. Immutable, and safe for use by several threads at once.
 */
public final class CostSheet {
  private final Space space;
  private final List<CostFunction> functions = new ArrayList<>();
  private final Slots.Program program;

  public CostSheet(Space space, TracedModel model, Collection<CostHandler> handlers) {
    this.space = space;
    Slots slots = new Slots();
    CostedNetwork network = new CostedNetwork(model, space.map(), slots);
    for (CostHandler handler : handlers) {
      functions.add(guarded(handler, handler.of(network)));
    }
    this.program = slots.program();
  }

  private static CostFunction guarded(CostHandler handler, CostFunction function) {
    return extents -> {
      long cost = function.at(extents);
      if (cost < 0) {
        throw new EspalierException(
            "the cost \""
                + handler.key()
                + "\" of "
                + handler.getClass().getName()
                + " says "
                + cost
                + ", and a cost must not be negative; mend it, or take its JAR away");
      }
      return cost;
    };
  }

  /** The costs at a setting, in the order of the handlers. */
  public long[] at(int[] setting) {
    Extents extents = extents(setting);
    long[] costs = new long[functions.size()];
    for (int i = 0; i < costs.length; i++) {
      costs[i] = functions.get(i).at(extents);
    }
    return costs;
  }

  /** One of the costs at a setting. */
  public long at(int[] setting, int cost) {
    return functions.get(cost).at(extents(setting));
  }

  private Extents extents(int[] setting) {
    return new Extents(program.run(space.unitsOf(setting)), space.skipped(setting));
  }
}

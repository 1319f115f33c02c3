package io.espalier.core.search;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.cost.BytesCost;
import io.espalier.core.values.Config;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.EspalierException;
import java.util.List;
import java.util.Locale;

/**
 * Leaves room in a limit of bytes for what is only known once a network is carved: shapes that have
 * to be said, for instance. How much that is, one network carved within the limit tells.
 */
public final class FileLimit {
  /** Networks of one space differ in it by about this part, and by so many bytes. */
  private static final double SPREAD = 1.25;

  private static final long BYTES = 256;

  private FileLimit() {}

  /**
   * The budget with a limit of bytes that files of networks stay within; the same if it has none.
   * The space is left as it was.
   *
   * @throws io.espalier.spi.EspalierException if the budget cannot be met
   */
  public static Budget of(SearchSpace space, Budget budget) {
    for (Limit limit : budget.limits()) {
      if (limit.cost().key().equals(BytesCost.KEY)) {
        Dials dials = space.dials(List.of(limit.cost()));
        double allowed = limit.allowed(dials.originalCosts()[0]);
        Config config = BudgetSearch.find(space, budget).config();
        if (dials.cost(dials.setting(config), 0) == dials.cost(dials.original(), 0)) {
          return budget;
        }
        long more = written(space, config) - dials.cost(dials.setting(config), 0);
        double left = allowed - Math.max(0, SPREAD * more) - BYTES;
        return budget.with(Limit.absolute(limit.cost(), Math.max(1, left)));
      }
    }
    return budget;
  }

  /**
   * Checks that a network which was carved stays within a limit of bytes, if there is one.
   *
   * @throws EspalierException if it does not
   */
  public static void check(Budget budget, SearchSpace space, TracedModel carved) {
    for (Limit limit : budget.limits()) {
      if (limit.cost().key().equals(BytesCost.KEY)) {
        Dials dials = space.dials(List.of(limit.cost()));
        double allowed = limit.allowed(dials.originalCosts()[0]);
        long taken = carved.sizes().total();
        if (taken > allowed) {
          throw new EspalierException(
              String.format(
                  Locale.ROOT,
                  "the network that was found under %s would take %,d bytes, and %,d are allowed,"
                      + " since shapes that have to be said came to more than was left for them;"
                      + " allow a little less",
                  limit,
                  taken,
                  (long) allowed));
        }
      }
    }
  }

  private static long written(SearchSpace space, Config config) {
    Config before = space.config();
    space.select(config);
    try (TracedModel carved = space.export()) {
      return carved.sizes().total();
    } finally {
      space.select(before);
    }
  }
}

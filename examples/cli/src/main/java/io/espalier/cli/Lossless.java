package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSources;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import io.espalier.core.pruning.LosslessPruning;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.Cost;
import java.util.List;
import java.util.Map;

/** Takes away what contributes nothing, and says what that was. */
final class Lossless {
  /** What a unit is that no data go into is seen on any. */
  private static final int SAMPLES = 2;

  private final CarveOptions carving;

  Lossless(CarveOptions carving) {
    this.carving = carving;
  }

  /** The result, and the search space turned to it. */
  LosslessPruning.Result run(SearchSpace space) {
    return LosslessPruning.run(space, () -> random(carving.inputs(space)));
  }

  private Samples random(List<InputSpec> inputs) {
    return DataSources.discover(carving.options().loader())
        .open(new DataRequest("random", inputs, Map.of(), SAMPLES, 0));
  }

  /** What the result costs beside the original. */
  BudgetResult costs(SearchSpace space) {
    return BudgetResult.of(space, Budget.of(Cost.MACS, 1), space.config());
  }

  /** How many units went. */
  String text(LosslessPruning.Result result) {
    String words =
        result.removed() == 0
            ? "there is no unit that contributes nothing; the network stays what it is"
            : "units that contributed nothing and are gone: "
                + Numbers.exact(result.removed())
                + ", doubles of others among them: "
                + Numbers.exact(result.doubles());
    return words + System.lineSeparator();
  }
}

package io.espalier.core.pruning;

import io.espalier.core.SearchSpace;
import io.espalier.core.moments.DataModel;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.SearchHistory;
import io.espalier.core.values.Manifest;
import io.espalier.trace.Tensor;
import java.util.List;
import java.util.Map;

/**
 * A network that was made smaller with data.
 *
 * @param model the network
 * @param manifest what was cut, and in which parameters values were changed after that
 * @param costs its config, and what it costs
 * @param error of its outputs on data that were held back from its repair, as a part of the
 *     variance, and on moved copies of their images where there are any; the network itself was
 *     then repaired with all of the data, where that does not take too long
 * @param errorBefore the same without any repair
 * @param heldBack how many samples these errors were taken on
 * @param left first outputs of nodes whose weights were left alone, and why
 * @param history what the search saw on its way
 */
public record Pruned(
    DataModel model,
    Manifest manifest,
    BudgetResult costs,
    double error,
    double errorBefore,
    int heldBack,
    Map<String, String> left,
    SearchHistory history) {
  public Pruned {
    left = Map.copyOf(left);
  }

  /**
   * The same network with other values in its parameters, as training gives them: the manifest
   * lists all that differ from the cut. The errors stay those from before.
   *
   * @param space as pruning has left it
   * @param trained the network with the other values
   */
  public Pruned trained(SearchSpace space, DataModel trained) {
    List<String> stored =
        trained.graph().tensors().stream()
            .map(Tensor::name)
            .filter(trained::isStored)
            .distinct()
            .toList();
    try (DataModel plain = (DataModel) space.export()) {
      Manifest listed = Compensated.add(space.manifest(), plain, trained, stored, space.registry());
      return new Pruned(trained, listed, costs, error, errorBefore, heldBack, left, history);
    }
  }
}

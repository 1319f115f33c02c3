package io.espalier.core.search;

import io.espalier.core.SearchSpace;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.GradientModel;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.EspalierException;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The criteria that units can be ranked by: of weights, of data, of gradients. */
public final class Criteria {
  /** The key of the criterion that asks the backend for gradients on data. */
  public static final String TAYLOR = "taylor";

  private Criteria() {}

  /** The keys of all of them. */
  public static SortedSet<String> names(DMRegistry registry) {
    SortedSet<String> names = new TreeSet<>(registry.criteria().keySet());
    names.addAll(ofData(registry));
    return names;
  }

  /** The keys of those that take data. */
  public static SortedSet<String> ofData(DMRegistry registry) {
    SortedSet<String> names = new TreeSet<>(registry.dataCriteria().keySet());
    if (!registry.criteria().containsKey(TAYLOR)) {
      names.add(TAYLOR);
    }
    return names;
  }

  /**
   * Chooses a criterion that scores units one by one; a space may have one already that is not in
   * the registry.
   *
   * @param data what gradients are taken on
   * @param samples which of the data, ascending
   * @param labels the class of each of the data; empty for none
   * @throws EspalierException if there is none of this key, or the network has no gradients
   */
  public static void choose(
      SearchSpace space, String key, Samples data, int[] samples, Optional<int[]> labels) {
    DMRegistry registry = space.registry();
    if (registry.criteria().containsKey(key)) {
      space.setCriterion(key);
    } else if (key.equals(TAYLOR)) {
      space.setCriterion(gradients(space).taylor(data, samples, labels));
    } else if (!space.criterion().equals(key)) {
      throw unknown(registry, key);
    }
  }

  static EspalierException unknown(DMRegistry registry, String key) {
    return new EspalierException(
        "there is no importance criterion \"" + key + "\"; there are " + names(registry));
  }

  private static GradientModel gradients(SearchSpace space) {
    if (space.model() instanceof GradientModel model) {
      return model;
    }
    SortedSet<String> others = names(space.registry());
    others.remove(TAYLOR);
    throw new EspalierException(
        "the criterion \""
            + TAYLOR
            + "\" takes gradients, and "
            + space.model().description()
            + " is run by a backend that computes none; open it as a Block of DJL, or rank by one"
            + " of "
            + others);
  }
}

package io.espalier.core.importance;

import io.espalier.core.rules.Names;
import io.espalier.core.space.Dial;
import io.espalier.core.space.HparamSpec;
import io.espalier.core.space.SpaceState;
import io.espalier.core.values.FrozenAxis;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.EspalierException;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.PluginException;
import io.espalier.trace.Layout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ranks the units of a space by a criterion, and keeps what criteria have said. */
public final class Ranking {
  /** The criterion that units are ranked by where no other is chosen. */
  public static final String DEFAULT_CRITERION = "l2";

  private static final Logger LOG = LoggerFactory.getLogger(Ranking.class);

  private final DMRegistry registry;
  private final Map<String, Importances.Scores> scores = new LinkedHashMap<>();

  /** Widths that a criterion could not score, by their dials. */
  private final Map<Integer, FrozenAxis> unscored = new LinkedHashMap<>();

  private String criterion = DEFAULT_CRITERION;
  private @Nullable ImportanceCriterion own;

  public Ranking(DMRegistry registry) {
    this.registry = registry;
  }

  /** Forgets what was said of another space. */
  public void clear() {
    scores.clear();
    unscored.clear();
  }

  public String criterion() {
    return criterion;
  }

  public void setCriterion(String key) {
    find(key);
    criterion = key;
  }

  public void setCriterion(ImportanceCriterion chosen) {
    own = chosen;
    criterion = chosen.key();
    scores.remove(criterion);
  }

  /** Takes the criterion of another. */
  public void rankAs(Ranking other) {
    criterion = other.criterion;
    own = other.own;
    scores.clear();
  }

  /** The widths that a criterion could not score. */
  public Collection<FrozenAxis> unscored() {
    return unscored.values();
  }

  /** The scores of an hparam's units; empty if it has none. */
  public Optional<double[]> importance(SpaceState state, HparamSpec spec) {
    Layout.Symbol symbol = SpaceState.symbol(spec);
    if (symbol == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(scores(state).units(symbol)).map(double[]::clone);
  }

  /**
   * Sorts units by the weights as they are now.
   *
   * @param names last components of hparam names; a choice is sorted that any of its names ends
   *     with; null for all
   * @return the first names of what was sorted
   * @throws EspalierException if no hparam's name ends so
   */
  public List<String> sort(SpaceState state, @Nullable Collection<String> names) {
    Set<Dial> wanted = names == null ? Set.copyOf(state.space().dials()) : ending(state, names);
    scores.remove(criterion);
    Importances.Scores now = scores(state);
    List<String> sorted = new ArrayList<>();
    for (Dial dial : state.space().dials()) {
      if (dial.kind() != Dial.Kind.WIDTH || !wanted.contains(dial)) {
        continue;
      }
      Layout.Symbol symbol = dial.symbols().get(0);
      PluginException failure = now.failure(symbol);
      double[] importance = now.units(symbol);
      if (failure != null) {
        freezeUnscored(state, dial, failure);
      } else if (importance != null) {
        state.order(symbol, descending(importance));
        sorted.add(dial.name());
      }
    }
    return sorted;
  }

  private static Set<Dial> ending(SpaceState state, Collection<String> names) {
    Map<String, Set<Dial>> byEnding = new LinkedHashMap<>();
    for (HparamSpec spec : state.space().hparams()) {
      String ending = spec.name().substring(spec.name().lastIndexOf('.') + 1);
      Set<Dial> dials = byEnding.computeIfAbsent(ending, key -> new HashSet<>());
      Dial dial = spec.dial();
      if (dial != null) {
        dials.add(dial);
      }
    }
    Set<Dial> found = new HashSet<>();
    for (String name : names) {
      Set<Dial> dials = byEnding.get(name);
      if (dials == null) {
        throw new EspalierException(
            "no name of an hparam ends with "
                + Names.quote(name)
                + Names.hint(name, "endings", byEnding.keySet()));
      }
      found.addAll(dials);
    }
    return found;
  }

  /** A width whose units cannot be ranked may only be what it is, or whole. */
  private void freezeUnscored(SpaceState state, Dial dial, PluginException failure) {
    String layer = dial.name().substring(0, dial.name().lastIndexOf('.'));
    String axis = dial.name().substring(layer.length() + 1);
    String reason = "the criterion " + failure.getMessage();
    FrozenAxis frozen = new FrozenAxis(layer, axis, layer, "", reason);
    if (unscored.putIfAbsent(dial.index(), frozen) == null) {
      state.freeze(dial);
      LOG.warn("{}.{} is frozen: {}", layer, axis, reason);
    }
  }

  private Importances.Scores scores(SpaceState state) {
    Importances.Scores known = scores.get(criterion);
    if (known == null) {
      known =
          new Importances(state.space().map(), registry.isStrict())
              .score(state.space().consumers(), find(criterion));
      scores.put(criterion, known);
    }
    return known;
  }

  private ImportanceCriterion find(String key) {
    ImportanceCriterion chosen = own;
    if (chosen != null && chosen.key().equals(key)) {
      return chosen;
    }
    ImportanceCriterion found = registry.criteria().get(key);
    if (found == null) {
      throw new EspalierException(
          "there is no importance criterion \""
              + key
              + "\"; the registry has "
              + registry.criteria().keySet());
    }
    return found;
  }

  /** Indices by descending value; equal values keep the order of their indices. */
  static int[] descending(double[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted((a, b) -> Double.compare(values[b], values[a]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}

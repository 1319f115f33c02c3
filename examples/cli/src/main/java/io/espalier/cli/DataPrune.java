package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.data.Samples;
import io.espalier.core.pruning.DataPruning;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.pruning.Pruned;
import io.espalier.core.search.Budget;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Prunes with data, and says what came of it. */
final class DataPrune {
  private static final int USUAL = 512;
  private static final int MOST_NODES = 4;

  private final CarveOptions carving;
  private final DataOptions data;
  private final boolean plain;
  private final @Nullable Path cache;
  private final StrategyOptions strategies;
  private final @Nullable Integer epochs;
  private String training = "";

  /**
   * @param plain whether weights stay as they are cut
   * @param cache the folder that keeps what is measured; null for none
   * @param strategies how candidates are looked for
   * @param epochs how long the result is trained; null for not at all
   */
  DataPrune(
      CarveOptions carving,
      DataOptions data,
      boolean plain,
      @Nullable Path cache,
      StrategyOptions strategies,
      @Nullable Integer epochs) {
    this.strategies = strategies;
    this.epochs = epochs;
    this.carving = carving;
    this.data = data;
    this.plain = plain;
    this.cache = cache;
  }

  /** The search space of the model. */
  SearchSpace generate() {
    carving.options().useData();
    return carving.generate();
  }

  /** Cuts the vocabulary, if that was asked for, by how often the data read its rows. */
  void cut(SearchSpace space, VocabularyOptions vocabulary) {
    if (vocabulary.given()) {
      Samples samples = data.open(carving.inputs(space), USUAL, carving.options().loader());
      vocabulary.cut(space, samples, data.chosen(samples, USUAL));
    }
  }

  /** Finds and repairs the sub-network. */
  Pruned run(SearchSpace space, Budget budget, Consumer<String> progress) {
    progress.accept("reading data");
    Samples samples = data.open(carving.inputs(space), USUAL, carving.options().loader());
    PruneOptions options =
        PruneOptions.of(budget)
            .withSeed(data.seed())
            .withSearch(strategies.search(carving.options().loader()));
    String criterion = carving.options().importance();
    if (criterion != null) {
      options = options.withCriterion(criterion);
    }
    if (plain) {
      options = options.withRepair(PruneOptions.Repair.NONE);
    }
    if (cache != null) {
      options = options.withCache(cache);
    }
    int[] chosen = data.chosen(samples, USUAL);
    Pruned pruned = DataPruning.run(space, options, samples, chosen, progress);
    if (epochs == null) {
      return pruned;
    }
    BlockTuning.Tuned tuned =
        BlockTuning.run(
            space,
            pruned,
            samples,
            chosen,
            epochs,
            data.seed(),
            options.search().labels(),
            progress);
    training = untrained(pruned) + tuned.text();
    return tuned.pruned();
  }

  /**
   * The error on data that were held back, what was repaired, and what was not; and what training
   * did after that.
   */
  String text(Pruned pruned) {
    return training.isEmpty() ? untrained(pruned) : training;
  }

  private String untrained(Pruned pruned) {
    StringBuilder text = new StringBuilder();
    text.append(strategies.measure())
        .append(" on ")
        .append(pruned.heldBack())
        .append(" samples held back: ")
        .append(number(pruned.error()))
        .append(strategies.unit());
    if (!plain) {
      int repaired = pruned.manifest().compensated().size();
      text.append(
          repaired == 0
              ? "; no repair helped"
              : ", "
                  + number(pruned.errorBefore())
                  + " without repair; parameters repaired: "
                  + Numbers.exact(repaired));
    }
    text.append(System.lineSeparator());
    if (!pruned.left().isEmpty()) {
      text.append(left(pruned.left())).append(System.lineSeparator());
    }
    return text.toString();
  }

  private static String left(Map<String, String> left) {
    List<String> nodes =
        new TreeMap<>(left)
            .entrySet().stream()
                .limit(MOST_NODES)
                .map(node -> node.getKey() + " (" + node.getValue() + ")")
                .toList();
    int rest = left.size() - nodes.size();
    return "not repaired: " + String.join(", ", nodes) + (rest > 0 ? " and " + rest + " more" : "");
  }

  private static String number(double error) {
    return String.format(Locale.ROOT, "%.4g", error);
  }
}

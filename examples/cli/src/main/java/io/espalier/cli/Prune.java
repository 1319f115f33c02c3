package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.cost.MacsCost;
import io.espalier.core.pruning.LosslessPruning;
import io.espalier.core.pruning.Pruned;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.Cost;
import io.espalier.core.search.FileLimit;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.EspalierException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Carves the sub-network that keeps most under a budget. */
@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    versionProvider = Espalier.Version.class,
    description =
        "Carves the sub-network that keeps what matters most under a budget; with data, its"
            + " weights are solved anew so that its outputs stay near the original's.")
final class Prune implements Callable<Integer> {
  /** Steps of pruning with data; there are more where more choices of widths are tried. */
  private static final int DATA_STEPS = 14;

  @Mixin private CarveOptions carving = new CarveOptions();

  @Mixin private DataOptions data = new DataOptions();

  @Option(
      names = "--no-compensate",
      description = "Leave the weights as they are cut; data only tell which units matter.")
  private boolean plain;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Keeps what was measured of the model there: by data, for other budgets with the same"
              + " data, and latencies.")
  private @Nullable Path cache;

  @Option(
      names = "--latency-threads",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "On how many threads networks are timed for --latency (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Mixin private BudgetOptions budgets = new BudgetOptions();

  @Mixin private StrategyOptions strategies = new StrategyOptions();

  @Mixin private TrainingOptions training = new TrainingOptions();

  @Mixin private ReportOptions report = new ReportOptions();

  @Option(
      names = "--partial-macs",
      description = "Budget the MACs that are known, where those of some nodes are not.")
  private boolean partialMacs;

  @Option(
      names = "--timing",
      description =
          "Also time both networks with ONNX Runtime, which takes longer than all the rest.")
  private boolean timing;

  @Option(
      names = "--lossless",
      description =
          "Take away exactly the units that contribute nothing: dead ones, those that nothing"
              + " reads, doubles of others. Outputs stay what they are.")
  private boolean lossless;

  @Mixin private QuantizeOptions quantize = new QuantizeOptions();

  @Mixin private VocabularyOptions vocabulary = new VocabularyOptions();

  private final Terminal terminal;

  Prune(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    vocabulary.check();
    if (timing) {
      carving.alsoTime();
    }
    training.check(carving.source(), data.given(), lossless);
    carving.writeAs(quantize.precision());
    report.announce(carving);
    String table;
    if ((quantize.given() || vocabulary.given()) && !lossless && budgets.isEmpty()) {
      try (Outputs outputs = carving.outputs()) {
        table = withoutBudget(outputs);
      }
    } else if (lossless) {
      budgets.requireNone();
      try (Outputs outputs = carving.outputs()) {
        table = lossless(outputs);
      }
    } else {
      AskedBudget asked = budgets.budget(carving.options().loader());
      requireTimed(asked);
      try (Outputs outputs = carving.outputs()) {
        table = data.given() ? withData(asked, outputs) : withoutData(asked, outputs);
      }
    }
    carving.words().forEach(terminal.err()::println);
    terminal.out().print(table);
    return ExitCode.OK;
  }

  private void requireTimed(AskedBudget asked) {
    if (asked.latency().isPresent() && quantize.given()) {
      throw new EspalierException(
          "--latency times networks as they are cut, and eight bits take another time; leave"
              + " --quantize out, and give it to the file that --latency wrote");
    }
    if (threads < 1) {
      throw new EspalierException(
          "--latency-threads must be at least 1, not " + threads + "; give the threads to time on");
    }
  }

  private LatencyPrune searches(AskedBudget asked, Progress progress) {
    List<Path> folders =
        Stream.of(Optional.ofNullable(cache), strategies.checkpoint())
            .flatMap(Optional::stream)
            .toList();
    return new LatencyPrune(carving, asked, threads, folders, progress);
  }

  private String withData(AskedBudget asked, Outputs outputs) {
    DataPrune pruning = new DataPrune(carving, data, plain, cache, strategies, training.epochs());
    try (Progress progress = Progress.of(terminal, carving.quiet(), DATA_STEPS)) {
      outputs.show(progress);
      progress.step("tracing");
      SearchSpace space = pruning.generate();
      pruning.cut(space, vocabulary);
      requireMacs(asked, space);
      LatencyPrune.Found<Pruned> found =
          searches(asked, progress)
              .withData(
                  space,
                  budget -> pruning.run(space, FileLimit.of(space, budget), progress::step),
                  pruned -> pruned.costs().config(),
                  other -> other.model().close());
      Pruned pruned = found.result();
      progress.step("carving");
      FileLimit.check(found.budget(), space, pruned.model());
      report.take(space, found, pruned, strategies);
      carving.write(space, pruned.model(), pruned.manifest(), outputs);
      if (carving.quiet()) {
        return "";
      }
      progress.step("comparing");
      return carving.compare(space, pruned.costs())
          + found.words()
          + vocabulary.text()
          + pruning.text(pruned);
    }
  }

  /**
   * Checks that nothing is said of data where there are none.
   *
   * @param timed whether networks are timed
   */
  private void requireNothingSaidOfData(boolean timed) {
    data.requireNothingSaid();
    strategies.requireNothingSaid();
    if (plain) {
      throw new EspalierException(
          "--no-compensate says what data are not used for; give --data, or leave it out");
    }
    if (cache != null && !timed) {
      throw new EspalierException(
          "--cache keeps what data say of the model, and how long networks take; give --data or"
              + " --latency, or leave it out");
    }
  }

  private String lossless(Outputs outputs) {
    if (data.given()) {
      throw new EspalierException(
          "--lossless needs no data: it takes away what contributes nothing to any; leave --data"
              + " out, or give a budget instead of --lossless");
    }
    requireNothingSaidOfData(false);
    Lossless pruning = new Lossless(carving);
    try (Progress progress = Progress.of(terminal, carving.quiet(), 4)) {
      outputs.show(progress);
      progress.step("tracing");
      SearchSpace space = carving.generate();
      vocabulary.cut(space);
      progress.step("looking for units that contribute nothing");
      LosslessPruning.Result result = pruning.run(space);
      progress.step("carving");
      report.take(space, result, pruning.text(result).strip());
      carving.write(space, result.model(), result.manifest(), outputs);
      if (carving.quiet()) {
        return "";
      }
      progress.step("comparing");
      return carving.compare(space, pruning.costs(space))
          + vocabulary.text()
          + pruning.text(result);
    }
  }

  /** All widths stay: in fewer bits, or with fewer rows. */
  private String withoutBudget(Outputs outputs) {
    if (data.given() && !vocabulary.given()) {
      throw new EspalierException(
          "--quantize needs no data, which say what is cut; give a budget or --vocabulary as well,"
              + " or leave --data out");
    }
    if (!data.given()) {
      requireNothingSaidOfData(false);
    } else if (plain || cache != null || strategies.isGiven()) {
      throw new EspalierException(
          "--no-compensate, --cache and options of a search say how widths are cut by data; give a"
              + " budget as well, or leave them out");
    }
    report.requireNotGiven();
    DataPrune pruning = new DataPrune(carving, data, plain, cache, strategies, training.epochs());
    try (Progress progress = Progress.of(terminal, carving.quiet(), 3)) {
      outputs.show(progress);
      progress.step("tracing");
      SearchSpace space = data.given() ? pruning.generate() : carving.generate();
      if (data.given()) {
        pruning.cut(space, vocabulary);
      } else {
        vocabulary.cut(space);
      }
      progress.step("writing");
      carving.write(space, vocabulary.given() ? space.export() : space.model(), outputs);
      if (carving.quiet()) {
        return "";
      }
      progress.step("comparing");
      Budget all = Budget.of(Cost.MACS, 1);
      return carving.compare(space, BudgetResult.of(space, all, space.config()))
          + vocabulary.text();
    }
  }

  private String withoutData(AskedBudget asked, Outputs outputs) {
    requireNothingSaidOfData(asked.latency().isPresent());
    try (Progress progress = Progress.of(terminal, carving.quiet(), 5)) {
      outputs.show(progress);
      progress.step("tracing");
      SearchSpace space = carving.generate();
      vocabulary.cut(space);
      requireMacs(asked, space);
      progress.step("sorting");
      space.sortParameters();
      progress.step("searching");
      LatencyPrune.Found<BudgetResult> found = searches(asked, progress).withoutData(space);
      space.select(found.result().config());
      progress.step("carving");
      TracedModel carved = space.export();
      FileLimit.check(found.budget(), space, carved);
      report.take(space, found, carved);
      carving.carve(space, carved, outputs);
      if (carving.quiet()) {
        return "";
      }
      progress.step("comparing");
      return carving.compare(space, found.result()) + found.words() + vocabulary.text();
    }
  }

  private void requireMacs(AskedBudget asked, SearchSpace space) {
    if (asked.limits(MacsCost.KEY) && !partialMacs) {
      LeftOut.refuse(space);
    }
  }
}

package io.espalier.cli;

import io.espalier.core.cost.ActivationsCost;
import io.espalier.core.cost.BytesCost;
import io.espalier.core.cost.CostHandler;
import io.espalier.core.cost.CostHandlers;
import io.espalier.core.cost.MacsCost;
import io.espalier.core.cost.ParamsCost;
import io.espalier.core.latency.LatencyLimit;
import io.espalier.core.search.Limit;
import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a smaller network may cost: parts of the original, or numbers with a unit. */
final class BudgetOptions {
  private static final Map<String, Double> UNITS = units();

  @Option(
      names = "--macs",
      paramLabel = "0.5|300M",
      description = "How many of the multiply-accumulate operations may stay.")
  private @Nullable String macs;

  @Option(
      names = "--params",
      paramLabel = "0.5|2M",
      description = "How many of the parameters may stay.")
  private @Nullable String params;

  @Option(
      names = "--bytes",
      paramLabel = "0.5|4MB",
      description = "How large the file may be, with what stands beside it; a MB is 1,000,000.")
  private @Nullable String bytes;

  @Option(
      names = "--activations",
      paramLabel = "0.5|2MB",
      description = "How many bytes of data may be held at one time, at batch 1.")
  private @Nullable String activations;

  @Option(
      names = "--latency",
      paramLabel = "0.6|15ms",
      description =
          "How long a run may take: a part of what the original takes, or a time. Measured here,"
              + " so nothing else should run meanwhile.")
  private @Nullable String latency;

  @Option(
      names = "--limit",
      paramLabel = "KEY=AMOUNT",
      description = "The same for a cost that a plugin adds, by its key.")
  private Map<String, String> others = new LinkedHashMap<>();

  @Option(
      names = "--divisor",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "Widths from 64 on become multiples of it, others of 4, 2, 1 (default:"
              + " ${DEFAULT-VALUE}).")
  private int divisor;

  @Option(
      names = "--floor",
      paramLabel = "F",
      defaultValue = "0.125",
      description = "No width falls below this part of itself (default: ${DEFAULT-VALUE}).")
  private double floor;

  @Option(
      names = "--exact",
      description = "Keep widths that are normalised over, so that masks prove the result.")
  private boolean exact;

  /** Whether there is no budget. */
  boolean isEmpty() {
    return macs == null
        && params == null
        && bytes == null
        && activations == null
        && latency == null
        && others.isEmpty();
  }

  /**
   * Checks that there is no budget.
   *
   * @throws EspalierException if there is one
   */
  void requireNone() {
    if (!isEmpty()) {
      throw new EspalierException(
          "--lossless takes away exactly what contributes nothing, and a budget asks for more;"
              + " give one of the two, the budget on the file that --lossless wrote");
    }
  }

  /**
   * The budget.
   *
   * @param loader finds the costs that plugins add
   * @throws EspalierException if none is given, or what is given is no amount
   */
  AskedBudget budget(ClassLoader loader) {
    Map<String, String> given = new LinkedHashMap<>();
    put(given, MacsCost.KEY, macs);
    put(given, ParamsCost.KEY, params);
    put(given, BytesCost.KEY, bytes);
    put(given, ActivationsCost.KEY, activations);
    others.forEach(given::putIfAbsent);
    Optional<LatencyLimit> time = Optional.ofNullable(latency).map(LatencyWords::read);
    if (given.isEmpty() && time.isEmpty()) {
      throw new EspalierException(
          "there is no budget; give at least one of --macs=0.5, --params=0.5, --bytes=4MB,"
              + " --activations=2MB, --latency=15ms, or --lossless, --vocabulary=N or"
              + " --quantize=int8");
    }
    CostHandlers costs = CostHandlers.discover(loader);
    List<Limit> limits = new ArrayList<>();
    given.forEach((key, words) -> limits.add(limit(costs.get(key), words)));
    return new AskedBudget(limits, time, divisor, floor, exact);
  }

  private static void put(Map<String, String> given, String key, @Nullable String words) {
    if (words != null) {
      given.put(key, words);
    }
  }

  /** A bare number is a part, one with a unit is absolute: {@code 300M}, {@code 4MB}. */
  static Limit limit(CostHandler cost, String words) {
    Amount amount =
        Amount.read(
            words,
            new Amount.Kind(
                UNITS,
                "budget",
                "the original's " + cost.plural(),
                "a part of the original, such as 0.5, or a number with a unit, such as 300M or 4MB",
                "0.5",
                "an amount, such as 300M or 4MB"));
    return amount.part()
        ? Limit.part(cost, amount.number())
        : Limit.absolute(cost, amount.number());
  }

  private static Map<String, Double> units() {
    Map<String, Double> units = new HashMap<>(Map.of("", 1.0, "k", 1e3, "K", 1e3));
    units.putAll(Map.of("M", 1e6, "G", 1e9, "T", 1e12));
    Map.copyOf(units).forEach((unit, one) -> units.put(unit + "B", one));
    return units;
  }
}

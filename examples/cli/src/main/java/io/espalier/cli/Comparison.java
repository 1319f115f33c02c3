package io.espalier.cli;

import io.espalier.core.search.BudgetResult;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxRunException;
import java.nio.file.Path;
import java.util.Locale;

/** What a network costs before and after it was carved. */
final class Comparison {
  private static final double KILO = 1000;

  /** Bytes of a model that is loaded twice, laid out for quick runs, just to time it. */
  private static final long MOST_TIMED = 400_000_000;

  private Comparison() {}

  /** A table of params and MACs alone. */
  static String of(BudgetResult costs) {
    return table(costs).toString();
  }

  private static Table table(BudgetResult costs) {
    Table table = new Table("", "before", "after", "ratio");
    table.row(
        "parameters",
        Numbers.exact(costs.originalParams()),
        Numbers.exact(costs.params()),
        Numbers.ratio(costs.params(), costs.originalParams()));
    table.row(
        "MACs",
        Numbers.exact(costs.originalMacs()),
        Numbers.exact(costs.macs()),
        Numbers.ratio(costs.macs(), costs.originalMacs()));
    for (BudgetResult.Spent other : costs.others()) {
      table.row(
          other.cost().plural(),
          other.cost().number(other.before()),
          other.cost().number(other.after()),
          Numbers.ratio(other.after(), other.before()));
    }
    return table;
  }

  /** A table of params, MACs and file size. */
  static String of(BudgetResult costs, Path before, Path after) {
    return table(costs, OnnxModel.read(before), OnnxModel.read(after)).toString();
  }

  /**
   * A table of params, MACs, file size and latency.
   *
   * @param costs what was found
   * @param given what a user said of inputs
   */
  static String timed(BudgetResult costs, Path before, Path after, GivenInputs given) {
    OnnxModel original = OnnxModel.read(before);
    OnnxModel carved = OnnxModel.read(after);
    Table table = table(costs, original, carved);
    if (original.byteSize() > MOST_TIMED) {
      return table
          + "latency was not measured: the model has more than 400 MB; compare measures it"
          + System.lineSeparator();
    }
    try {
      Stopwatch.Times times = Stopwatch.compare(original, carved, given);
      table.row(
          "latency, ms",
          Numbers.milliseconds(times.first()),
          Numbers.milliseconds(times.second()),
          Numbers.ratio(times.second(), times.first()));
      return table + "latency: ONNX Runtime at batch 1 on one thread" + System.lineSeparator();
    } catch (OnnxRunException e) {
      return table + "latency was not measured: " + e.getMessage() + System.lineSeparator();
    }
  }

  private static Table table(BudgetResult costs, OnnxModel original, OnnxModel carved) {
    Table table = table(costs);
    table.row(
        "file size, kB",
        kilobytes(original),
        kilobytes(carved),
        Numbers.ratio(carved.byteSize(), original.byteSize()));
    return table;
  }

  private static String kilobytes(OnnxModel model) {
    return String.format(Locale.ROOT, "%,.1f", model.byteSize() / KILO);
  }
}

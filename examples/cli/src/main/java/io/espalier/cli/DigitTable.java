package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.Config;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.training.DigitAccuracy;
import io.espalier.training.Images;
import java.nio.file.Path;
import java.util.Locale;

/** What two networks that tell digits cost, and how good they are. */
final class DigitTable {
  private DigitTable() {}

  /**
   * A table of accuracy, MACs, parameters and latency, in ONNX Runtime.
   *
   * @param space the space that both were cut from
   */
  static String of(
      SearchSpace space, Config large, Config small, Path largeFile, Path smallFile, Images exam) {
    OnnxModel original = OnnxModel.read(largeFile);
    OnnxModel carved = OnnxModel.read(smallFile);
    Table table = new Table("", "whole", "half", "ratio");
    table.row(
        "accuracy",
        percent(DigitAccuracy.of(largeFile, exam)),
        percent(DigitAccuracy.of(smallFile, exam)),
        "");
    row(table, "MACs", space.macs(large), space.macs(small));
    row(table, "parameters", space.params(large), space.params(small));
    row(table, "file size, bytes", original.byteSize(), carved.byteSize());
    Stopwatch.Times times = Stopwatch.compare(original, carved, GivenInputs.NONE);
    table.row(
        "latency, ms",
        Numbers.milliseconds(times.first()),
        Numbers.milliseconds(times.second()),
        Numbers.ratio(times.second(), times.first()));
    return table.toString();
  }

  private static void row(Table table, String what, long large, long small) {
    table.row(what, Numbers.exact(large), Numbers.exact(small), Numbers.ratio(small, large));
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * part);
  }
}

package io.espalier.cli;

import io.espalier.core.Config;
import io.espalier.core.SearchSpace;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.training.Digits;
import io.espalier.training.Images;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What two networks that tell digits cost, and how good they are. */
final class DigitTable {
  private static final int BATCH = 100;

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
        "accuracy", percent(accuracy(largeFile, exam)), percent(accuracy(smallFile, exam)), "");
    row(table, "MACs", space.macs(large), space.macs(small));
    row(table, "parameters", space.params(large), space.params(small));
    row(table, "file size, bytes", original.byteSize(), carved.byteSize());
    Stopwatch.Times times = Stopwatch.compare(original, carved, Map.of());
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

  private static double accuracy(Path model, Images exam) {
    int right = 0;
    try (OnnxSession session = OnnxSession.open(model, SessionSettings.plain())) {
      String input = session.inputSpecs().get(0).name();
      String output = session.outputSpecs().get(0).name();
      for (int from = 0; from < exam.count(); from += BATCH) {
        Images part = exam.part(from, Math.min(from + BATCH, exam.count()));
        Tensor images = Tensor.ofFloats(part.pixels(), part.count(), 1, Digits.SIZE, Digits.SIZE);
        float[] scores =
            Objects.requireNonNull(session.run(Map.of(input, images)).get(output)).floats();
        for (int i = 0; i < part.count(); i++) {
          right += best(scores, i) == part.label(i) ? 1 : 0;
        }
      }
    }
    return (double) right / exam.count();
  }

  private static int best(float[] scores, int image) {
    float[] row = Arrays.copyOfRange(scores, image * Digits.CLASSES, (image + 1) * Digits.CLASSES);
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    return best;
  }
}

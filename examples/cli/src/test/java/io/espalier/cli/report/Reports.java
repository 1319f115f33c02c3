package io.espalier.cli.report;

import io.espalier.core.cost.MacsCost;
import io.espalier.core.cost.ParamsCost;
import io.espalier.core.search.Candidate;
import io.espalier.core.search.ErrorCurve;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.core.values.FrozenAxis;
import io.espalier.core.values.UncountedNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reports to make pages of. */
final class Reports {
  private Reports() {}

  /**
   * A report on a network without data.
   *
   * @param layer what its first layer is called
   */
  static PruneReport plain(String layer) {
    return new PruneReport(
        layer + ".onnx",
        Asked.of(
            List.of("prune", layer + ".onnx", "--macs", "0.5"),
            List.of(
                new Asked.Option("--macs", "0.5", true), new Asked.Option("--seed", "0", false))),
        List.of(
            new CostLine(
                new MacsCost(), 1000, 480, Optional.of(new CostLine.Allowed("0.5 of it", 500))),
            new CostLine(new ParamsCost(), 123_456, 61_728, Optional.empty())),
        List.of(
            new PruneReport.Chosen(
                layer + ".out_channels", true, Choice.of(64), Choice.of(24), List.of(layer + "b")),
            new PruneReport.Chosen(
                layer + ".kernel_size",
                false,
                Choice.of(List.of(5, 5)),
                Choice.of(List.of(3, 3)),
                List.of())),
        FrozenCause.of(
            List.of(
                new FrozenAxis(layer, "out_features", "/fc " + layer, "Gemm", "it must; do else"),
                new FrozenAxis("b", "out_features", layer, "", "rules hold it at " + layer + ","))),
        List.of(new UncountedNode(layer, "Loop")),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static DataReport.Scored scored(String layer, int number, double score, boolean front) {
    Config config = Config.of(Map.of(layer + ".out_channels", Choice.of(8 * number)));
    return new DataReport.Scored(
        number,
        new Candidate(config, score, 0.1 * number),
        front,
        number == 2,
        Map.of("macs", 50L * number, "params", 1000L * number));
  }

  /** The same with data, and candidates, one of which is of no use. */
  static PruneReport full(String layer) {
    List<ErrorCurve.Point> points = new ArrayList<>();
    for (int value = 1; value <= 64; value++) {
      points.add(new ErrorCurve.Point(value, 1 - value / 64.0));
    }
    Map<String, String> left = new LinkedHashMap<>();
    left.put("/left/" + layer, "nothing reads it: " + layer);
    return plain(layer)
        .with(
            new DataReport(
                "error of outputs",
                " of their variance",
                0.0123,
                0.789,
                102,
                6,
                left,
                List.of(new ErrorCurve(layer + ".out_channels", points)),
                List.of(
                    scored(layer, 1, 0.5, true),
                    scored(layer, 2, 0.25, true),
                    scored(layer, 3, 0.3, false),
                    scored(layer, 4, Double.POSITIVE_INFINITY, false)),
                List.of(scored(layer, 2, 0.0123, false))));
  }
}

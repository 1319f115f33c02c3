package io.espalier.onnx.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.CutParameter;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ControlTest {
  @Test
  void oneAxisOfOneEdgeShiftsInEach() {
    Manifest manifest =
        new Manifest(
            List.of(
                cut(true, Map.of(0, List.of(0, 1), 1, List.of(2, 3))),
                cut(false, Map.of(0, List.of(1))),
                cut(true, Map.of(1, List.of(0, 1, 2, 3)))),
            List.of(),
            List.of());

    Set<String> seen = new HashSet<>();
    for (Manifest wrong : Control.shiftedByOne(manifest, new SplittableRandom(0), 9)) {
      seen.add(wrong.parameters().stream().map(p -> p.keep().toString()).toList().toString());
    }
    assertEquals(
        Set.of(
            "[{0=[1, 2], 1=[2, 3]}, {0=[1]}, {1=[0, 1, 2, 3]}]",
            "[{0=[0, 1], 1=[0, 3]}, {0=[1]}, {1=[0, 1, 2, 3]}]"),
        seen);
    assertEquals(1, Control.shiftedByOne(manifest, new SplittableRandom(0), 1).size());
    assertEquals(
        Control.shiftedByOne(manifest, new SplittableRandom(7), 1),
        Control.shiftedByOne(manifest, new SplittableRandom(7), 1));
  }

  @Test
  void edgesThatDoNotMatterAreLeftOut() {
    assertEquals("[]", shiftedInThirdColumn(0));
    assertEquals("[[3]]", shiftedInThirdColumn(2));
    assertEquals("[[0, 1, 3]]", shiftedInThirdColumn(0, 2, 3));
    assertEquals("[]", shiftedInThirdColumn(0, 3));
  }

  /** What comes of a cut of a matrix whose only values that are not zero stand in column 2. */
  private static String shiftedInThirdColumn(Integer... keep) {
    OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17);
    String x = b.input("x", "N", 3);
    String w = b.floats("w", new float[] {0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 5, 0}, 3, 4);
    OnnxModel model = b.output("y", b.node("MatMul", "m", List.of(x, w)), "N", 4).build();
    Manifest manifest =
        new Manifest(List.of(cut(true, Map.of(1, List.of(keep)))), List.of(), List.of());
    return Control.shiftedByOne(model, manifest, new SplittableRandom(0), 5).stream()
        .map(wrong -> wrong.parameters().get(0).keep().get(1))
        .toList()
        .toString();
  }

  private static CutParameter cut(boolean mask, Map<Integer, List<Integer>> keep) {
    return new CutParameter("m", "y", 1, "w", List.of(3L, 4L), keep, mask);
  }
}

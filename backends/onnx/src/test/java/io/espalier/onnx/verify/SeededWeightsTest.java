package io.espalier.onnx.verify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.RandomInputs;
import io.espalier.onnx.runtime.SessionSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeededWeightsTest {
  @Test
  void equalWeightsBecomeRandomAndOthersStay() {
    OnnxModel model = model();
    OnnxModel seeded = SeededWeights.replace(model, 3);

    float[] weight = floats(seeded, "w_output_0");
    assertEquals(8 * 3 * 3 * 3, weight.length);
    assertTrue(deviation(weight) > 0.2 && deviation(weight) < 0.35);
    assertTrue(deviation(floats(seeded, "scale")) > 0.05);
    assertTrue(minimum(floats(seeded, "variance")) > 0);
    assertFalse(seeded.nodes().stream().anyMatch(n -> n.getOpType().equals("ConstantOfShape")));
    assertArrayEquals(floats(model, "own"), floats(seeded, "own"));
    assertArrayEquals(weight, floats(SeededWeights.replace(model, 3), "w_output_0"));
    assertFalse(Arrays.equals(weight, floats(SeededWeights.replace(model, 4), "w_output_0")));
    assertSame(seeded, SeededWeights.replace(seeded, 3));
  }

  @Test
  void statisticsAreThoseOfTheSignal() {
    OnnxModel seeded = SeededWeights.replace(model(), 3);
    try (OnnxSession session = OnnxSession.open(seeded, SessionSettings.plain())) {
      float[] y =
          Objects.requireNonNull(session.run(TrialInputs.of(seeded, 9, Map.of())).get("y"))
              .floats();
      assertEquals(1, deviation(y), 0.3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"light_squeezenet", "light_resnet50"})
  void theOutputsOfRealFilesVary(String file) {
    OnnxModel seeded =
        SeededWeights.replace(OnnxModel.read(SharedData.path("zoo/real/" + file + ".onnx")), 1);
    try (OnnxSession session = OnnxSession.open(seeded, SessionSettings.plain())) {
      float[] probabilities =
          session
              .run(RandomInputs.seeded(2).forModel(session, Map.of()))
              .values()
              .iterator()
              .next()
              .floats();
      float largest = 0;
      for (float probability : probabilities) {
        largest = Math.max(largest, probability);
      }
      assertTrue(largest > 1.05 / probabilities.length, () -> Arrays.toString(probabilities));
      assertTrue(largest < 0.9, () -> Arrays.toString(probabilities));
    }
  }

  private static OnnxModel model() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17);
    String x = b.input("x", "N", 3, 8, 8);
    TensorProto value =
        TensorProto.newBuilder().setDataType(1).addDims(1).addFloatData(0.02f).build();
    String w = b.longs("w_shape", new long[] {8, 3, 3, 3}, 4);
    b.node("ConstantOfShape", "w", List.of(w), Map.of("value", value));
    String y =
        b.node("Conv", "conv", List.of(x, "w_output_0"), Map.of("pads", new long[] {1, 1, 1, 1}));
    List<String> norm =
        List.of(y, ones(b, "scale"), ones(b, "shift"), ones(b, "mean"), ones(b, "variance"));
    y = b.node("BatchNormalization", "bn", norm);
    y = b.node("Add", "add", List.of(y, b.random("own", 0, 0.1, 8, 1, 1)));
    return b.output("y", y, "N", 8, 8, 8).build();
  }

  private static String ones(OnnxGraphBuilder b, String name) {
    float[] ones = new float[8];
    Arrays.fill(ones, 1);
    return b.floats(name, ones, 8);
  }

  private static float[] floats(OnnxModel model, String name) {
    return Objects.requireNonNull(model.initializers().get(name), name).floats();
  }

  private static double deviation(float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += value * value;
    }
    return Math.sqrt(squares / values.length - sum / values.length * sum / values.length);
  }

  private static float minimum(float[] values) {
    float least = Float.MAX_VALUE;
    for (float value : values) {
      least = Math.min(least, value);
    }
    return least;
  }
}

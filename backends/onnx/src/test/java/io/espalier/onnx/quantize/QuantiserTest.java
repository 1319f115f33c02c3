package io.espalier.onnx.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.values.Precision;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.spi.EspalierException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Weights in eight bits: what is written, how near it stays, and what is left alone. */
class QuantiserTest {
  /** What eight bits of weights and activations do to the outputs of a few layers, at most. */
  private static final double BOUND = 0.02;

  private final OnnxModel model = TextNetwork.build();

  private static Map<String, Tensor> run(OnnxModel model) {
    Random random = new Random(3);
    long[] ids = random.longs(8 * 5, 0, 300).toArray();
    try (OnnxSession session = OnnxSession.open(model, SessionSettings.plain())) {
      return session.run(Map.of("ids", Tensor.ofLongs(ids, 8, 5)));
    }
  }

  /** The root of the summed squared differences over that of the numbers, of the worse output. */
  private double error(OnnxModel other) {
    Map<String, Tensor> expected = run(model);
    Map<String, Tensor> actual = run(other);
    double worst = 0;
    for (String output : expected.keySet()) {
      float[] from = Objects.requireNonNull(expected.get(output)).floats();
      float[] to = Objects.requireNonNull(actual.get(output)).floats();
      double differences = 0;
      double squares = 0;
      for (int i = 0; i < from.length; i++) {
        differences += Math.pow((double) to[i] - from[i], 2);
        squares += Math.pow(from[i], 2);
      }
      worst = Math.max(worst, Math.sqrt(differences / squares));
    }
    return worst;
  }

  private static OnnxTensor tensor(OnnxModel model, String name) {
    return Objects.requireNonNull(model.initializers().get(name), name);
  }

  private static long count(OnnxModel model, String operator) {
    return model.nodes().stream().map(NodeProto::getOpType).filter(operator::equals).count();
  }

  @Test
  void itComputesNearlyTheSameInAQuarterOfTheBytes() {
    Quantised quantised = Quantiser.quantise(model, Precision.INT8);
    OnnxModel small = quantised.edit().toModel();
    assertTrue(error(small) < BOUND, () -> "off by " + error(small));
    assertEquals(
        Set.of("embed.weight", "up.weight", "gate.weight", "down.weight", "head.weight"),
        quantised.parts().keySet());
    long before = new OnnxEdit(model).toBytes().length;
    long after = quantised.edit().toBytes().length;
    assertTrue(after < 0.33 * before, before + " " + after);
  }

  @Test
  void aWrongScaleIsSeen() {
    OnnxModel small = Quantiser.quantise(model, Precision.INT8).edit().toModel();
    for (String name : List.of("embed.weight_scale", "down.weight_scale", "head.weight_scale")) {
      OnnxTensor scales = tensor(small, name);
      float[] wrong = scales.floats();
      for (int i = 0; i < wrong.length; i++) {
        wrong[i] *= 1.1f;
      }
      OnnxModel other =
          new OnnxEdit(small)
              .replaceInitializer(name, TensorSource.ofFloats(name, wrong, scales.dims()))
              .toModel();
      assertTrue(error(other) > BOUND, name);
    }
  }

  @Test
  void theFormIsThatOfTheRuntimesTool() {
    OnnxModel small = Quantiser.quantise(model, Precision.INT8).edit().toModel();
    assertEquals(4, count(small, "MatMulInteger"));
    assertEquals(3, count(small, "DynamicQuantizeLinear"), "two products share one activation");
    assertEquals(1, count(small, "MatMul"));
    assertEquals(0, count(small, "Gemm"));
    OnnxTensor head = tensor(small, "head.weight_quantized");
    assertEquals(DataTypes.UINT8, head.dataType());
    assertArrayEquals(new long[] {64, 48}, head.dims());
    assertArrayEquals(new long[] {48}, tensor(small, "head.weight_scale").dims());
    assertArrayEquals(new long[] {48}, tensor(small, "head.weight_zero_point").dims());
    OnnxTensor table = tensor(small, "embed.weight_quantized");
    assertEquals(DataTypes.INT8, table.dataType());
    assertArrayEquals(new long[] {300, 1}, tensor(small, "embed.weight_scale").dims());
    assertFalse(small.initializers().containsKey("embed.weight"));
  }

  @Test
  void everyNumberIsWithinHalfAStep() {
    OnnxModel small = Quantiser.quantise(model, Precision.INT8).edit().toModel();
    float[] weight = tensor(model, "up.weight").floats();
    long[] integers = tensor(small, "up.weight_quantized").longs();
    float[] scales = tensor(small, "up.weight_scale").floats();
    long[] zeros = tensor(small, "up.weight_zero_point").longs();
    float[] head = tensor(model, "head.weight").floats();
    long[] turned = tensor(small, "head.weight_quantized").longs();
    float[] headScales = tensor(small, "head.weight_scale").floats();
    long[] headZeros = tensor(small, "head.weight_zero_point").longs();
    for (int i = 0; i < weight.length; i++) {
      int column = i % 128;
      assertEquals(weight[i], scales[column] * (integers[i] - zeros[column]), scales[column]);
    }
    for (int i = 0; i < head.length; i++) {
      int output = i / 64;
      long integer = turned[i % 64 * 48 + output] - headZeros[output];
      assertEquals(head[i], headScales[output] * integer, headScales[output]);
    }
  }

  @Test
  void theSameModelGivesTheSameBytes() {
    assertArrayEquals(
        Quantiser.quantise(model, Precision.INT8).edit().toBytes(),
        Quantiser.quantise(model, Precision.INT8).edit().toBytes());
  }

  private static OnnxModel coded(OnnxModel model) {
    return Quantiser.quantise(model, Precision.INT8_CODES).edit().toModel();
  }

  @Test
  void aLargeTableIsWrittenAsTheNearestOfItsBooks() {
    OnnxModel large = TextNetwork.build(3000);
    OnnxModel small = coded(large);
    OnnxTensor codes = tensor(small, "embed.weight_codes");
    assertArrayEquals(new long[] {3000, 16}, codes.dims());
    assertArrayEquals(new long[] {16 * 256, 4}, tensor(small, "embed.weight_books").dims());
    float[] table = tensor(large, "embed.weight").floats();
    float[] books = tensor(small, "embed.weight_books").floats();
    long[] chosen = codes.longs();
    double squares = 0;
    for (int i = 0; i < chosen.length; i++) {
      double own = distance(table, i, books, i % 16 * 256 + (int) chosen[i]);
      for (int code = 0; code < 256; code++) {
        assertTrue(own <= distance(table, i, books, i % 16 * 256 + code) + 1e-5);
      }
      squares += own;
    }
    // numbers of a normal distribution, four of them in eight bits: 0.06 is what can be had at best
    assertTrue(squares / table.length < 0.12, () -> "error in parts of the variance");
  }

  private static double distance(float[] table, int four, float[] books, int place) {
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += Math.pow((double) table[four * 4 + i] - books[place * 4 + i], 2);
    }
    return sum;
  }

  @Test
  void rowsAreReadBackFromTheirCodes() {
    OnnxModel large = TextNetwork.build(3000);
    OnnxModel small = coded(large);
    float[] books = tensor(small, "embed.weight_books").floats();
    long[] codes = tensor(small, "embed.weight_codes").longs();
    float[] rows = new float[3000 * 64];
    for (int i = 0; i < codes.length; i++) {
      System.arraycopy(books, (i % 16 * 256 + (int) codes[i]) * 4, rows, i * 4, 4);
    }
    OnnxModel decoded =
        new OnnxEdit(large)
            .replaceInitializer(
                "embed.weight", TensorSource.ofFloats("embed.weight", rows, 3000, 64))
            .toModel();
    Map<String, Tensor> expected =
        run(Quantiser.quantise(decoded, Precision.INT8).edit().toModel());
    Map<String, Tensor> actual = run(small);
    float[] from = Objects.requireNonNull(expected.get("vector")).floats();
    float[] to = Objects.requireNonNull(actual.get("vector")).floats();
    for (int i = 0; i < from.length; i++) {
      assertEquals(from[i], to[i], 0.05, "eight bits of the books are all that differs");
    }
    float[] turned = books.clone();
    for (int i = 0; i < turned.length; i++) {
      turned[i] = books[(i + 4) % books.length];
    }
    OnnxModel other =
        new OnnxEdit(small)
            .replaceInitializer(
                "embed.weight_books",
                TensorSource.ofFloats("embed.weight_books", turned, 16 * 256, 4))
            .toModel();
    float[] wrong = Objects.requireNonNull(run(other).get("vector")).floats();
    double worst = 0;
    for (int i = 0; i < from.length; i++) {
      worst = Math.max(worst, Math.abs(from[i] - wrong[i]));
    }
    assertTrue(worst > 0.5, "control: other books are seen");
  }

  @Test
  void codesAreTheSameEachTime() {
    OnnxModel large = TextNetwork.build(3000);
    assertArrayEquals(new OnnxEdit(coded(large)).toBytes(), new OnnxEdit(coded(large)).toBytes());
  }

  @Test
  void aSmallTableTakesARowScaleInstead() {
    OnnxModel small = coded(model);
    assertTrue(small.initializers().containsKey("embed.weight_quantized"));
    assertFalse(small.initializers().containsKey("embed.weight_codes"));
  }

  @Test
  void columnsOfZerosStayZeros() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("zeros", 17);
    String w = b.floats("w", new float[32 * 40], 32, 40);
    String y = b.node("MatMul", "m", List.of(b.input("x", "N", 32), w));
    OnnxModel small =
        Quantiser.quantise(b.output("y", y, "N", 40).build(), Precision.INT8).edit().toModel();
    float[] ones = new float[32];
    Arrays.fill(ones, 1);
    try (OnnxSession session = OnnxSession.open(small, SessionSettings.plain())) {
      Tensor out =
          Objects.requireNonNull(session.run(Map.of("x", Tensor.ofFloats(ones, 1, 32))).get("y"));
      assertArrayEquals(new float[40], out.floats());
    }
  }

  @Test
  void whatIsLeftHasAReason() {
    OnnxGraphBuilder b = TextNetwork.builder(17);
    String image = b.input("image", "N", 3, 8, 8);
    String conv = b.weights("conv.weight", 64, 3, 3, 3);
    b.output("c", b.node("Conv", "conv", List.of(image, conv)), "N", 64, 6, 6);
    String row = b.input("row", "N", 40);
    String shared = b.random("shared", 0, 1, 40, 40);
    String y = b.node("MatMul", "first", List.of(row, shared));
    y = b.node("Gemm", "second", List.of(y, shared), Map.of("transB", 1));
    String turned = b.node("Transpose", "turn", List.of(b.random("t", 0, 1, 40, 40)));
    y = b.node("MatMul", "third", List.of(y, turned));
    y = b.node("Gemm", "scaled", List.of(y, b.random("s", 0, 1, 40, 40)), Map.of("alpha", 2f));
    float[] bad = new float[40 * 40];
    bad[7] = Float.NaN;
    y = b.node("MatMul", "nan", List.of(y, b.floats("bad", bad, 40, 40)));
    Map<String, String> left =
        Quantiser.quantise(b.output("z", y, "N", 40).build(), Precision.INT8).left();
    assertEquals(
        Set.of("conv.weight", "shared", "turn_output_0", "s", "bad", "last.weight"), left.keySet());
    assertReason(left, "conv.weight", "convolutions stay what they are: Conv 'conv'");
    assertReason(left, "shared", "it is read in two ways, by MatMul 'first' and Gemm 'second'");
    assertReason(left, "turn_output_0", "it is computed, not stored");
    assertReason(left, "s", "Gemm 'scaled' reads it in a way that integers are not read in");
    assertReason(left, "bad", "it holds numbers that are not finite");
    assertReason(left, "last.weight", "it has fewer than 1024 numbers");
  }

  private static void assertReason(Map<String, String> left, String weight, String reason) {
    assertEquals(reason, left.get(weight));
  }

  @Test
  void aTableThatIsAlsoMultipliedStays() {
    OnnxGraphBuilder b = TextNetwork.builder(17);
    String ids = b.typedInput("more", DataTypes.INT64, "N");
    String table = b.random("tied", 0, 1, 50, 64);
    String x = b.node("Gather", "pick", List.of(table, ids));
    String y = b.node("Gemm", "logits", List.of(x, table), Map.of("transB", 1));
    String reason =
        Quantiser.quantise(b.output("z", y, "N", 50).build(), Precision.INT8).left().get("tied");
    assertEquals("it is read in two ways, by Gather 'pick' and Gemm 'logits'", reason);
  }

  @Test
  void whatCannotBeQuantisedIsRefused() {
    assertRefused(TextNetwork.builder(10).build(), "is of operator set 10");
    OnnxGraphBuilder b = new OnnxGraphBuilder("small", 17);
    String y = b.node("MatMul", "m", List.of(b.input("x", "N", 4), b.weights("w", 4, 4)));
    assertRefused(
        b.output("y", y, "N", 4).build(),
        "has no weight to quantise: 'w' stays, since it has fewer than 1024 numbers");
    b = new OnnxGraphBuilder("none", 17);
    y = b.node("Relu", "r", List.of(b.input("x", "N", 4)));
    assertRefused(
        b.output("y", y, "N", 4).build(),
        "has no weight to quantise: no matrix product or table reads a stored one");
  }

  private static void assertRefused(OnnxModel model, String words) {
    EspalierException refused =
        assertThrows(EspalierException.class, () -> Quantiser.quantise(model, Precision.INT8));
    assertTrue(String.valueOf(refused.getMessage()).contains(words), refused.getMessage());
  }
}

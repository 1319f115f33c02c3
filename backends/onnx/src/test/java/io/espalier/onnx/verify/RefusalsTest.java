package io.espalier.onnx.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.CutNormalised;
import io.espalier.core.values.Manifest.CutParameter;
import io.espalier.core.values.Manifest.Skipped;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.spi.EspalierException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What does not pass, and what cannot be checked at all. */
class RefusalsTest {
  private static final Manifest NOTHING = new Manifest(List.of(), List.of(), List.of());
  private static final float[] WEIGHT = {0.5f, -1, 2, 1, 0.25f, -0.75f};

  @Test
  void theModelItselfPasses() {
    Verification same = Verifier.verify(linear(WEIGHT, 3), linear(WEIGHT, 3), NOTHING);

    assertTrue(same.passed() && same.conclusive());
    assertEquals(0, same.worst());
    assertEquals("", same.note());
  }

  @Test
  void otherWeightsFail() {
    float[] other = WEIGHT.clone();
    other[0] += 1e-3f;
    Verification wrong = Verifier.verify(linear(WEIGHT, 3), linear(other, 3), NOTHING);

    assertFalse(wrong.passed());
    assertTrue(wrong.worst() > 1e-5 && wrong.worst() < 1e-2, wrong::toString);
    VerifyOptions tolerant = VerifyOptions.defaults().withTolerance(1e-2);
    assertTrue(
        new Verifier(linear(WEIGHT, 3), tolerant).verify(linear(other, 3), NOTHING).agrees());
  }

  @Test
  void notANumberFails() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] other = WEIGHT.clone();
      other[5] = bad;
      assertFails(linear(WEIGHT, 3), linear(other, 3), "in the reference");
      assertFails(linear(other, 3), linear(WEIGHT, 3), "in the reference");
    }
    float[] bad = WEIGHT.clone();
    Arrays.fill(bad, Float.NaN);
    assertFails(linear(bad, 3), linear(bad, 3), "NaN, in the reference NaN");
  }

  @Test
  void anotherShapeFails() {
    assertFails(
        linear(WEIGHT, 3),
        linear(Arrays.copyOf(WEIGHT, 4), 2),
        "it is float32[2, 2] instead of float32[2, 3]");
  }

  @Test
  void aModelThatDoesNotRunFails() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("broken", 17);
    String x = b.input("x", "N", 2);
    String to = b.longs("to", new long[] {7, 5}, 2);
    OnnxModel broken = b.output("y", b.node("Reshape", "r", List.of(x, to)), "N", 3).build();

    assertFails(linear(WEIGHT, 3), broken, "running the model in memory failed");
  }

  @Test
  void anOutputThatIsMissingFails() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("two", 17);
    String x = b.input("x", "N", 2);
    String y = b.node("MatMul", "m", List.of(x, b.floats("w", WEIGHT, 2, 3)));
    b.output("z", b.node("Relu", "r", List.of(y)), "N", 3);
    OnnxModel two = b.output("y", y, "N", 3).build();

    assertFails(two, linear(WEIGHT, 3), "output 'z': the carved model does not have it");
  }

  @Test
  void whatProvesNothingIsSaid() {
    Verification zeros = Verifier.verify(linear(new float[6], 3), linear(new float[6], 3), NOTHING);
    assertTrue(zeros.passed());
    assertFalse(zeros.conclusive());
    assertEquals("output 'y': every element is the same number", zeros.note());

    OnnxGraphBuilder b = new OnnxGraphBuilder("dead", 17);
    String x = b.input("x", "N", 2);
    String y = b.node("MatMul", "m", List.of(x, b.floats("w", new float[4], 2, 2)));
    y = b.node("Add", "a", List.of(y, b.floats("b", new float[] {1, 2}, 2)));
    OnnxModel dead = b.output("y", y, "N", 2).build();
    Verification still = Verifier.verify(dead, dead, NOTHING);
    assertFalse(still.conclusive());
    assertEquals("output 'y': it does not depend on the input", still.note());
  }

  @Test
  void halfAManifestIsRefused() {
    refused(parameter("other", 1, List.of(2L, 3L), 1, 0), "node 'm' with the output 'other'");
    refused(parameter("y", 2, List.of(2L, 3L), 1, 0), "input 2 of node 'm' (MatMul), which has 2");
    refused(parameter("y", 1, List.of(3L, 3L), 1, 0), "has the shape [3, 3], but it is w: float32");
    refused(parameter("y", 1, List.of(2L, 3L), 1, 3), "keeps [3] on axis 1");
    refused(parameter("y", 1, List.of(2L, 3L), 2, 0), "keeps [0] on axis 2");
    refused(parameter("y", 1, List.of(2L, 3L), 1, 1, 1), "keeps [1, 1] on axis 1");
    refused(normalised("other", 0, 1, 0), "node 'm' with the output 'other'");
    refused(normalised("y", 0, 1, 0), "both factors of node 'm' (MatMul): [[0]] and [] are kept");
    refused(skipped("other", "x"), "tensor 'other'");
    refused(skipped("x", "y"), "tensor 'x'");
    refused(skipped("y", "y"), "replaces tensor 'y'");
  }

  @Test
  void anUnknownNormIsNamed() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17);
    String x = b.input("x", 1, 4, 3, 3);
    OnnxModel model =
        b.output("y", b.node("LRN", "local", List.of(x), Map.of("size", 3)), 1, 4, 3, 3).build();
    Manifest manifest =
        new Manifest(
            List.of(), List.of(), List.of(new CutNormalised("local", "y", 0, 1, List.of(0, 1))));

    EspalierException e =
        assertThrows(VerificationException.class, () -> MaskedReference.of(model, manifest));
    assertTrue(
        String.valueOf(e.getMessage()).contains("node 'local' (LRN) normalises"), e::getMessage);
  }

  @Test
  void trialSizesFollowWhatIsOpen() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17);
    b.input("image", "N", 3, "H", "W");
    b.typedInput("ids", 7, "N", "S");
    b.input("table", "S", 5);
    OnnxModel model = b.output("y", b.node("Relu", "r", List.of("image")), "N").build();

    assertShapes(model, Map.of(), "[2, 3, 64, 64][2, 16][16, 5]");
    assertShapes(model, Map.of("ids", List.of(3L, 7L)), "[3, 3, 64, 64][3, 7][7, 5]");
    assertShapes(model, Map.of("table", List.of(4L, 5L)), "[2, 3, 64, 64][2, 4][4, 5]");
    EspalierException e =
        assertThrows(
            VerificationException.class, () -> TrialInputs.of(model, 0, Map.of("id", List.of(1L))));
    assertTrue(String.valueOf(e.getMessage()).contains("no input 'id'"), e::getMessage);
  }

  @Test
  void indicesStayInsideTheSmallestTable() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17);
    String ids = b.typedInput("ids", 7, "N", "S");
    String words = b.node("Gather", "words", List.of(b.weights("w", 50, 4), ids));
    String kinds = b.node("Gather", "kinds", List.of(b.weights("k", 3, 4), ids));
    OnnxModel model = b.output("y", b.node("Add", "sum", List.of(words, kinds)), "N").build();

    assertTrue(Verifier.verify(model, model, NOTHING).conclusive());
  }

  private static void assertShapes(
      OnnxModel model, Map<String, List<Long>> shapes, String expected) {
    StringBuilder actual = new StringBuilder();
    for (Tensor input : TrialInputs.of(model, 0, shapes).values()) {
      actual.append(Arrays.toString(input.shape()));
    }
    assertEquals(expected, actual.toString());
  }

  private static void assertFails(OnnxModel original, OnnxModel carved, String note) {
    Verification wrong = Verifier.verify(original, carved, NOTHING);
    assertFalse(wrong.passed());
    assertEquals(Double.POSITIVE_INFINITY, wrong.worst());
    assertTrue(wrong.note().contains(note), wrong::toString);
  }

  private static void refused(Manifest manifest, String message) {
    OnnxModel model = linear(WEIGHT, 3);
    EspalierException e =
        assertThrows(VerificationException.class, () -> Verifier.verify(model, model, manifest));
    assertTrue(String.valueOf(e.getMessage()).contains(message), e::getMessage);
  }

  private static Manifest parameter(
      String output, int input, List<Long> shape, int axis, Integer... keep) {
    return new Manifest(
        List.of(
            new CutParameter("m", output, input, "w", shape, Map.of(axis, List.of(keep)), true)),
        List.of(),
        List.of());
  }

  private static Manifest normalised(String output, int input, int axis, Integer... keep) {
    return new Manifest(
        List.of(), List.of(), List.of(new CutNormalised("m", output, input, axis, List.of(keep))));
  }

  private static Manifest skipped(String from, String by) {
    return new Manifest(List.of(), List.of(new Skipped(from, by)), List.of());
  }

  private static OnnxModel linear(float[] weight, int outputs) {
    OnnxGraphBuilder b = new OnnxGraphBuilder("linear", 17);
    String x = b.input("x", "N", 2);
    String y = b.node("MatMul", "m", List.of(x, b.floats("w", weight, 2, outputs)));
    return b.output("y", y, "N", outputs).build();
  }
}

package io.espalier.onnx.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.Compensated;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import io.espalier.onnx.verify.Verification.Verdict;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Values that were changed after the cut: the cut is proved, and the change is the listed one. */
class CompensatedTest {
  private static final Map<String, Object> PADDED = Map.of("pads", new long[] {1, 1, 1, 1});

  private final OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17, 1);

  private Carved convolutions() {
    String x = b.input("x", "N", 3, 8, 8);
    String y =
        b.node("Conv", "c1", List.of(x, b.weights("w1", 12, 3, 1, 1), b.random("b1", 0, 0.3, 12)));
    y = b.node("Relu", "r1", List.of(y));
    y =
        b.node(
            "Conv",
            "c2",
            List.of(y, b.weights("w2", 8, 12, 3, 3), b.random("b2", 0, 0.3, 8)),
            PADDED);
    y = b.node("Relu", "r2", List.of(y));
    y = b.node("Conv", "c3", List.of(y, b.weights("w3", 4, 8, 1, 1)));
    return Carved.half(b.output("y", y, "N", 4, 8, 8).build());
  }

  /** The model with a parameter made other, by adding to each element. */
  private static OnnxModel with(OnnxModel model, String name, float more) {
    OnnxTensor tensor = Objects.requireNonNull(model.initializers().get(name));
    float[] values = tensor.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] * 0.9f + more;
    }
    return new OnnxEdit(model)
        .replaceInitializer(name, TensorSource.ofFloats(name, values, tensor.dims()))
        .toModel();
  }

  private static Compensated entry(OnnxModel model, String name, String output, int input) {
    try {
      OnnxTensor tensor = Objects.requireNonNull(model.initializers().get(name));
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(tensor.bytes());
      return new Compensated(name, output, input, HexFormat.of().formatHex(digest.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String output(OnnxModel model, String node) {
    return model.nodes().stream()
        .filter(found -> found.getName().equals(node))
        .findFirst()
        .orElseThrow()
        .getOutput(0);
  }

  /** Weight and bias of the second convolution are others, and listed. */
  private static Carved compensated(Carved carved) {
    OnnxModel other = with(with(carved.small(), "w2", 0.05f), "b2", -0.2f);
    String c2 = output(other, "c2");
    Manifest manifest =
        carved
            .manifest()
            .withCompensated(List.of(entry(other, "w2", c2, 1), entry(other, "b2", c2, 2)));
    return new Carved(carved.original(), other, manifest);
  }

  @Test
  void theCutIsProvedAndTheValuesAreThoseListed() {
    Verification proved = compensated(convolutions()).verify();
    assertEquals(Verdict.PROVED, proved.verdict(), proved::toString);
    assertEquals(List.of("w2", "b2"), proved.compensated());
  }

  @Test
  void aParameterThatIsNotListedMayNotChange() {
    Carved carved = compensated(convolutions());
    for (String name : List.of("w1", "b1", "w3")) {
      Verification touched = carved.with(with(carved.small(), name, 0.01f)).verify();
      assertEquals(Verdict.DIFFERS, touched.verdict(), name);
      assertTrue(touched.changed().toString().contains("'" + name + "'"), touched::toString);
    }
  }

  @Test
  void aListedParameterMayNotChangeAfterwards() {
    Carved carved = compensated(convolutions());
    Verification touched = carved.with(with(carved.small(), "w2", 0.01f)).verify();
    assertTrue(touched.agrees());
    assertEquals(Verdict.DIFFERS, touched.verdict());
    assertEquals(
        List.of("'w2' does not hold the values that the manifest lists: its hash is another"),
        touched.changed());
  }

  @Test
  void noValueMayBeNan() {
    Carved carved = convolutions();
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      OnnxModel other = with(carved.small(), "w2", bad);
      Manifest manifest =
          carved.manifest().withCompensated(List.of(entry(other, "w2", output(other, "c2"), 1)));
      Verification wrong = Verifier.verify(carved.original(), other, manifest);
      assertEquals(Verdict.DIFFERS, wrong.verdict());
      assertEquals(List.of("'w2' was given a value that is no finite number"), wrong.changed());
    }
  }

  @Test
  void aShiftedManifestIsSeen() {
    Carved carved = compensated(convolutions());
    List<Manifest> wrong = Control.shiftedByOne(carved.manifest(), new SplittableRandom(1), 20);
    assertTrue(wrong.size() > 3);
    for (Manifest shifted : wrong) {
      Manifest listed = shifted.withCompensated(carved.manifest().compensated());
      Verification seen = Verifier.verify(carved.original(), carved.small(), listed);
      assertEquals(Verdict.DIFFERS, seen.verdict(), shifted::toJson);
    }
  }

  @Test
  void whatIsNotThereCannotBeListed() {
    Carved carved = compensated(convolutions());
    List<Compensated> more = new ArrayList<>(carved.manifest().compensated());
    more.add(new Compensated("other", output(carved.small(), "c2"), 1, "0"));
    Verification absent =
        Verifier.verify(carved.original(), carved.small(), carved.manifest().withCompensated(more));
    assertFalse(absent.passed());
    assertEquals(
        List.of("'other' is listed as compensated, but the carved model does not store it"),
        absent.changed());

    Compensated misplaced = entry(carved.small(), "w2", output(carved.small(), "r1"), 0);
    Verification elsewhere =
        Verifier.verify(
            carved.original(),
            carved.small(),
            carved.manifest().withCompensated(List.of(misplaced)));
    assertFalse(elsewhere.passed());
    assertTrue(elsewhere.changed().get(0).contains("does not fit"), elsewhere::toString);
  }

  /** A weight that is stored transposed is put back as it is stored. */
  @Test
  void weightsBehindATranspose() {
    String x = b.input("x", "N", 6);
    String turned =
        b.node(
            "Transpose",
            "turn",
            List.of(b.weights("w1", 10, 6)),
            Map.of("perm", new long[] {1, 0}));
    String y = b.node("Relu", "relu", List.of(b.node("MatMul", "m1", List.of(x, turned))));
    y = b.node("MatMul", "m2", List.of(y, b.weights("w2", 10, 4)));
    Carved carved = Carved.half(b.output("y", y, "N", 4).build());
    OnnxModel other = with(carved.small(), "w1", 0.05f);
    Manifest manifest =
        carved.manifest().withCompensated(List.of(entry(other, "w1", output(other, "m1"), 1)));
    Verification proved = Verifier.verify(carved.original(), other, manifest);
    assertEquals(Verdict.PROVED, proved.verdict(), proved::toString);
  }

  /** A weight that the original computes from parameters, and the carved file stores. */
  @Test
  void weightsThatWereFolded() {
    String x = b.input("x", "N", 6);
    String w = b.weights("w1", 6, 10);
    String norm =
        b.node("ReduceL2", "norm", List.of(w), Map.of("axes", new long[] {0}, "keepdims", 1));
    String weight = b.node("Div", "normed", List.of(w, norm));
    String y = b.node("Relu", "relu", List.of(b.node("MatMul", "m1", List.of(x, weight))));
    y = b.node("MatMul", "m2", List.of(y, b.weights("w2", 10, 4)));
    Carved carved = Carved.half(b.output("y", y, "N", 4).build());
    assertEquals(Verdict.PROVED, carved.verify().verdict());

    String m1 = output(carved.small(), "m1");
    String stored =
        carved.small().nodes().stream()
            .filter(node -> node.getOutput(0).equals(m1))
            .findFirst()
            .orElseThrow()
            .getInput(1);
    OnnxModel other = with(carved.small(), stored, 0.05f);
    Manifest manifest = carved.manifest().withCompensated(List.of(entry(other, stored, m1, 1)));
    Verification proved = Verifier.verify(carved.original(), other, manifest);
    assertEquals(Verdict.PROVED, proved.verdict(), proved::toString);
  }
}

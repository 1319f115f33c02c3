package io.espalier.onnx.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.Compensated;
import io.espalier.core.values.Precision;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import io.espalier.onnx.quantize.Quantised;
import io.espalier.onnx.quantize.Quantiser;
import io.espalier.onnx.quantize.StoredParts;
import io.espalier.onnx.quantize.TextNetwork;
import io.espalier.onnx.verify.Verification.Verdict;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Weights in eight bits: the cut is proved before them, and they are what quantising writes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuantisedTest {
  private static final List<String> WEIGHTS =
      List.of("down.weight", "embed.weight", "gate.weight", "head.weight", "up.weight");

  /** The network at half of every width, in eight bits. */
  private Carved small = new Carved(TextNetwork.build(), TextNetwork.build(), nothing());

  private static Manifest nothing() {
    return new Manifest(List.of(), List.of(), List.of());
  }

  @BeforeAll
  void quantise() {
    small = quantised(half(TextNetwork.build()));
  }

  /** Every width at half, and every block in its place. */
  private static Carved half(OnnxModel model) {
    return Carved.of(
        model, choices -> choices.get(choices.size() == 2 ? 1 : (choices.size() - 1) / 2));
  }

  private static Carved quantised(Carved carved) {
    Quantised quantised = Quantiser.quantise(carved.small(), Precision.INT8);
    Manifest manifest = carved.manifest().withQuantised(quantised.quantisation().parameters());
    return new Carved(carved.original(), OnnxModel.of(quantised.edit().toBytes()), manifest);
  }

  private static OnnxTensor tensor(OnnxModel model, String name) {
    return Objects.requireNonNull(model.initializers().get(name), name);
  }

  /** A model with the lowest bit of one byte of a tensor turned over. */
  private static OnnxModel spoilt(OnnxModel model, String name, int at) {
    OnnxTensor tensor = tensor(model, name);
    ByteBuffer bytes = ByteBuffer.allocate((int) tensor.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(tensor.bytes()).flip();
    bytes.put(at, (byte) (bytes.get(at) ^ 1));
    return new OnnxEdit(model)
        .replaceInitializer(
            name, TensorSource.ofBytes(name, tensor.dataType(), bytes, tensor.dims()))
        .toModel();
  }

  @Test
  void theCutIsProvedAndQuantisingItGivesTheFile() {
    Verification proved = small.verify();
    assertEquals(Verdict.PROVED, proved.verdict(), proved::toString);
    assertEquals(WEIGHTS, proved.quantised().stream().sorted().toList());
    assertTrue(proved.rounding() > 1e-4 && proved.rounding() < 0.1, proved::toString);
    assertTrue(tensor(small.small(), "down.weight_quantized").dim(0) < 128, "it is smaller, too");
  }

  @Test
  void nothingButQuantisedIsProvedAsWell() {
    OnnxModel model = TextNetwork.build();
    Verification proved = quantised(new Carved(model, model, nothing())).verify();
    assertTrue(proved.passed(), proved::toString);
    assertEquals(5, proved.quantised().size());
  }

  @Test
  void oneIntegerScaleOrZeroPointThatIsOtherIsSeen() {
    for (String weight : WEIGHTS) {
      List<String> parts = new ArrayList<>(List.of("_quantized", "_scale"));
      if (!weight.startsWith("embed")) {
        parts.add("_zero_point");
      }
      for (String part : parts) {
        Verification seen = small.with(spoilt(small.small(), weight + part, 4)).verify();
        assertEquals(Verdict.DIFFERS, seen.verdict(), weight + part);
        assertEquals(
            List.of(
                "'"
                    + weight
                    + "' in eight bits is not what the manifest lists: its hash is"
                    + " another"),
            seen.changed());
      }
    }
  }

  @Test
  void codesOfATableAreProvedAndHeld() {
    Quantised quantised = Quantiser.quantise(coded().small(), Precision.INT8_CODES);
    Carved carved = coded();
    Manifest manifest = carved.manifest().withQuantised(quantised.quantisation().parameters());
    Carved file = new Carved(carved.original(), OnnxModel.of(quantised.edit().toBytes()), manifest);
    Verification proved = file.verify();
    assertEquals(Verdict.PROVED, proved.verdict(), proved::toString);
    assertEquals(WEIGHTS, proved.quantised().stream().sorted().toList());
    for (String part : List.of("_codes", "_starts", "_books")) {
      Verification seen = file.with(spoilt(file.small(), "embed.weight" + part, 4)).verify();
      assertEquals(Verdict.DIFFERS, seen.verdict(), part);
      assertTrue(seen.changed().toString().contains("'embed.weight'"), seen::toString);
    }
    Verification again = half(file.small()).verify();
    assertEquals(Verdict.PROVED, again.verdict(), again::toString);
  }

  private static Carved coded() {
    return half(TextNetwork.build(2500));
  }

  /** Whoever spoils a weight can also write its hash into the manifest. */
  @Test
  void aHashThatWasMadeToFitDoesNotHelp() {
    OnnxModel other = spoilt(small.small(), "up.weight_quantized", 9);
    List<Manifest.Quantised> fitted = new ArrayList<>();
    for (Manifest.Quantised entry : small.manifest().quantised()) {
      fitted.add(
          entry.initializer().equals("up.weight")
              ? new Manifest.Quantised("up.weight", entry.output(), entry.input(), sum(other))
              : entry);
    }
    Verification seen =
        Verifier.verify(small.original(), other, small.manifest().withQuantised(fitted));
    assertEquals(
        List.of("'up.weight' in eight bits is not what the original's values come to"),
        seen.changed());
    assertEquals(Verdict.DIFFERS, seen.verdict());
  }

  private static String sum(OnnxModel model) {
    List<TensorSource> parts = new ArrayList<>();
    for (String part : List.of("_quantized", "_scale", "_zero_point")) {
      parts.add(TensorSource.copyOf(tensor(model, "up.weight" + part), part));
    }
    return new StoredParts(parts).sha256();
  }

  @Test
  void otherParametersMayNotChange() {
    Verification seen = small.with(spoilt(small.small(), "up.bias", 2)).verify();
    assertEquals(Verdict.DIFFERS, seen.verdict());
    assertTrue(seen.changed().toString().contains("'up.bias'"), seen::toString);
  }

  @Test
  void nodesMayNotChange() {
    OnnxModel model = small.small();
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      if (node.getOpType().equals("MatMulInteger")) {
        NodeProto without =
            node.toBuilder().clearInput().addAllInput(node.getInputList().subList(0, 3)).build();
        NodeProto renamed = node.toBuilder().setName("other").build();
        for (NodeProto other : List.of(without, renamed)) {
          OnnxModel changed = new OnnxEdit(model).replaceNode(i, other).toModel();
          assertFalse(small.with(changed).verify().passed(), node.getName());
        }
      }
    }
  }

  @Test
  void aShiftedManifestIsSeen() {
    List<Manifest> wrong = Control.shiftedByOne(small.manifest(), new SplittableRandom(1), 8);
    assertTrue(wrong.size() > 3);
    for (Manifest shifted : wrong) {
      Manifest listed = shifted.withQuantised(small.manifest().quantised());
      Verification seen = Verifier.verify(small.original(), small.small(), listed);
      assertFalse(seen.passed(), shifted::toJson);
    }
  }

  @Test
  void whatIsNotQuantisedCannotBeListed() {
    List<Manifest.Quantised> more = new ArrayList<>(small.manifest().quantised());
    more.add(new Manifest.Quantised("up.bias", "up_bias_output_0", 1, "0"));
    Verification seen =
        Verifier.verify(small.original(), small.small(), small.manifest().withQuantised(more));
    assertEquals(Verdict.DIFFERS, seen.verdict());
    assertTrue(seen.changed().get(0).contains("is not what quantising"), seen::toString);
    Verification none =
        Verifier.verify(small.original(), small.small(), small.manifest().withQuantised(List.of()));
    assertFalse(none.passed());
  }

  /** Of a weight that was repaired before, only its hash is known. */
  @Test
  void compensatedValuesAreHeldAgainstTheirHash() {
    Carved carved = half(TextNetwork.build());
    OnnxTensor before = tensor(carved.small(), "down.weight");
    float[] values = before.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] * 0.9f + 0.02f;
    }
    OnnxModel repaired =
        new OnnxEdit(carved.small())
            .replaceInitializer(
                "down.weight", TensorSource.ofFloats("down.weight", values, before.dims()))
            .toModel();
    Manifest listed =
        carved
            .manifest()
            .withCompensated(
                List.of(new Compensated("down.weight", "down_output_0", 1, "of floats")));
    Carved other = quantised(new Carved(carved.original(), repaired, listed));
    Verification proved = other.verify();
    assertEquals(Verdict.PROVED, proved.verdict(), proved::toString);
    assertEquals(List.of("down.weight"), proved.compensated());
    assertFalse(other.with(spoilt(other.small(), "down.weight_scale", 8)).verify().passed());
    Manifest unlisted = other.manifest().withCompensated(List.of());
    Verification hidden = Verifier.verify(other.original(), other.small(), unlisted);
    assertEquals(
        List.of("'down.weight' in eight bits is not what the original's values come to"),
        hidden.changed());
  }

  @Test
  void aQuantisedNetworkCanBeCutAndProved() {
    Verification proved = half(small.small()).verify();
    assertEquals(Verdict.PROVED, proved.verdict(), proved::toString);
  }
}

package io.espalier.onnx.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import io.espalier.core.values.Manifest;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.InputValue;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.onnx.verify.Verification.Verdict;
import io.espalier.spi.EspalierException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A verdict is right in both directions, and none is given where nothing tells. */
class VerdictTest {
  private static final Map<String, Object> PADDED = Map.of("pads", new long[] {1, 1, 1, 1});

  private final OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17, 1);

  /** Two convolutions and the bias of the second, then whatever saturates. */
  private OnnxModel ending(String operator, float bias) {
    String x = b.input("x", 1, 3, 16, 16);
    String y = b.node("Conv", "c1", List.of(x, b.weights("c1.w", 32, 3, 3, 3)), PADDED);
    y = b.node("Relu", "relu", List.of(y));
    float[] shift = {bias};
    y =
        b.node(
            "Conv",
            "c2",
            List.of(y, b.weights("c2.w", 1, 32, 3, 3), b.floats("c2.b", shift, 1)),
            PADDED);
    return b.output("y", b.node(operator, "end", List.of(y)), 1, 1, 16, 16).build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sigmoid", "Relu"})
  void aConstantOutputProvesNothing(String operator) throws InvalidProtocolBufferException {
    Carved carved = Carved.half(ending(operator, -200));

    Verification right = carved.verify();
    assertEquals(Verdict.INCONCLUSIVE, right.verdict());
    assertTrue(right.passed() && !right.conclusive());
    assertEquals("output 'y': it would be the same if other units had been kept", right.note());

    Verification spoilt = carved.with(Spoilt.one(carved.small(), "c1.w")).verify();
    assertTrue(spoilt.silent(), spoilt::toString);
    assertEquals(Verdict.DIFFERS, spoilt.verdict());
    assertEquals(
        List.of(
            "'c1.w', input 1 of node 'c1' (Conv), is not what the manifest keeps of the"
                + " original's"),
        spoilt.changed());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sigmoid", "Softplus", "Tanh"})
  void saturatedOutputsAreMeasuredBefore(String operator) {
    Carved carved = Carved.half(ending(operator, -16));
    Verification right = carved.verify();
    assertEquals(Verdict.PROVED, right.verdict(), right::toString);

    List<Manifest> wrong =
        Control.shiftedByOne(carved.manifest(), new java.util.SplittableRandom(1), 3);
    assertFalse(wrong.isEmpty());
    for (Manifest shifted : wrong) {
      assertFalse(Verifier.verify(carved.original(), carved.small(), shifted).agrees());
    }
  }

  @Test
  void aSaturatedGateInside() {
    String x = b.input("x", "N", 16);
    String y = b.node("MatMul", "first", List.of(x, b.weights("w1", 16, 32)));
    y = b.node("Relu", "relu", List.of(y));
    float[] low = new float[16];
    Arrays.fill(low, -16);
    y = b.node("MatMul", "second", List.of(y, b.weights("w2", 32, 16)));
    y = b.node("Add", "shift", List.of(y, b.floats("low", low, 16)));
    y = b.node("Mul", "gate", List.of(b.node("Sigmoid", "s", List.of(y)), x));
    Carved carved = Carved.half(b.output("y", y, "N", 16).build());
    Verification right = carved.verify();
    assertEquals(Verdict.PROVED, right.verdict(), right::toString);
  }

  /** Units 4 and 5 are zero whatever comes in; what matters is that no other goes. */
  @Test
  void takingDeadUnitsOutIsProved() {
    String x = b.input("x", "N", 3);
    float[] dead = {1, 2, -1, 3, 0, 0, -2, 1, 1, 1, 0, 0, 2, 2, 1, -1, 0, 0};
    String y = b.node("MatMul", "first", List.of(x, b.floats("w1", dead, 3, 6)));
    y = b.node("Relu", "relu", List.of(y));
    b.output("y", b.node("MatMul", "second", List.of(y, b.weights("w2", 6, 2))), "N", 2);
    HandCut cut = new HandCut(b).cut("first", 1, 1, 0, 1, 2, 3).cut("second", 1, 0, 0, 1, 2, 3);
    assertEquals(Verdict.PROVED, cut.verify().verdict());
  }

  @Test
  void whatDividesByItsOwnSumIsLeftOut() {
    String x = b.input("x", "N", 3, 8, 8);
    String y = b.node("Conv", "c1", List.of(x, b.weights("w1", 8, 3, 1, 1)));
    y = b.node("Sigmoid", "positive", List.of(y));
    y = b.node("Conv", "c2", List.of(y, b.weights("w2", 12, 8, 1, 1)));
    y = b.node("Abs", "abs", List.of(y));
    String axes = b.longs("axes", new long[] {2, 3}, 2);
    y = b.node("Div", "div", List.of(y, b.node("ReduceSum", "sum", List.of(y, axes))));
    y = b.node("Conv", "c3", List.of(y, b.weights("w3", 4, 12, 1, 1)));
    Carved carved = Carved.half(b.output("y", y, "N", 4, 8, 8).build());
    Verification right = carved.verify();
    assertEquals(Verdict.PROVED, right.verdict(), right::toString);
    assertEquals(
        List.of("w1 [0] true", "w2 [1] true", "w2 [0] false", "w3 [1] true"),
        carved.manifest().parameters().stream()
            .map(edge -> edge.initializer() + " " + edge.keep().keySet() + " " + edge.mask())
            .toList());

    // a manifest that asks to mask there still gives no NaN, since sums alone are masked then
    Manifest masked =
        new Manifest(
            carved.manifest().parameters().stream()
                .map(
                    edge ->
                        new Manifest.CutParameter(
                            edge.node(),
                            edge.output(),
                            edge.input(),
                            edge.initializer(),
                            edge.shape(),
                            edge.keep(),
                            true))
                .toList(),
            List.of(),
            List.of());
    Verification alike = Verifier.verify(carved.original(), carved.small(), masked);
    assertEquals(Verdict.PROVED, alike.verdict(), alike::toString);
    for (Manifest wrong :
        Control.shiftedByOne(carved.manifest(), new java.util.SplittableRandom(1), 5)) {
      assertFalse(Verifier.verify(carved.original(), carved.small(), wrong).agrees());
    }
  }

  /** A unit pairs with each unit: one axis of pairs is summed over, and the other divides. */
  @Test
  void aSumOverUnitsThatAlsoDivideIsMasked() {
    String x = b.input("x", "N", 5);
    String y = b.node("MatMul", "first", List.of(x, b.weights("w1", 5, 8)));
    y = b.node("Sigmoid", "positive", List.of(y));
    String rows = b.node("Unsqueeze", "rows", List.of(y, b.longs("two", new long[] {2}, 1)));
    String columns = b.node("Unsqueeze", "columns", List.of(y, b.longs("one", new long[] {1}, 1)));
    y = b.node("MatMul", "pairs", List.of(rows, columns));
    y = b.node("MatMul", "second", List.of(y, b.weights("w2", 8, 3)));
    y = b.node("Abs", "abs", List.of(y));
    y =
        b.node(
            "Div",
            "div",
            List.of(y, b.node("ReduceSum", "sum", List.of(y, b.longs("last", new long[] {2}, 1)))));
    y =
        b.node(
            "ReduceSum",
            "all",
            List.of(y, b.longs("units", new long[] {1}, 1)),
            Map.of("keepdims", 0L));
    Carved carved = Carved.half(b.output("y", y, "N", 3).build());
    assertEquals(
        List.of("w1 [1] false", "w2 [0] true"),
        carved.manifest().parameters().stream()
            .map(edge -> edge.initializer() + " " + edge.keep().keySet() + " " + edge.mask())
            .toList());
    Verification right = carved.verify();
    assertEquals(Verdict.PROVED, right.verdict(), right::toString);
    for (Manifest wrong :
        Control.shiftedByOne(carved.manifest(), new java.util.SplittableRandom(1), 5)) {
      assertFalse(Verifier.verify(carved.original(), carved.small(), wrong).agrees());
    }
  }

  @Test
  void rowsThatNobodyAsksForAreCompared() throws InvalidProtocolBufferException {
    String ids = b.typedInput("ids", DataTypes.INT64, "N", 5);
    String y = b.node("Gather", "embed", List.of(b.weights("table", 500, 8), ids));
    b.output("y", b.node("MatMul", "head", List.of(y, b.weights("w", 8, 3))), "N", 5, 3);
    Carved carved = Carved.half(b.build());
    assertEquals(Verdict.PROVED, carved.verify().verdict());

    Verification spoilt = carved.with(Spoilt.one(carved.small(), "table")).verify();
    assertTrue(spoilt.agrees());
    assertEquals(Verdict.DIFFERS, spoilt.verdict());
  }

  @Test
  void initializersThatNobodyReadsDoNotMatter() {
    String x = b.input("x", "N", 16);
    b.weights("unused", 1000);
    String y = b.node("MatMul", "first", List.of(x, b.weights("w1", 16, 64)));
    y = b.node("Relu", "relu", List.of(y));
    y = b.node("MatMul", "second", List.of(y, b.weights("w2", 64, 4)));
    Carved carved = Carved.half(b.output("y", y, "N", 4).build());
    assertTrue(carved.small().initializers().containsKey("unused"));
    assertEquals(Verdict.PROVED, carved.verify().verdict());
  }

  /** Nothing comes out unless the rate is 16,000. */
  private Carved rated() {
    String x = b.input("x", "N", 16);
    String rate = b.typedInput("rate", DataTypes.INT64);
    String y = b.node("MatMul", "first", List.of(x, b.weights("w1", 16, 32)));
    y = b.node("Relu", "relu", List.of(y));
    y = b.node("MatMul", "second", List.of(y, b.weights("w2", 32, 4)));
    String right = b.node("Equal", "equal", List.of(rate, b.longs("known", new long[] {16000})));
    String factor = b.node("Cast", "cast", List.of(right), Map.of("to", DataTypes.FLOAT));
    return Carved.half(b.output("y", b.node("Mul", "gated", List.of(y, factor)), "N", 4).build());
  }

  @Test
  void inputsMayHaveValues() {
    Carved carved = rated();
    assertEquals(Verdict.INCONCLUSIVE, carved.verify().verdict());

    VerifyOptions number =
        VerifyOptions.defaults().withValues(Map.of("rate", new InputValue.Everywhere(16000)));
    assertEquals(Verdict.PROVED, carved.verify(number).verdict());

    Tensor rows =
        Tensor.ofFloats(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7}, 1, 16);
    VerifyOptions both =
        VerifyOptions.defaults()
            .withValues(
                Map.of("rate", new InputValue.Everywhere(16000), "x", new InputValue.Array(rows)));
    assertEquals(Verdict.PROVED, carved.verify(both).verdict());
  }

  @Test
  void valuesThatDoNotFitAreRefused() {
    Carved carved = rated();
    assertRefused(carved, "rate", new InputValue.Everywhere(0.5), "cannot be 0.5");
    assertRefused(
        carved, "rate", new InputValue.Array(Tensor.ofFloats(new float[] {1})), "cannot be made");
    assertRefused(carved, "speed", new InputValue.Everywhere(1), "no input 'speed'");
  }

  private static void assertRefused(Carved carved, String name, InputValue value, String reason) {
    VerifyOptions options = VerifyOptions.defaults().withValues(Map.of(name, value));
    EspalierException refused = null;
    OnnxRunException unfit = null;
    RuntimeException thrown = assertThrows(RuntimeException.class, () -> carved.verify(options));
    if (thrown instanceof EspalierException e) {
      refused = e;
    } else if (thrown instanceof OnnxRunException e) {
      unfit = e;
    }
    assertTrue(refused != null || unfit != null, thrown::toString);
    assertTrue(String.valueOf(thrown.getMessage()).contains(reason), thrown::getMessage);
  }
}

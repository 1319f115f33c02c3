package io.espalier.modules.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.espalier.modules.Net;
import io.espalier.modules.Solved;
import io.espalier.spi.Linear;
import io.espalier.trace.NodeFacts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What nodes declare for calibration: where they are linear in a weight, affine, or rectified. */
class DeclarationsTest {
  private static Net image() {
    return new Net().input("x", 1, 8, 8, 8);
  }

  private static Net rows() {
    return new Net().input("x", 4, 8);
  }

  private static List<Linear> linear(Net net) {
    return net.solve().facts("y").linear();
  }

  private static NodeFacts facts(Net net) {
    return net.solve().facts("y");
  }

  private static void affine(Net net, int shift, Integer... inputs) {
    NodeFacts.Affine affine = facts(net).affine();
    assertNotNull(affine);
    assertEquals(new NodeFacts.Affine(shift, List.of(inputs)), affine);
  }

  private static void notAffine(Net net) {
    assertNull(facts(net).affine());
  }

  @Test
  void convolutionsAreLinearInTheirWeight() {
    assertEquals(
        List.of(Linear.of(0, 1, 1, 1, 0, 1)),
        linear(image().weight("w", 6, 8, 3, 3).node("Conv", "y", "x, w")));
    assertEquals(
        List.of(Linear.of(0, 1, 1, 1, 0, 1).withBias(2)),
        linear(image().weight("w", 6, 8, 3, 3).weight("b", 6).node("Conv", "y", "x, w, b")));
    assertEquals(
        List.of(Linear.of(0, 1, 1, 1, 0, 1).withGroups(4)),
        linear(image().weight("w", 12, 2, 3, 3).node("Conv", "y", "x, w", "group", 4)));
  }

  @Test
  void transposedConvolutionsAreLinearWhereTheyHaveOneGroup() {
    assertEquals(
        List.of(Linear.of(0, 1, 1, 0, 1, 1)),
        linear(image().weight("w", 8, 6, 2, 2).node("ConvTranspose", "y", "x, w")));
    assertEquals(
        List.of(),
        linear(image().weight("w", 8, 3, 2, 2).node("ConvTranspose", "y", "x, w", "group", 2)));
  }

  @Test
  void gemmsAreLinearHoweverTheirMatricesLie() {
    assertEquals(
        List.of(Linear.of(0, 1, 1, 0, 1, 1).withBias(2)),
        linear(rows().weight("w", 8, 6).weight("b", 6).node("Gemm", "y", "x, w, b")));
    assertEquals(
        List.of(Linear.of(0, 1, 1, 1, 0, 1)),
        linear(rows().weight("w", 6, 8).node("Gemm", "y", "x, w", "transB", 1)));
    assertEquals(
        List.of(Linear.of(0, 0, 1, 0, 1, 1)),
        linear(rows().weight("w", 4, 6).node("Gemm", "y", "x, w", "transA", 1)));
  }

  @Test
  void biasesOfGemmsThatAreNoListAreNone() {
    assertEquals(
        List.of(Linear.of(0, 1, 1, 0, 1, 1)),
        linear(rows().weight("w", 8, 6).weight("b", 4, 6).node("Gemm", "y", "x, w, b")));
    assertEquals(
        List.of(Linear.of(0, 1, 1, 0, 1, 1)),
        linear(rows().weight("w", 8, 6).weight("b", 1).node("Gemm", "y", "x, w, b")));
  }

  @Test
  void scaledGemmsAreLeftAlone() {
    Net half = rows().weight("w", 8, 6).weight("b", 6);
    assertEquals(List.of(), linear(half.node("Gemm", "y", "x, w, b", "alpha", 0.5)));
    Net twice = rows().weight("w", 8, 6).weight("b", 6);
    assertEquals(List.of(), linear(twice.node("Gemm", "y", "x, w, b", "beta", 2.0)));
  }

  @Test
  void betaWithoutABiasSaysNothing() {
    assertEquals(
        List.of(Linear.of(0, 1, 1, 0, 1, 1)),
        linear(rows().weight("w", 8, 6).node("Gemm", "y", "x, w", "beta", 2.0)));
  }

  @Test
  void productsWithAMatrixOfParametersAreLinearOnBothSides() {
    assertEquals(
        List.of(Linear.of(0, 2, 1, 0, 1, 2)),
        linear(new Net().input("x", 2, 5, 8).weight("w", 8, 6).node("MatMul", "y", "x, w")));
    assertEquals(
        List.of(Linear.of(1, 1, 0, 1, 0, 1)),
        linear(new Net().input("x", 2, 5, 8).weight("w", 6, 5).node("MatMul", "y", "w, x")));
  }

  @Test
  void otherProductsAreNotLinear() {
    assertEquals(
        List.of(), linear(new Net().input("x", 4, 8).input("z", 8, 6).node("MatMul", "y", "x, z")));
    assertEquals(
        List.of(),
        linear(new Net().input("x", 2, 4, 8).weight("w", 2, 8, 6).node("MatMul", "y", "x, w")));
    assertEquals(List.of(), linear(rows().weight("w", 8).node("MatMul", "y", "x, w")));
    assertEquals(
        List.of(),
        linear(rows().weight("w", 8, 6).scalar("z", 0).node("MatMulInteger", "y", "x, w, z")));
  }

  @Test
  void sumsOfActivationsHaveNoShift() {
    Net net = rows().node("Relu", "r", "x").node("Add", "y", "x, r");
    affine(net, -1, 0, 1);
  }

  @Test
  void parametersThatAreAddedAreShifts() {
    affine(rows().weight("b", 8).node("Add", "y", "x, b"), 1, 0);
    affine(rows().weight("b", 8).node("Add", "y", "b, x"), 0, 1);
  }

  @Test
  void parametersThatScaleAreNoShifts() {
    affine(rows().weight("s", 8).node("Mul", "y", "x, s"), -1, 0);
    affine(rows().weight("s", 8).node("Mul", "y", "s, x"), -1, 1);
    affine(rows().weight("s", 8).node("Div", "y", "x, s"), -1, 0);
    affine(rows().weight("s", 8).node("Sub", "y", "x, s"), -1, 0);
    affine(rows().weight("s", 8).node("Sub", "y", "s, x"), -1, 1);
  }

  @Test
  void whatIsNoSumIsNotAffine() {
    notAffine(rows().weight("s", 8).node("Div", "y", "s, x"));
    notAffine(rows().weight("s", 8).node("Max", "y", "x, s"));
    notAffine(rows().weight("s", 8).node("Pow", "y", "x, s"));
    notAffine(rows().node("Relu", "r", "x").node("Mul", "y", "x, r"));
    notAffine(rows().node("Relu", "r", "x").node("Sub", "y", "x, r"));
    notAffine(rows().node("Relu", "r", "x").node("Mean", "y", "x, r"));
    notAffine(rows().node("Sigmoid", "y", "x"));
  }

  @Test
  void normsByRunningStatisticsAndCopiesAreAffine() {
    Net norm = image().weight("s", 8).weight("b", 8).weight("m", 8).weight("v", 8);
    affine(norm.node("BatchNormalization", "y", "x, s, b, m, v"), 2, 0);
    affine(image().node("Identity", "y", "x"), -1, 0);
    affine(image().node("Dropout", "y", "x"), -1, 0);
    notAffine(rows().weight("s", 8).node("LayerNormalization", "y", "x, s"));
  }

  @Test
  void whatCutsOffAllThatIsNegativeRectifies() {
    assertEquals(0, facts(rows().node("Relu", "y", "x")).rectified());
    Net six = rows().reals("least", 0).reals("most", 6);
    assertEquals(0, facts(six.node("Clip", "y", "x, least, most")).rectified());
    Net old = rows().opset(6);
    assertEquals(0, facts(old.node("Clip", "y", "x", "min", 0.0, "max", 6.0)).rectified());
  }

  @Test
  void whatLeavesNegativeNumbersDoesNotRectify() {
    Net below = rows().reals("least", -1).reals("most", 6);
    assertEquals(-1, facts(below.node("Clip", "y", "x, least, most")).rectified());
    Net most = rows().reals("most", 6);
    assertEquals(-1, facts(most.node("Clip", "y", "x, , most")).rectified());
    Net above = rows().reals("least", 1).reals("most", 6);
    assertEquals(-1, facts(above.node("Clip", "y", "x, least, most")).rectified());
    assertEquals(-1, facts(rows().node("LeakyRelu", "y", "x")).rectified());
    assertEquals(-1, facts(rows().node("Sigmoid", "y", "x")).rectified());
  }

  @Test
  void onlyPoolsThatTakeTheLargestSelect() {
    long[] window = {2, 2};
    assertEquals(0, facts(image().node("MaxPool", "y", "x", "kernel_shape", window)).selected());
    assertEquals(
        -1, facts(image().node("AveragePool", "y", "x", "kernel_shape", window)).selected());
  }

  @Test
  void whatIsDeclaredDoesNotChangeTheTypes() {
    Solved net = image().weight("w", 6, 8, 1, 1).node("Conv", "y", "x, w").solve();
    assertEquals("1, a(6), 8, 8", net.tensor("y"));
  }
}

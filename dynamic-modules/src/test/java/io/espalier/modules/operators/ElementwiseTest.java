package io.espalier.modules.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.modules.Net;
import io.espalier.modules.Solved;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operators that work element by element. */
class ElementwiseTest {
  private static Net stem() {
    return new Net()
        .input("x", 1, 3, 8, 8)
        .weight("w", 16, 3, 1, 1)
        .weight("w2", 16, 3, 1, 1)
        .node("Conv", "c", "x, w")
        .node("Conv", "d", "x, w2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Add", "Sub", "Mul", "Div", "Min", "Max", "Sum", "Mean", "Pow", "Greater", "Mod"})
  void twoOperandsBecomeOneWidth(String operator) {
    Solved net = stem().node(operator, "y", "c, d").solve();

    assertEquals("1, a(16), 8, 8", net.tensor("y"));
    assertEquals("a(16), 3, 1, 1", net.use("d", 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Relu", "Sigmoid", "Exp", "Erf", "LeakyRelu", "HardSwish", "IsNaN", "Affine"})
  void oneOperandCarriesOver(String operator) {
    Solved net = stem().node(operator, "y", "c").solve();

    assertEquals("1, a(16), 8, 8", net.tensor("y"));
    assertEquals(List.of("a(16)", "b(16)"), net.symbols());
  }

  @Test
  void whereIsASumOfThree() {
    Solved net = stem().node("Greater", "m", "c, d").node("Where", "y", "m, c, d").solve();

    assertEquals("1, a(16), 8, 8", net.tensor("y"));
  }

  @Test
  void axesOfOneElementStretch() {
    Solved net =
        stem()
            .weight("scale", 16, 1, 1)
            .weight("one", 1)
            .node("Mul", "y", "c, scale")
            .node("Mul", "z", "y, one")
            .solve();

    assertEquals("a(16), 1, 1", net.use("y", 1));
    assertEquals("1, a(16), 8, 8", net.tensor("z"));
  }

  @Test
  void squeezeAndExciteScalesTheSameChannels() {
    Solved net =
        stem()
            .weight("down", 4, 16, 1, 1)
            .weight("up", 16, 4, 1, 1)
            .node("GlobalAveragePool", "p", "c")
            .node("Conv", "e", "p, down")
            .node("Relu", "r", "e")
            .node("Conv", "f", "r, up")
            .node("Sigmoid", "s", "f")
            .node("Mul", "y", "c, s")
            .solve();

    assertEquals("1, a(16), 8, 8", net.tensor("y"));
    assertEquals("c(4), a(16), 1, 1", net.use("e", 1));
    assertEquals("a(16), c(4), 1, 1", net.use("f", 1));
  }

  @Test
  void oldOperatorSetsPlaceTheSecondOperandByAxis() {
    Solved net =
        stem()
            .opset(6)
            .weight("scale", 16)
            .node("Mul", "y", "c, scale", "broadcast", 1, "axis", 1)
            .solve();

    assertEquals("a(16)", net.use("y", 1));
    assertEquals("1, a(16), 8, 8", net.tensor("y"));
  }

  @Test
  void slopesOfPReluFollowTheChannels() {
    Solved net =
        stem()
            .weight("slope", 16, 1, 1)
            .node("PRelu", "y", "c, slope")
            .opset(6)
            .weight("old", 16)
            .node("PRelu", "z", "y, old")
            .solve();

    assertEquals("a(16), 1, 1", net.use("y", 1));
    assertEquals("a(16)", net.use("z", 1));
  }

  @Test
  void dropoutAndClip() {
    Solved net =
        stem().reals("low", 0).node("Dropout", "y, mask", "c").node("Clip", "z", "y, low").solve();

    assertEquals("1, a(16), 8, 8", net.tensor("mask"));
    assertEquals("1, a(16), 8, 8", net.tensor("z"));
  }

  @Test
  void divisorsRootsAndLogarithmsMustNotBeMasked() {
    Solved net =
        stem()
            .node("Div", "q", "c, d")
            .node("Pow", "p", "c, d")
            .node("Sqrt", "s", "c")
            .node("Log", "l", "c")
            .node("Add", "a", "c, d")
            .solve();

    assertEquals(List.of(1), net.unmaskable("q"));
    assertEquals(List.of(0, 1), net.unmaskable("p"));
    assertEquals(List.of(0), net.unmaskable("s"));
    assertEquals(List.of(0), net.unmaskable("l"));
    assertEquals(List.of(), net.unmaskable("a"));
  }

  @Test
  void unknownOperatorFreezesWithAReason() {
    Solved net = stem().node("Mystery", "y", "c").solve();

    assertEquals("16, 3, 1, 1", net.use("c", 1));
    assertEquals(
        "y/Mystery: operator Mystery has no rule; a plugin with an OperatorRule for it can open it",
        net.why("c", 1));
    assertEquals(List.of("a(16)"), net.symbols());
  }

  @Test
  void quantisationFollowsItsAxis() {
    Solved net =
        stem()
            .weight("scale", 16)
            .weight("one", 1)
            .node("QuantizeLinear", "q", "c, scale")
            .node("DequantizeLinear", "y", "q, one")
            .node("DynamicQuantizeLinear", "u, us, uz", "d")
            .solve();

    assertEquals("a(16)", net.use("q", 1));
    assertEquals("1, a(16), 8, 8", net.tensor("y"));
    assertEquals(net.tensor("d"), net.tensor("u"));
    assertEquals("", net.tensor("us"));
  }
}

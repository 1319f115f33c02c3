package io.espalier.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the driver does around the rules: reasons, refusals, constants, open dimensions. */
class DriverTest {
  private static final String NO_RULE =
      "operator Mystery has no rule; a plugin with an OperatorRule for it can open it";

  /** x (1, 4) times a matrix: s (1, 16). */
  private static Net stem() {
    return new Net()
        .input("x", 1, 4)
        .weight("stem", 4, 16)
        .weight("deep", 16, 16)
        .weight("other", 16, 6)
        .node("MatMul", "s", "x, stem");
  }

  @Test
  void doesNotFire() {
    Solved net = stem().node("Relu", "y", "s").solve();

    assertEquals("1, a(16)", net.tensor("y"));
    assertEquals("4, a(16)", net.use("s", 1));
    assertEquals("x/: graph input 'x' fixes it", net.why("s", 1, 0));
  }

  @Test
  void unknownOperatorFreezesAllItsInputs() {
    Solved net = stem().weight("w", 3, 7).node("Mystery", "m", "s, w").solve();

    assertEquals("1, 16", net.tensor("s"));
    assertEquals("m/Mystery: " + NO_RULE, net.why("s", 1));
    assertEquals("m/Mystery: " + NO_RULE, net.why("s", 1, 1));
    assertEquals("3, 7", net.use("m", 1));
    assertEquals("m/Mystery: " + NO_RULE, net.why("m", 1, 1));
    assertEquals(List.of(), net.symbols());
  }

  @Test
  void operatorOfAnotherDomainIsNamedWithIt() {
    Net net = stem();
    net.builder.node(
        io.espalier.spi.OpId.of("com.acme", "Odd"),
        1,
        "",
        List.of("s"),
        List.of("y"),
        List.of(),
        new Net.Given(Map.of()),
        Map.of());

    String why = net.solve().why("s", 1);
    assertTrue(
        why.startsWith("com.acme:Odd #1/com.acme:Odd: operator com.acme:Odd has no rule"), why);
  }

  @Test
  void theFirstReasonIsKept() {
    Solved net =
        stem()
            .node("Softmax", "soft", "s", "axis", -1)
            .node("Mystery", "m", "s")
            .node("MatMul", "d", "s, deep")
            .node("Add", "sum", "s, d")
            .output("sum")
            .solve();

    assertEquals("soft/Softmax: Softmax compares all elements", net.why("s", 1));
    assertEquals("soft/Softmax: Softmax compares all elements", net.why("d", 1, 0));
    assertEquals("soft/Softmax: Softmax compares all elements", net.why("d", 1, 1));
    assertEquals("soft/Softmax: Softmax compares all elements", net.why("sum", 1));
  }

  @Test
  void reasonsSurviveInPiecesAndFactors() {
    Solved net =
        stem()
            .ints("heads", 1, 4, 4)
            .node("Mystery", "m", "s")
            .node("Split", "left, right", "s", "axis", 1)
            .node("Reshape", "r", "s, heads")
            .solve();

    assertEquals("m/Mystery: " + NO_RULE, net.why("left", 1));
    assertEquals("m/Mystery: " + NO_RULE, net.why("r", 2));
  }

  @Test
  void axesOfDifferentExtentsSayWhichNodeMadeThemMeet() {
    Solved net =
        stem()
            .weight("narrow", 4, 12)
            .node("MatMul", "n", "x, narrow")
            .node("MatMul", "y", "n, other")
            .solve();

    assertEquals("y/MatMul: axes of 12 and 16 elements meet here", net.why("n", 1));
    assertEquals("y/MatMul: axes of 12 and 16 elements meet here", net.why("y", 1, 0));
    assertEquals("1, b(6)", net.tensor("y"));
  }

  @Test
  void aRuleThatThrowsFreezesAndReports() {
    Solved net =
        stem()
            .node("Broken", "b", "s")
            .node("Add", "after", "b, s")
            .solve(
                HandMade.rule(
                    "Broken",
                    (node, t) -> {
                      t.output(0, node.input(0).axes());
                      t.macs(node.input(0).axis(1));
                      throw new UnsupportedOperationException("no such luck");
                    }));

    String why = net.why("s", 1);
    assertTrue(why.startsWith("b/Broken: the rule io.espalier.trace."), why);
    assertTrue(why.endsWith(" failed on node b: UnsupportedOperationException: no such luck"), why);
    assertTrue(net.tensor("b").startsWith("unknown: the rule"), net.tensor("b"));
    assertEquals(NodeFacts.NONE, net.map().facts(net.node("b").index()));
  }

  @Test
  void aRuleThatForgetsAnOutput() {
    Solved net =
        stem()
            .node("Half", "h, i", "s")
            .solve(HandMade.rule("Half", (node, t) -> t.output(0, node.input(0).axes())));

    String why = net.why("s", 1);
    assertTrue(why.endsWith("IllegalStateException: it gave no axes to output 1"), why);
    assertTrue(net.tensor("h").startsWith("unknown"), net.tensor("h"));
  }

  @Test
  void outputsThatAreLeftOutNeedNoAxes() {
    Solved net =
        stem()
            .node("Half", "h, ", "s")
            .solve(HandMade.rule("Half", (node, t) -> t.output(0, node.input(0).axes())));

    assertEquals("1, a(16)", net.tensor("h"));
  }

  @Test
  void unknownShapesCarryTheFirstReason() {
    Solved net =
        stem()
            .node("Mystery", "m", "x")
            .node("Relu", "r", "m")
            .node("MatMul", "y", "r, other")
            .node("Add", "z", "y, s")
            .solve();

    for (String tensor : List.of("m", "r", "y", "z")) {
      assertEquals("unknown: " + NO_RULE, net.tensor(tensor));
    }
    assertEquals("m/Mystery: " + NO_RULE, net.why("y", 1, 1));
    assertEquals("m/Mystery: " + NO_RULE, net.why("s", 1));
  }

  @Test
  void declaredShapesHelpBehindAnUnknownOperator() {
    Solved net =
        stem()
            .declare("m", 1, 16)
            .declare("n", -1, 16)
            .node("Mystery", "m", "x")
            .node("Mystery", "n", "x")
            .node("MatMul", "y", "m, other")
            .solve();

    assertEquals("1, 16", net.tensor("m"));
    assertEquals("16, b(6)", net.use("y", 1));
    assertEquals("m/Mystery: " + NO_RULE, net.why("y", 1, 0));
    assertEquals("unknown: " + NO_RULE, net.tensor("n"));
  }

  @Test
  void anInputWithoutShapeSaysHowToGiveIt() {
    Net net =
        new Net()
            .inputOfUnknownShape("x")
            .weight("w", 4, 16)
            .node("MatMul", "y", "x, w")
            .node("Relu", "z", "y");

    assertEquals(
        "unknown: the model does not say the shape of its input 'x'; give it with --input x=...",
        net.solve().tensor("z"));
    assertEquals("3, a(16)", net.solve(TrialSizes.of(Map.of("x", List.of(3L, 4L)))).tensor("z"));
  }

  @Test
  void capturedTensorsFreeze() {
    Solved net =
        stem()
            .node("MatMul", "d", "s, deep")
            .capturing("s")
            .node("Branch", "b", "x")
            .solve(HandMade.rule("Branch", (node, t) -> t.output(0, node.input(0).axes())));

    assertEquals("b/Branch: Branch reads it inside a sub-graph", net.why("s", 1));
    assertEquals("16, a(16)", net.use("d", 1));
  }

  @Test
  void integersThatSubGraphsCaptureFreezeTheirWidths() {
    Solved net =
        stem()
            .node("Shape", "shape", "s")
            .capturing("shape")
            .node("Branch", "b", "x")
            .solve(HandMade.rule("Branch", (node, t) -> t.output(0, node.input(0).axes())));

    assertEquals("b/Branch: Branch reads it inside a sub-graph", net.why("s", 1));
  }

  @Test
  void constantsAreFreshPerUse() {
    Solved net =
        stem()
            .weight("stem2", 4, 16)
            .filled("scale", 1, 16)
            .node("MatMul", "t", "x, stem2")
            .node("Mul", "p", "s, scale")
            .node("Mul", "q", "t, scale")
            .solve();

    assertEquals("a(16)", net.use("p", 1));
    assertEquals("b(16)", net.use("q", 1));
  }

  @Test
  void aSingleConstantIsTheSameAtEachUse() {
    Net net =
        stem()
            .weight("stem2", 4, 16)
            .single("scale", 16)
            .node("MatMul", "t", "x, stem2")
            .node("Mul", "p", "s, scale")
            .node("Mul", "q", "t, scale");

    assertEquals("a(16)", net.solve().use("p", 1));
    assertEquals("a(16)", net.solve().use("q", 1));
    assertEquals("16", net.output("q").solve().use("p", 1));
  }

  @Test
  void identityIsLookedThrough() {
    Solved net =
        stem()
            .weight("stem2", 4, 16)
            .filled("scale", 1, 16)
            .node("MatMul", "t", "x, stem2")
            .node("Identity", "copy", "scale")
            .node("Identity", "copy2", "copy")
            .node("Mul", "p", "s, copy2")
            .node("Mul", "q", "t, copy2")
            .solve();

    assertEquals("1, a(16)", net.tensor("s"));
    assertFalse(net.use("p", 1).equals(net.use("q", 1)));
    assertTrue(net.map().isUse(net.node("q").index(), 1));
  }

  @Test
  void aMatrixThatIsUsedTwiceIsTiedAgain() {
    Solved net =
        stem()
            .node("MatMul", "d", "s, deep")
            .node("Relu", "r", "d")
            .node("MatMul", "e", "r, deep")
            .solve();

    assertEquals("a(16), a(16)", net.use("d", 1));
    assertEquals("a(16), a(16)", net.use("e", 1));
    assertEquals("1, a(16)", net.tensor("e"));
  }

  /** Apart, 64 and 128 elements of 256 are left at half the widths, and half the stem. */
  @Test
  void usesStayApartWhereTheFileGetsSmallerByIt() {
    Solved net =
        stem().node("MatMul", "d", "s, deep").node("MatMul", "e", "d, deep").output("e").solve();

    assertEquals("a(16), b(16)", net.use("d", 1));
    assertEquals("b(16), 16", net.use("e", 1));
  }

  @Test
  void usesAreTiedAlsoWhereThatFreezesOne() {
    Solved net =
        stem()
            .node("MatMul", "f", "s, deep")
            .node("Mystery", "m", "f")
            .weight("stem2", 4, 16)
            .weight("stem3", 4, 16)
            .node("MatMul", "t", "x, stem2")
            .node("MatMul", "u", "x, stem3")
            .node("MatMul", "d", "t, deep")
            .node("MatMul", "e", "u, deep")
            .solve();

    assertEquals("a(16), 16", net.use("f", 1));
    assertEquals("a(16), 16", net.use("d", 1));
    assertEquals("a(16), 16", net.use("e", 1));
  }

  @Test
  void aMatrixOfEqualValuesIsNotTied() {
    Solved net =
        stem()
            .filled("ones", 1, 16, 16)
            .node("MatMul", "d", "s, ones")
            .node("MatMul", "e", "d, ones")
            .solve();

    assertEquals("a(16), b(16)", net.use("d", 1));
    assertEquals("b(16), c(16)", net.use("e", 1));
  }

  private static Net openBatch() {
    return new Net()
        .input("x", -1, 8)
        .weight("w", 8, 32)
        .weight("v", 32, 6)
        .node("MatMul", "s", "x, w");
  }

  /** With a batch of 2 the reshape seems to leave the width alone; with any other it does not. */
  @Test
  void freedomThatDependsOnTheTrialSizeIsFrozen() {
    Net net =
        openBatch()
            .ints("halves", 2, -1)
            .node("Reshape", "r", "s, halves")
            .node("MatMul", "y", "r, v");
    TrialSizes two = TrialSizes.of(Map.of("x", List.of(2L, 8L)));

    Solved solved = net.solve(two);
    assertEquals("2, 32", solved.tensor("s"));
    assertTrue(solved.why("s", 1).contains("depends on the size of an open dimension"));
    assertEquals(List.of("a(6)"), solved.symbols());
  }

  @Test
  void aReshapeThatKeepsTheOpenDimensionStaysFree() {
    Solved net =
        openBatch()
            .ints("keep", -1, 32)
            .node("Reshape", "r", "s, keep")
            .node("MatMul", "y", "r, v")
            .solve();

    assertEquals("127, a(32)", net.tensor("r"));
    assertEquals("a(32), b(6)", net.use("y", 1));
    assertEquals("1[1]=16", net.elements("r"));
  }

  @Test
  void whatOneTrialCannotTypeIsFrozen() {
    Solved net =
        openBatch()
            .node("Picky", "p", "s")
            .solve(
                TrialSizes.of(Map.of("x", List.of(2L, 8L))),
                HandMade.rule(
                    "Picky",
                    (node, t) -> {
                      if (node.input(0).axis(0).extent() != 2) {
                        throw new IllegalArgumentException("only batches of 2");
                      }
                      t.output(0, List.of(node.input(0).axis(0), t.symbol(32)));
                    }));

    assertEquals("2, 32", net.tensor("p"));
    assertEquals(List.of(), net.symbols());
  }

  @Test
  void batchAndOpenDimensionsAreMarked() {
    Solved net = openBatch().node("Relu", "y", "s").solve();

    Layout.Fixed batch = net.fixed("y", 0, 0);
    assertTrue(batch.batch());
    assertTrue(batch.dynamic());
    Solved closed = stem().solve();
    Layout.Fixed one = closed.fixed("s", 0, 0);
    assertTrue(one.batch());
    assertFalse(one.dynamic());
    Layout.Fixed features = closed.fixed("s", 0, 1);
    assertFalse(features.batch());
  }

  @Test
  void graphOutputsFreeze() {
    Solved net = stem().node("MatMul", "y", "s, other").output("y").solve();

    assertEquals("1, 6", net.tensor("y"));
    assertEquals("y/: graph output 'y' fixes it", net.why("y", 1));
    assertEquals("a(16), 6", net.use("y", 1));
  }

  @Test
  void integersThatAreGraphOutputsFreezeTheirWidths() {
    Solved net = stem().node("Shape", "shape", "s").output("shape").solve();

    assertEquals("shape/: graph output 'shape' fixes it", net.why("s", 1));
  }

  @Test
  void integersThatFollowWidthsAreRewritten() {
    Solved net =
        stem()
            .ints("one", 1)
            .ints("two", 2)
            .ints("minus", -1)
            .node("Shape", "shape", "s")
            .node("Gather", "width", "shape, one", "axis", 0)
            .node("Div", "half", "width, two")
            .node("Concat", "to", "minus, half", "axis", 0)
            .node("Reshape", "y", "s, to")
            .solve();

    assertEquals("a(2), b(8)", net.tensor("y"));
    assertEquals("1[1]=4", net.elements("y"));
    assertEquals(List.of(-1L, 2L), net.intsAtHalf("to"));
  }

  private static Net widthAsData() {
    return stem().node("Shape", "shape", "s");
  }

  @Test
  void integersThatEnterAnOperatorAsDataArePinned() {
    Solved net =
        widthAsData()
            .node("Data", "y", "shape")
            .solve(HandMade.rule("Data", (node, t) -> t.output(0, node.input(0).axes())));

    assertEquals("1, a(16)", net.tensor("s"));
    assertEquals("0[0]=1 0[1]=16", net.elements("y"));
  }

  @Test
  void integersThatEnterAnUnknownOperatorArePinned() {
    Solved net = widthAsData().node("Mystery", "y", "shape").solve();

    assertEquals("1, a(16)", net.tensor("s"));
    assertEquals("0[0]=1 0[1]=16", net.elements("y"));
  }

  @Test
  void integersBesideAnInputOfUnknownShapeArePinned() {
    Solved net = widthAsData().node("Mystery", "m", "x").node("Reshape", "y", "m, shape").solve();

    assertEquals("1, a(16)", net.tensor("s"));
    assertEquals("1[0]=1 1[1]=16", net.elements("y"));
  }

  @Test
  void arithmeticThatDoesNotFitIsNoFailure() {
    Solved net =
        stem().ints("axes", 0, 0).ints("v", 3, 4).node("Unsqueeze", "y", "v, axes").solve();

    assertTrue(net.tensor("y").startsWith("unknown"), net.tensor("y"));
    assertEquals("1, a(16)", net.tensor("s"));
  }

  @Test
  void aSymbolThatNoAxisShowsIsNoWidth() {
    Solved net =
        stem()
            .node("Odd", "y", "s")
            .solve(
                HandMade.rule(
                    "Odd",
                    (node, t) -> {
                      t.output(0, node.input(0).axes());
                      t.macs(t.symbol(5), node.input(0).axis(1));
                    }));

    assertEquals(List.of("a(16)"), net.symbols());
    assertEquals(
        5, net.map().facts(net.node("y").index()).macs().get(0).get(0).extent(symbol -> 1));
  }

  @Test
  void arithmeticThatUsesItsResultsTwiceStaysSmall() {
    Net net = stem().ints("one", 1).node("Shape", "shape", "s").node("Gather", "n0", "shape, one");
    for (int i = 0; i < 50; i++) {
      net.node("Add", "n" + (i + 1), "n" + i + ", n" + i);
    }
    Solved solved = net.node("Mystery", "y", "n50").solve();

    assertEquals("0[0]=" + (16L << 50), solved.elements("y"));
    assertEquals(List.of(8L << 50), solved.intsAtHalf("n50"));
    assertEquals("n50/: graph output 'n50' fixes it", net.output("n50").solve().why("s", 1));
  }

  @Test
  void rolesNameSymbols() {
    Solved net =
        stem()
            .node("Named", "y", "s")
            .solve(
                HandMade.rule(
                    "Named",
                    (node, t) -> {
                      t.role(node.input(0).axis(1), "hidden_size");
                      t.role(node.input(0).axis(1), "too_late");
                      t.output(0, node.input(0).axes());
                    }));

    assertEquals("hidden_size", net.map().symbols().get(0).role());
  }
}

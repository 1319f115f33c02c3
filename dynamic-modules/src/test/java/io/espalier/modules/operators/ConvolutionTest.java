package io.espalier.modules.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.modules.Net;
import io.espalier.modules.Solved;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Convolutions and what usually stands between them. */
class ConvolutionTest {
  private static final String NO_ROOM =
      "its padding leaves no room for a smaller kernel of the same parity";

  /** An image and a pointwise convolution to 16 channels. */
  private static Net stem() {
    return new Net().input("x", 1, 3, 8, 8).weight("w", 16, 3, 1, 1).node("Conv", "c", "x, w");
  }

  @Test
  void channelsOfTheWeightAreTheOutputAndReachTheNextInput() {
    Solved net =
        stem()
            .weight("w2", 32, 16, 1, 1)
            .weight("b2", 32)
            .node("Relu", "r", "c")
            .node("Conv", "d", "r, w2, b2")
            .solve();

    assertEquals("1, a(16), 8, 8", net.tensor("c"));
    assertEquals("a(16), 3, 1, 1", net.use("c", 1));
    assertEquals("b(32), a(16), 1, 1", net.use("d", 1));
    assertEquals("b(32)", net.use("d", 2));
    assertEquals("x/: graph input 'x' fixes it", net.why("c", 1, 1));
    assertEquals("b(32) * a(16) * 1 * 1 * 1 * 8 * 8", net.macs("d"));
  }

  @Test
  void outputsOfTheGraphAreFrozen() {
    Solved net = stem().output("c").solve();

    assertEquals("1, 16, 8, 8", net.tensor("c"));
    assertEquals("c/: graph output 'c' fixes it", net.why("c", 1, 0));
  }

  @Test
  void residualSumIsOneWidth() {
    Solved net =
        stem()
            .weight("w2", 32, 16, 1, 1)
            .weight("w3", 16, 32, 1, 1)
            .node("Conv", "d", "c, w2")
            .node("Conv", "e", "d, w3")
            .node("Add", "s", "c, e")
            .solve();

    assertEquals("1, a(16), 8, 8", net.tensor("s"));
    assertEquals("a(16), b(32), 1, 1", net.use("e", 1));
    assertEquals(List.of("a(16)", "b(32)"), net.symbols());
  }

  @Test
  void concatenatedChannelsAreSegmentsOfTheNextWeight() {
    Solved net =
        stem()
            .weight("w2", 32, 3, 1, 1)
            .weight("w3", 8, 48, 1, 1)
            .node("Conv", "d", "x, w2")
            .node("Concat", "cat", "c, d", "axis", 1)
            .node("Conv", "e", "cat, w3")
            .solve();

    assertEquals("1, [a(16) | b(32)], 8, 8", net.tensor("cat"));
    assertEquals("c(8), [a(16) | b(32)], 1, 1", net.use("e", 1));
  }

  @Test
  void depthwiseConvolutionFollowsItsInput() {
    Solved net =
        stem()
            .weight("dw", 16, 1, 3, 3)
            .weight("pw", 8, 16, 1, 1)
            .node("Conv", "d", "c, dw", "group", 16, "pads", new long[] {1, 1, 1, 1})
            .node("Conv", "e", "d, pw")
            .solve();

    assertEquals("1, a(16), 8, 8", net.tensor("d"));
    assertEquals("a(16), 1, b(3..1), c(3..1)", net.use("d", 1));
    assertEquals("d(8), a(16), 1, 1", net.use("e", 1));
    assertEquals(
        "group=16->8 pads[0]=1->0 pads[2]=1->0 pads[1]=1->0 pads[3]=1->0", net.targets("d"));
  }

  @Test
  void depthMultiplierKeepsTheChannelsOfAGroupTogether() {
    Solved net =
        stem()
            .weight("dw", 32, 1, 1, 1)
            .weight("pw", 8, 32, 1, 1)
            .node("Conv", "d", "c, dw", "group", 16)
            .node("Conv", "e", "d, pw")
            .solve();

    assertEquals("1, a(16) x 2, 8, 8", net.tensor("d"));
    assertEquals("b(8), a(16) x 2, 1, 1", net.use("e", 1));
  }

  @Test
  void groupedConvolutionKeepsWholeGroups() {
    Solved net = stem().weight("w2", 24, 4, 1, 1).node("Conv", "d", "c, w2", "group", 4).solve();

    assertEquals("1, a(4) x 4, 8, 8", net.tensor("c"));
    assertEquals("a(4) x 6, 4, 1, 1", net.use("d", 1));
    assertEquals("1, a(4) x 6, 8, 8", net.tensor("d"));
    assertEquals("group=4->2", net.targets("d"));
    assertEquals(
        "d/Conv: grouped channels stay or go by whole groups of 4; a rule that gives"
            + " group_width_ratio opens the width inside them",
        net.why("d", 1, 1));
  }

  @Test
  void groupsThatCannotGoKeepTheSamePositions() {
    Solved net =
        stem()
            .weight("w2", 24, 4, 1, 1)
            .node("Conv", "d", "c, w2", "group", 4)
            .ints("apart", 0, 4, 6, 64)
            .node("Reshape", "e", "d, apart")
            .node("Softmax", "f", "e", "axis", 1)
            .solve();

    assertEquals("1, 4 x a(4), 8, 8", net.tensor("c"));
    assertEquals("4 x b(6), a(4), 1, 1", net.use("d", 1));
    assertEquals("1, 4, b(6), 64", net.tensor("f"));
  }

  @Test
  void aShuffleTiesPositionsToGroups() {
    Solved net =
        stem()
            .weight("w2", 48, 4, 1, 1)
            .weight("w3", 20, 12, 1, 1)
            .node("Conv", "d", "c, w2", "group", 4)
            .ints("apart", 0, 4, 12, 64)
            .ints("back", 0, 48, 8, 8)
            .node("Reshape", "e", "d, apart")
            .node("Transpose", "f", "e", "perm", new long[] {0, 2, 1, 3})
            .node("Reshape", "g", "f, back")
            .node("Conv", "h", "g, w3", "group", 4)
            .solve();

    assertEquals("4 x 4 x b(3), a(4), 1, 1", net.use("d", 1));
    assertEquals("4 x c(5), b(3) x 4, 1, 1", net.use("h", 1));
  }

  @Test
  void groupsThatDoNotFitAreRefused() {
    Solved net = stem().weight("w2", 24, 5, 1, 1).node("Conv", "d", "c, w2", "group", 4).solve();

    assertEquals("1, 16, 8, 8", net.tensor("c"));
    assertEquals("its channels do not make up 4 groups", net.unknown("d"));
  }

  @Test
  void kernelShrinksAsFarAsThePaddingDoes() {
    Solved net =
        new Net()
            .input("x", 1, 3, 9, 9)
            .weight("w", 16, 3, 7, 5)
            .node(
                "Conv",
                "c",
                "x, w",
                "kernel_shape",
                new long[] {7, 5},
                "pads",
                new long[] {2, 2, 3, 2},
                "dilations",
                new long[] {1, 2})
            .solve();

    assertEquals("1, a(16), 8, 5", net.tensor("c"));
    assertEquals("a(16), 3, b(7..3), c(5..3)", net.use("c", 1));
    assertEquals(
        "kernel_shape[0]=7->3 pads[0]=2->0 pads[2]=3->1 "
            + "kernel_shape[1]=5->3 pads[1]=2->0 pads[3]=2->0",
        net.targets("c"));
  }

  @Test
  void kernelWithoutPaddingIsFixed() {
    Solved net =
        new Net()
            .input("x", 1, 3, 9, 9)
            .weight("w", 16, 3, 3, 3)
            .node("Conv", "c", "x, w")
            .weight("w2", 8, 16, 3, 3)
            .node("Conv", "v", "c, w2", "auto_pad", "VALID", "pads", new long[] {1, 1, 1, 1})
            .solve();

    assertEquals("a(16), 3, 3, 3", net.use("c", 1));
    assertEquals("c/Conv: " + NO_ROOM, net.why("c", 1, 2));
    assertEquals("b(8), a(16), 3, 3", net.use("v", 1));
    assertEquals("1, b(8), 5, 5", net.tensor("v"));
  }

  @Test
  void automaticPaddingGivesRoomWhereTheStrideLeavesSome() {
    Solved net =
        new Net()
            .input("x", 1, 3, 9, 9)
            .weight("w", 16, 3, 5, 5)
            .node("Conv", "c", "x, w", "auto_pad", "SAME_UPPER", "strides", new long[] {1, 2})
            .solve();

    assertEquals("1, a(16), 9, 5", net.tensor("c"));
    assertEquals("a(16), 3, b(5..1), c(5..3)", net.use("c", 1));
    assertEquals("", net.targets("c"));
  }

  @Test
  void evenKernelStaysEven() {
    Solved net =
        new Net()
            .input("x", 1, 3, 9)
            .weight("w", 16, 3, 6)
            .node("Conv", "c", "x, w", "pads", new long[] {9, 9})
            .solve();

    assertEquals("a(16), 3, b(6..2)", net.use("c", 1));
  }

  @Test
  void weightsMadeByConstantOfShapeStayMade() {
    Solved net =
        new Net()
            .input("x", 1, 3, 8, 8)
            .ints("shape", 16, 3, 3, 3)
            .weight("w2", 8, 16, 1, 1)
            .node("ConstantOfShape", "w", "shape")
            .node("Conv", "c", "x, w", "pads", new long[] {1, 1, 1, 1})
            .node("Conv", "d", "c, w2")
            .solve();

    assertEquals("a(16), 3, b(3..1), c(3..1)", net.tensor("w"));
    assertEquals("0[0]=16->8 0[1]=3 0[2]=3->1 0[3]=3->1", net.targets("w"));
    assertEquals("d(8), a(16), 1, 1", net.use("d", 1));
  }

  @Test
  void transposedConvolutionHasItsInputFirst() {
    Solved net =
        stem()
            .weight("w2", 16, 6, 4, 4)
            .weight("b2", 6)
            .node(
                "ConvTranspose",
                "d",
                "c, w2, b2",
                "strides",
                new long[] {2, 2},
                "pads",
                new long[] {1, 1, 1, 1})
            .solve();

    assertEquals("a(16), b(6), c(4..2), d(4..2)", net.use("d", 1));
    assertEquals("b(6)", net.use("d", 2));
    assertEquals("1, b(6), 16, 16", net.tensor("d"));
    assertEquals("pads[0]=1->0 pads[2]=1->0 pads[1]=1->0 pads[3]=1->0", net.targets("d"));
    assertEquals("a(16) * b(6) * c(4..2) * d(4..2) * 1 * 8 * 8", net.macs("d"));
  }

  @Test
  void transposedConvolutionWithGroups() {
    Solved net =
        stem().weight("w2", 16, 3, 2, 2).node("ConvTranspose", "d", "c, w2", "group", 8).solve();

    assertEquals("1, a(8) x 2, 8, 8", net.tensor("c"));
    assertEquals("a(8) x 2, 3, 2, 2", net.use("d", 1));
    assertEquals("1, a(8) x 3, 9, 9", net.tensor("d"));
    assertEquals("group=8->4", net.targets("d"));
  }

  @Test
  void givenOutputShapeFixesTheKernel() {
    Solved net =
        stem()
            .weight("w2", 16, 6, 3, 3)
            .node(
                "ConvTranspose",
                "d",
                "c, w2",
                "output_shape",
                new long[] {18, 17},
                "strides",
                new long[] {2, 2},
                "pads",
                new long[] {1, 1, 1, 1})
            .solve();

    assertEquals("1, b(6), 18, 17", net.tensor("d"));
    assertEquals("d/ConvTranspose: its padding is derived from its output", net.why("d", 1, 2));
  }
}

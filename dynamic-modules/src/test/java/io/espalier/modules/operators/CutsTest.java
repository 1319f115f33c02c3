package io.espalier.modules.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.modules.Net;
import io.espalier.modules.Solved;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operators that cut axes and put them together. */
class CutsTest {
  private static Net stem() {
    return new Net().input("x", 1, 3, 8, 8).weight("w", 16, 3, 1, 1).node("Conv", "c", "x, w");
  }

  @Test
  void splitCutsAWidthInTwo() {
    Solved net =
        stem()
            .ints("sizes", 6, 10)
            .weight("v", 5, 10, 1, 1)
            .node("Split", "l, r", "c, sizes", "axis", 1)
            .node("Conv", "y", "r, v")
            .solve();

    assertEquals("1, a(6), 8, 8", net.tensor("l"));
    assertEquals("c(5), b(10), 1, 1", net.use("y", 1));
    assertEquals("[a(6) | b(10)], 3, 1, 1", net.use("c", 1));
    assertEquals("1[0]=6->3 1[1]=10->5", net.targets("l"));
  }

  @Test
  void splitByAttribute() {
    Solved net =
        stem().opset(11).node("Split", "l, r", "c", "axis", 1, "split", new long[] {4, 12}).solve();

    assertEquals("1, [a(4) | b(12)], 8, 8", net.tensor("c"));
    assertEquals("split[0]=4->2 split[1]=12->6", net.targets("l"));
  }

  @Test
  void splitWithoutSizesIsGivenThem() {
    Solved net =
        stem()
            .opset(18)
            .node("Split", "l, r", "c", "axis", 1, "num_outputs", 2)
            .node("Sigmoid", "s", "r")
            .solve();

    assertEquals("1, [a(8) | b(8)], 8, 8", net.tensor("c"));
    assertEquals("1[0]=8->4 1[1]=8->4", net.targets("l"));
    assertEquals(Map.of(1, "num_outputs"), net.facts("l").replaced());
  }

  @Test
  void splitWithoutSizesIsGivenThemByAttributeInOlderOperatorSets() {
    Solved net = stem().opset(11).node("Split", "l, r", "c", "axis", 1).solve();

    assertEquals("1, [a(8) | b(8)], 8, 8", net.tensor("c"));
    assertEquals("split[0]=8->4 split[1]=8->4", net.targets("l"));
  }

  @Test
  void gatedHalvesStayEqual() {
    Solved net =
        stem()
            .node("Split", "l, r", "c", "axis", 1)
            .node("Sigmoid", "s", "r")
            .node("Mul", "y", "l, s")
            .solve();

    assertEquals("1, [a(8) | a(8)], 8, 8", net.tensor("c"));
    assertEquals("1, a(8), 8, 8", net.tensor("y"));
  }

  @Test
  void lastPieceMayBeSmaller() {
    Solved net =
        stem().opset(18).node("Split", "k, l, m", "c", "axis", 1, "num_outputs", 3).solve();

    assertEquals("1, [a(6) | b(6) | c(4)], 8, 8", net.tensor("c"));
  }

  @Test
  void sliceBoundsFollowThePartsTheyCount() {
    Solved net =
        stem()
            .ints("from", 4)
            .ints("to", 10)
            .ints("axes", 1)
            .node("Slice", "s", "c, from, to, axes")
            .solve();

    assertEquals("1, [a(4) | b(6) | c(6)], 8, 8", net.tensor("c"));
    assertEquals("1, b(6), 8, 8", net.tensor("s"));
    assertEquals("1[0]=4->2 2[0]=10->5", net.targets("s"));
  }

  @Test
  void openAndNegativeBounds() {
    Solved net =
        stem()
            .ints("from", -6)
            .ints("end", Long.MAX_VALUE)
            .ints("start", 0)
            .ints("last", -6)
            .ints("axes", -3)
            .node("Slice", "back", "c, from, end, axes")
            .node("Slice", "front", "c, start, last, axes")
            .solve();

    assertEquals("1, b(6), 8, 8", net.tensor("back"));
    assertEquals("1, a(10), 8, 8", net.tensor("front"));
    assertEquals("1[0]=-6->-3 2[0]=9223372036854775807", net.targets("back"));
    assertEquals("1[0]=0 2[0]=-6->-3", net.targets("front"));
  }

  @Test
  void sliceByAttributes() {
    Solved net =
        stem()
            .opset(9)
            .node(
                "Slice",
                "s",
                "c",
                "starts",
                new long[] {0, 2},
                "ends",
                new long[] {8, 16},
                "axes",
                new long[] {1, 2})
            .solve();

    assertEquals("1, a(8), 6, 8", net.tensor("s"));
    assertEquals("starts[0]=0 ends[0]=8->4 starts[1]=2 ends[1]=16", net.targets("s"));
  }

  @Test
  void splitChannelsGoSeparateWaysAndMeetAgain() {
    Solved net =
        stem()
            .ints("zero", 0)
            .ints("half", 8)
            .ints("all", 16)
            .ints("axes", 1)
            .weight("v", 8, 8, 1, 1)
            .node("Slice", "l", "c, zero, half, axes")
            .node("Slice", "r", "c, half, all, axes")
            .node("Conv", "d", "r, v")
            .node("Concat", "y", "l, d", "axis", 1)
            .solve();

    assertEquals("1, [a(8) | c(8)], 8, 8", net.tensor("y"));
    assertEquals("c(8), b(8), 1, 1", net.use("d", 1));
    assertEquals("1[0]=8->4 2[0]=16->8", net.targets("r"));
  }

  @Test
  void stridedSliceFreezes() {
    Solved net =
        stem()
            .ints("from", -1)
            .ints("to", -17)
            .ints("axes", 1)
            .ints("steps", -3)
            .node("Slice", "s", "c, from, to, axes, steps")
            .solve();

    assertEquals("1, 6, 8, 8", net.tensor("s"));
    assertEquals("s/Slice: a slice of step -3 picks from it", net.why("c", 1));
  }

  @Test
  void stridedSliceOfWholeRunsKeepsThem() {
    Solved net =
        stem()
            .ints("zero", 0)
            .ints("one", 1)
            .ints("last", -1)
            .ints("all", Long.MAX_VALUE)
            .ints("axes", 1)
            .ints("steps", 2)
            .node("Slice", "even", "c, zero, last, axes, steps")
            .node("Slice", "odd", "c, one, all, axes, steps")
            .node("Mul", "y", "even, odd")
            .solve();

    assertEquals("1, a(8) x 2, 8, 8", net.tensor("c"));
    assertEquals("1, a(8), 8, 8", net.tensor("y"));
    assertEquals("", net.targets("even") + net.targets("odd"));
  }

  /** The first and the last lack an element at an end; the third counts its start from the back. */
  @ParameterizedTest
  @CsvSource({"1, 15, 2", "0, 16, 3", "-15, 16, 2", "2, 16, 2"})
  void stridedSliceOfBrokenRunsFreezes(long from, long to, long step) {
    Solved net =
        stem()
            .ints("from", from)
            .ints("to", to)
            .ints("axes", 1)
            .ints("steps", step)
            .node("Slice", "s", "c, from, to, axes, steps")
            .solve();

    assertEquals("s/Slice: a slice of step " + step + " picks from it", net.why("c", 1));
  }

  @Test
  void constantPaddingStandsBesideTheWidth() {
    Solved net =
        stem()
            .ints("pads", 0, 8, 0, 0, 0, 4, 1, 1)
            .weight("v", 5, 28, 1, 1)
            .node("Pad", "p", "c, pads")
            .node("Conv", "y", "p, v")
            .solve();

    assertEquals("1, [8 | a(16) | 4], 9, 9", net.tensor("p"));
    assertEquals("b(5), [8 | a(16) | 4], 1, 1", net.use("y", 1));
    assertEquals("", net.targets("p"));
  }

  @Test
  void negativePaddingIsASlice() {
    Solved net =
        stem()
            .ints("pads", 0, -4, 0, 0, 0, -2, 0, 0)
            .node("Pad", "p", "c, pads")
            .opset(9)
            .node("Pad", "q", "p", "pads", new long[] {0, -5, 0, 0, 0, 1, 0, 0})
            .solve();

    assertEquals("1, [a(4) | b(5) | c(5) | d(2)], 8, 8", net.tensor("c"));
    assertEquals("1, [c(5) | 1], 8, 8", net.tensor("q"));
    assertEquals("1[1]=-4->-2 1[5]=-2->-1", net.targets("p"));
    assertEquals("pads[1]=-5->-2", net.targets("q"));
  }

  @Test
  void reflectionFreezesOnlyWhatItPads() {
    Solved net =
        stem()
            .ints("pads", 0, 0, 1, 1, 0, 0, 1, 1)
            .node("Pad", "p", "c, pads", "mode", "reflect")
            .solve();
    assertEquals("1, a(16), 10, 10", net.tensor("p"));

    Solved channels =
        stem()
            .ints("pads", 0, 1, 0, 0, 0, 0, 0, 0)
            .node("Pad", "p", "c, pads", "mode", "edge")
            .solve();
    assertEquals("1, 17, 8, 8", channels.tensor("p"));
    assertEquals("p/Pad: it is padded with elements of its own", channels.why("c", 1));
  }

  @Test
  void croppedImagesKeepTheirChannels() {
    Solved net =
        stem()
            .opset(7)
            .node("Crop", "y", "c", "border", new long[] {1, 2, 3, 2})
            .node("ImageScaler", "z", "x")
            .solve();

    assertEquals("1, a(16), 4, 4", net.tensor("y"));
    assertEquals("1, 3, 8, 8", net.tensor("z"));
    assertEquals(List.of("a(16)"), net.symbols());
  }
}

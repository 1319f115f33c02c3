package io.espalier.modules.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.modules.Net;
import io.espalier.modules.Solved;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operators that move elements but do not change them. */
class RearrangementTest {
  private static Net stem() {
    return new Net().input("x", 1, 3, 8, 8).weight("w", 16, 3, 1, 1).node("Conv", "c", "x, w");
  }

  @Test
  void flattenedImageIsTheInputOfALinearLayer() {
    Solved net =
        stem()
            .weight("v", 10, 1024)
            .node("Flatten", "f", "c")
            .node("Gemm", "y", "f, v", "transB", 1)
            .solve();

    assertEquals("1, a(16) x 8 x 8", net.tensor("f"));
    assertEquals("b(10), a(16) x 8 x 8", net.use("y", 1));
  }

  @Test
  void flattenCountsFromTheBackToo() {
    Solved net =
        stem().node("Flatten", "f", "c", "axis", -2).node("Flatten", "g", "c", "axis", 0).solve();

    assertEquals("a(16), 64", net.tensor("f"));
    assertEquals("1, a(16) x 8 x 8", net.tensor("g"));
  }

  @Test
  void shuffledChannelsStayTogether() {
    Solved net =
        stem()
            .weight("gw", 16, 8, 1, 1)
            .weight("dw", 16, 1, 1, 1)
            .ints("apart", 1, 2, 8, 8, 8)
            .ints("together", 1, -1, 8, 8)
            .node("Reshape", "r", "c, apart")
            .node("Transpose", "t", "r", "perm", new long[] {0, 2, 1, 3, 4})
            .node("Reshape", "s", "t, together")
            .node("Conv", "d", "s, dw", "group", 16)
            .solve();

    assertEquals("1, a(2) x b(8), 8, 8", net.tensor("c"));
    assertEquals("1, b(8) x a(2), 8, 8", net.tensor("s"));
    assertEquals("b(8) x a(2), 1, 1, 1", net.use("d", 1));
    assertEquals("1[0]=1 1[1]=2->1 1[2]=8->4 1[3]=8 1[4]=8", net.targets("r"));
    assertEquals("1[0]=1 1[2]=8 1[3]=8", net.targets("s"));
    assertEquals("group=16->4", net.targets("d"));
  }

  @Test
  void concatenationIsShuffledSegmentBySegment() {
    Solved net =
        stem()
            .weight("w2", 16, 3, 1, 1)
            .ints("apart", 1, 2, 16, 8, 8)
            .ints("together", 1, 32, 8, 8)
            .node("Conv", "d", "x, w2")
            .node("Concat", "cat", "c, d", "axis", 1)
            .node("Reshape", "r", "cat, apart")
            .node("Transpose", "t", "r", "perm", new long[] {0, 2, 1, 3, 4})
            .node("Reshape", "s", "t, together")
            .solve();

    assertEquals("1, [a(16) | a(16)], 8, 8", net.tensor("cat"));
    assertEquals("1, a(16) x 2, 8, 8", net.tensor("s"));
  }

  @Test
  void zeroCopiesAnAxisThatStaysAndIsRewrittenWhereItDoesNot() {
    Solved net =
        stem()
            .ints("shape", 0, 0, -1)
            .ints("moved", 1, 8, 8, 0)
            .node("Reshape", "r", "c, shape")
            .node("Transpose", "t", "c", "perm", new long[] {0, 2, 3, 1})
            .node("Reshape", "u", "t, moved")
            .solve();

    assertEquals("1, a(16), 64", net.tensor("r"));
    assertEquals("", net.targets("r"));
    assertEquals("1, 8, 8, a(16)", net.tensor("u"));
    assertEquals("1[0]=1 1[1]=8 1[2]=8", net.targets("u"));
  }

  @Test
  void shapeThatDoesNotHoldIsRefused() {
    Solved net = stem().ints("shape", 7, -1).node("Reshape", "r", "c, shape").solve();

    assertEquals("its shape [7, -1] does not hold the 1024 elements", net.unknown("r"));
    assertEquals("1, 16, 8, 8", net.tensor("c"));
  }

  @Test
  void oldReshapeHasItsShapeAsAttribute() {
    Solved net =
        stem().opset(4).node("Reshape", "r", "c", "shape", new long[] {1, 4, 4, 64}).solve();

    assertEquals("1, a(4), b(4), 64", net.tensor("r"));
    assertEquals("shape[0]=1 shape[1]=4->2 shape[2]=4->2 shape[3]=64", net.targets("r"));
  }

  @Test
  void shapeComputedFromWidthsFollowsThem() {
    Solved net =
        stem()
            .scalar("zero", 0)
            .scalar("one", 1)
            .ints("front", 0)
            .ints("rest", -1)
            .node("Shape", "s", "c")
            .node("Gather", "n", "s, zero")
            .node("Gather", "k", "s, one")
            .node("Unsqueeze", "nu", "n, front")
            .node("Unsqueeze", "ku", "k, front")
            .node("Concat", "shape", "nu, ku, rest", "axis", 0)
            .node("Reshape", "r", "c, shape")
            .solve();

    assertEquals("1, a(16), 64", net.tensor("r"));
    assertEquals("1[0]=1 1[1]=16->8", net.targets("r"));
  }

  @Test
  void squeezeIsMadeToSayWhatItTakes() {
    Solved net =
        stem()
            .ints("axes", 2)
            .node("GlobalAveragePool", "p", "c")
            .node("Squeeze", "a", "p")
            .node("Squeeze", "b", "p, axes")
            .opset(11)
            .node("Squeeze", "d", "p")
            .node("Squeeze", "e", "p", "axes", new long[] {-1})
            .solve();

    assertEquals("a(16)", net.tensor("a"));
    assertEquals("1[0]=0 1[1]=2 1[2]=3", net.targets("a"));
    assertEquals("1, a(16), 1", net.tensor("b"));
    assertEquals("", net.targets("b"));
    assertEquals("a(16)", net.tensor("d"));
    assertEquals("axes[0]=0 axes[1]=2 axes[2]=3", net.targets("d"));
    assertEquals("1, a(16), 1", net.tensor("e"));
  }

  @Test
  void unsqueezeAndTranspose() {
    Solved net =
        stem()
            .ints("axes", -1, 0)
            .node("Unsqueeze", "u", "c, axes")
            .node("Transpose", "t", "u")
            .opset(11)
            .node("Unsqueeze", "v", "c", "axes", new long[] {1})
            .solve();

    assertEquals("1, 1, a(16), 8, 8, 1", net.tensor("u"));
    assertEquals("1, 8, 8, a(16), 1, 1", net.tensor("t"));
    assertEquals("1, 1, a(16), 8, 8", net.tensor("v"));
  }

  @Test
  void channelsAreSpreadOverSpace() {
    Solved net =
        stem()
            .weight("v", 5, 4, 1, 1)
            .node("DepthToSpace", "s", "c", "blocksize", 2)
            .node("Conv", "y", "s, v")
            .solve();

    assertEquals("1, 4 x a(4), 8, 8", net.tensor("c"));
    assertEquals("1, a(4), 16, 16", net.tensor("s"));
    assertEquals("b(5), a(4), 1, 1", net.use("y", 1));

    Solved crd = stem().node("DepthToSpace", "s", "c", "blocksize", 2, "mode", "CRD").solve();
    assertEquals("1, a(4) x 2 x 2, 8, 8", crd.tensor("c"));
    assertEquals("1, a(4), 16, 16", crd.tensor("s"));
  }

  @Test
  void spaceBecomesChannels() {
    Solved net = stem().node("SpaceToDepth", "s", "c", "blocksize", 2).solve();

    assertEquals("1, 2 x 2 x a(16), 4, 4", net.tensor("s"));
  }

  @Test
  void expandIntroducesAWidth() {
    Solved net =
        stem()
            .ints("axes", 1)
            .ints("shape", 1, 4, 16, 1, 8)
            .ints("flat", 1, 64, 8, 8)
            .weight("v", 5, 64, 1, 1)
            .node("Unsqueeze", "u", "c, axes")
            .node("Expand", "e", "u, shape")
            .node("Reshape", "f", "e, flat")
            .node("Conv", "y", "f, v")
            .solve();

    assertEquals("1, b(4), a(16), 8, 8", net.tensor("e"));
    assertEquals("1[1]=4->2 1[2]=16->8 1[4]=8", net.targets("e"));
  }

  @Test
  void expandToTheShapeOfAnotherIsThatWidth() {
    Solved net =
        stem()
            .weight("token", 1, 1, 1, 1)
            .node("Shape", "s", "c")
            .node("Expand", "e", "token, s")
            .node("Add", "y", "c, e")
            .solve();

    assertEquals("1, a(16), 8, 8", net.tensor("e"));
    assertEquals(List.of("a(16)"), net.symbols());
  }

  @Test
  void tileRepeatsOutsideTheAxis() {
    Solved net = stem().ints("repeats", 1, 3, 1, 2).node("Tile", "t", "c, repeats").solve();

    assertEquals("1, b(3) x a(16), 8, c(2) x 8", net.tensor("t"));
    assertEquals("1[1]=3->1 1[3]=2->1", net.targets("t"));
  }

  @Test
  void embeddingCarriesOverAndItsRowsMayGo() {
    Solved net =
        new Net()
            .input("ids", 2, 7)
            .weight("table", 100, 16)
            .weight("v", 16, 4)
            .node("Gather", "e", "table, ids")
            .node("MatMul", "y", "e, v")
            .solve();

    assertEquals("2, 7, b(16)", net.tensor("e"));
    assertEquals("a(100), b(16)", net.use("e", 0));
    assertEquals("b(16), c(4)", net.use("y", 1));
  }

  @Test
  void rowsOfAnEmbeddingThatAProductReadsAreFrozen() {
    Solved net =
        new Net()
            .input("ids", 2, 7)
            .weight("table", 100, 16)
            .node("Gather", "e", "table, ids")
            .node("Transpose", "turned", "table")
            .node("MatMul", "y", "e, turned")
            .solve();

    assertEquals("100, a(16)", net.use("e", 0));
    assertTrue(
        net.why("e", 0, 0).contains("is read here along the whole axis"), net.why("e", 0, 0));
  }

  @Test
  void elementsAndSlicesByIndex() {
    Solved net =
        new Net()
            .input("x", 2, 7, 4)
            .input("one", 2, 7, 16)
            .input("two", 2, 5, 1)
            .weight("w", 4, 16)
            .weight("w2", 4, 16)
            .weight("new", 2, 5, 7, 16)
            .node("MatMul", "h", "x, w")
            .node("GatherElements", "e", "h, one", "axis", 1)
            .node("MatMul", "g", "x, w2")
            .node("GatherND", "s", "g, two", "batch_dims", 1)
            .node("ScatterND", "u", "g, two, new")
            .solve();

    assertEquals("2, 7, 16", net.tensor("h"));
    assertEquals("one/: graph input 'one' fixes it", net.why("h", 2));
    assertEquals("2, 5, a(16)", net.tensor("s"));
    assertEquals("2, 7, a(16)", net.tensor("u"));
    assertEquals("2, 5, 7, a(16)", net.use("u", 2));
  }

  @Test
  void resizeKeepsWhatItDoesNotScale() {
    Solved net =
        stem()
            .reals("scales", 1, 1, 2, 2)
            .ints("sizes", 1, 16, 4, 4)
            .node("Resize", "r", "c, , scales")
            .node("Resize", "s", "c, , , sizes")
            .opset(9)
            .node("Upsample", "u", "c, scales")
            .opset(7)
            .node("Upsample", "v", "c", "scales", new double[] {1, 1, 1.5, 3})
            .solve();

    assertEquals("1, a(16), 16, 16", net.tensor("r"));
    assertEquals("1, a(16), 4, 4", net.tensor("s"));
    assertEquals("3[0]=1 3[1]=16->8", net.targets("s"));
    assertEquals("1, a(16), 16, 16", net.tensor("u"));
    assertEquals("1, a(16), 12, 24", net.tensor("v"));
    assertEquals(List.of("a(16)"), net.symbols());

    Solved channels = stem().reals("scales", 1, 2, 1, 1).node("Resize", "r", "c, , scales").solve();
    assertEquals("1, 32, 8, 8", channels.tensor("r"));
    assertEquals("r/Resize: it is interpolated to another size", channels.why("c", 1));
  }

  @Test
  void whatIsMadeAnewHasNoWidth() {
    Solved net =
        stem()
            .node("RandomNormal", "n", "", "shape", new long[] {1, 16, 8, 8})
            .node("Add", "y", "c, n")
            .solve();

    assertEquals("1, 16, 8, 8", net.tensor("y"));
    assertEquals("n/RandomNormal: RandomNormal makes it anew", net.why("y", 1));
  }
}

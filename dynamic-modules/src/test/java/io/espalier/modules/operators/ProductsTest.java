package io.espalier.modules.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.modules.Net;
import io.espalier.modules.Solved;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Matrix products. */
class ProductsTest {
  private static Net stem() {
    return new Net().input("x", 2, 4).weight("w", 4, 16).node("MatMul", "h", "x, w");
  }

  @Test
  void contractionIsTheWidthOfTheLayerBefore() {
    Solved net = stem().weight("v", 16, 8).node("MatMul", "y", "h, v").solve();

    assertEquals("a(16), b(8)", net.use("y", 1));
    assertEquals("2, b(8)", net.tensor("y"));
    assertEquals("2 * b(8) * a(16)", net.macs("y"));
    assertEquals(List.of(), net.normalised("y"));
  }

  /** Nothing in it meets data, so that no mask can make a unit zero. */
  @Test
  void aSumOverParametersAloneIsRestricted() {
    Solved net =
        stem().weight("rows", 2, 8).weight("v", 8, 16).node("MatMul", "y", "rows, v").solve();

    assertEquals(List.of("0.1", "1.0"), net.normalised("y"));
  }

  @Test
  void gemmReadsItsWeightEitherWay() {
    Solved net =
        stem()
            .weight("v", 8, 16)
            .weight("b", 8)
            .weight("u", 8, 5)
            .weight("c", 2, 1)
            .node("Gemm", "g", "h, v, b", "transB", 1)
            .node("Gemm", "y", "g, u, c")
            .solve();

    assertEquals("b(8), a(16)", net.use("g", 1));
    assertEquals("b(8)", net.use("g", 2));
    assertEquals("b(8), c(5)", net.use("y", 1));
    assertEquals("2, 1", net.use("y", 2));
    assertEquals("2, c(5)", net.tensor("y"));
    assertEquals("2 * b(8) * a(16)", net.macs("g"));
  }

  @Test
  void transposedDataAndWeightOnTheLeft() {
    Solved net =
        stem()
            .weight("v", 16, 8)
            .node("Transpose", "t", "h")
            .node("Gemm", "g", "t, v", "transA", 1)
            .weight("left", 5, 8)
            .node("Transpose", "gt", "g", "perm", new long[] {1, 0})
            .node("MatMul", "y", "left, gt")
            .solve();

    assertEquals("2, b(8)", net.tensor("g"));
    assertEquals("c(5), b(8)", net.use("y", 0));
    assertEquals("c(5), 2", net.tensor("y"));
  }

  @Test
  void batchAxesBroadcastAndVectorsHaveNoneOfTheirOwn() {
    Solved net =
        new Net()
            .input("x", 2, 3, 4, 16)
            .weight("w", 3, 16, 8)
            .weight("v", 8)
            .node("MatMul", "h", "x, w")
            .node("MatMul", "y", "h, v")
            .node("MatMul", "z", "v, v")
            .solve();

    assertEquals("2, 3, 4, a(8)", net.tensor("h"));
    assertEquals("2, 3, 4", net.tensor("y"));
    assertEquals("", net.tensor("z"));
  }

  @Test
  void headsOfAttentionSeparateByThemselves() {
    Solved net =
        new Net()
            .input("x", 2, 7, 12)
            .weight("wq", 12, 24)
            .weight("wk", 12, 24)
            .weight("wv", 12, 24)
            .weight("wo", 24, 12)
            .ints("heads", 0, 0, 4, 6)
            .ints("flat", 0, 0, 24)
            .node("MatMul", "q", "x, wq")
            .node("MatMul", "k", "x, wk")
            .node("MatMul", "v", "x, wv")
            .node("Reshape", "q4", "q, heads")
            .node("Reshape", "k4", "k, heads")
            .node("Reshape", "v4", "v, heads")
            .node("Transpose", "qt", "q4", "perm", new long[] {0, 2, 1, 3})
            .node("Transpose", "kt", "k4", "perm", new long[] {0, 2, 3, 1})
            .node("Transpose", "vt", "v4", "perm", new long[] {0, 2, 1, 3})
            .node("MatMul", "scores", "qt, kt")
            .node("Softmax", "p", "scores")
            .node("MatMul", "o", "p, vt")
            .node("Transpose", "ot", "o", "perm", new long[] {0, 2, 1, 3})
            .node("Reshape", "of", "ot, flat")
            .node("MatMul", "y", "of, wo")
            .solve();

    assertEquals("12, a(4) x b(6)", net.use("q", 1));
    assertEquals("12, a(4) x b(6)", net.use("k", 1));
    assertEquals("12, a(4) x c(6)", net.use("v", 1));
    assertEquals("a(4) x c(6), d(12)", net.use("y", 1));
    assertEquals(List.of("0.3", "1.2"), net.normalised("scores"));
    assertEquals(List.of(), net.normalised("o"));
    assertEquals("2 * a(4) * 7 * 7 * b(6)", net.macs("scores"));
    assertEquals("1[2]=4->2 1[3]=6->3", net.targets("q4"));
    assertEquals("1[2]=24->6", net.targets("of"));
  }

  @Test
  void quantisedProductKeepsItsContraction() {
    Solved net =
        new Net()
            .input("x", 2, 4)
            .weight("w", 4, 16)
            .node("MatMulInteger", "h", "x, w")
            .weight("s", 16)
            .node("Cast", "f", "h", "to", 1)
            .node("Mul", "y", "f, s")
            .solve();

    assertEquals("2, a(16)", net.tensor("y"));
    assertEquals("a(16)", net.use("y", 1));
  }
}

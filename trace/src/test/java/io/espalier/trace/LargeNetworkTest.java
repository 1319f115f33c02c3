package io.espalier.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Networks of many blocks: no recursion along the chain, no work that grows with its square. */
class LargeNetworkTest {
  private static final int MANY = 20_000;

  /** Each block reads all there is, and puts two more channels beside it, as DenseNet does. */
  private static Graph dense(int blocks) {
    Net net = new Net().input("x", -1, 4).weight("stem", 4, 2).node("MatMul", "c0", "x, stem");
    for (int i = 0; i < blocks; i++) {
      String all = "c" + i;
      net.filled("scale" + i, 1, 2L * i + 2)
          .node("Mul", "n" + i, all + ", scale" + i)
          .node("Narrow", "y" + i, "n" + i)
          .node("Concat", "c" + (i + 1), all + ", y" + i, "axis", 1);
    }
    return net.builder.build();
  }

  private static Graph residual(int blocks) {
    Net net = new Net().input("x", -1, 4).weight("stem", 4, 6).node("MatMul", "s0", "x, stem");
    for (int i = 0; i < blocks; i++) {
      net.weight("w" + i, 6, 6)
          .node("MatMul", "y" + i, "s" + i + ", w" + i)
          .node("Add", "s" + (i + 1), "s" + i + ", y" + i);
    }
    return net.builder.build();
  }

  private static SymMap solve(Graph graph) {
    return Net.solver(HandMade.narrow()).solve(graph, TrialSizes.automatic());
  }

  private static Layout last(SymMap map, String tensor) {
    return new Solved(map).axes(tensor).get(1);
  }

  @Test
  void manyResidualBlocks() {
    SymMap map = solve(residual(MANY));

    assertEquals(1, map.symbols().size());
    assertEquals("s0(6)", last(map, "s" + MANY).toString());
  }

  @Test
  void manyConcatenations() {
    SymMap map = solve(dense(MANY));
    Layout all = last(map, "c" + MANY);

    assertEquals(MANY + 1, map.symbols().size());
    assertEquals(2L * MANY + 2, all.extent());
    assertEquals(MANY + 1, all.extent(symbol -> 1));
    assertEquals(MANY + 1, all.kept(symbol -> new int[] {1}).length);
    assertTrue(Layout.print(all, Layout.Symbol::toString).startsWith("[s0(2) | s1(2) | "));
  }

  /** Two towers over the same beginnings: the same parts are not walked twice. */
  @Test
  void manyConcatenationsThatMeet() {
    Net net = new Net().input("x", -1, 4).weight("stem", 4, 2).node("MatMul", "c0", "x, stem");
    for (int i = 0; i < 2_000; i++) {
      String all = "c" + i;
      net.node("Narrow", "p" + i, all)
          .node("Narrow", "q" + i, all)
          .node("Concat", "left" + i, all + ", p" + i, "axis", 1)
          .node("Concat", "right" + i, all + ", q" + i, "axis", 1)
          .node("Add", "c" + (i + 1), "left" + i + ", right" + i);
    }
    SymMap map = solve(net.builder.build());

    assertEquals(2_001, map.symbols().size());
  }

  @Test
  void frozenAtTheEnd() {
    Net net = new Net().input("x", -1, 4).weight("stem", 4, 2).node("MatMul", "c0", "x, stem");
    for (int i = 0; i < MANY; i++) {
      net.node("Narrow", "y" + i, "c" + i)
          .node("Concat", "c" + (i + 1), "c" + i + ", y" + i, "axis", 1);
    }
    SymMap map = solve(net.output("c" + MANY).builder.build());

    assertEquals(0, map.symbols().size());
  }

  /** A number that is counted up from a width, as a loop that was unrolled does. */
  @Test
  void aLongChainOfIntegers() {
    Net net =
        new Net()
            .input("x", -1, 4)
            .weight("stem", 4, 6)
            .node("MatMul", "s", "x, stem")
            .node("Shape", "n0", "s")
            .ints("ones", 1, 1);
    for (int i = 0; i < MANY; i++) {
      net.node("Add", "n" + (i + 1), "n" + i + ", ones");
    }
    Solved solved = new Solved(solve(net.builder.build()));
    Expression last =
        (Expression) solved.map().ints(solved.id("n" + MANY)).orElseThrow().elements().get(1);

    assertEquals(MANY + 6, last.value());
    assertEquals(MANY + 2, last.value(symbol -> 2));
    assertTrue(last.uses(axis -> axis == solved.axes("s").get(1)));
  }

  private static long bytesToSolve(Graph graph) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    SymMap map = solve(graph);
    long after = threads.getCurrentThreadAllocatedBytes();
    assertTrue(map.symbols().size() > 100);
    return after - before;
  }

  /**
   * Not timed: what a run allocates stands for the number of its operations. Graphs are built
   * beforehand, since their constants do grow with the square.
   */
  @Test
  void workGrowsWithTheNumberOfBlocks() {
    Graph small = dense(400);
    Graph large = dense(800);
    solve(small);
    long once = bytesToSolve(small);
    long twice = bytesToSolve(large);

    assertTrue(twice < 2.6 * once, once + " bytes for 400 blocks, " + twice + " for 800");
  }
}

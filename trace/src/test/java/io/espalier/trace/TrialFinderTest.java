package io.espalier.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A network is run for its shapes only where nothing else tells them. */
class TrialFinderTest {
  private final List<String> asked = new ArrayList<>();

  /** Runs what fits; whatever it is asked for has one shape. */
  private final class Fake implements ShapeSource {
    private final Predicate<long[]> runs;
    private final UnaryOperator<long[]> shape;

    Fake(Predicate<long[]> runs, UnaryOperator<long[]> shape) {
      this.runs = runs;
      this.shape = shape;
    }

    @Override
    public int firstThatRuns(List<List<Map<String, long[]>>> candidates) {
      asked.add("sizes");
      for (int i = 0; i < candidates.size(); i++) {
        if (candidates.get(i).stream().allMatch(shapes -> runs.test(x(shapes)))) {
          return i;
        }
      }
      return -1;
    }

    @Override
    public Map<String, long[]> shapes(Map<String, long[]> inputs, Collection<String> tensors) {
      Map<String, long[]> shapes = new HashMap<>();
      for (String tensor : tensors) {
        asked.add(tensor);
        shapes.put(tensor, shape.apply(x(inputs)));
      }
      return shapes;
    }

    private static long[] x(Map<String, long[]> inputs) {
      return Objects.requireNonNull(inputs.get("x"));
    }
  }

  private SymMap solve(Net net, Predicate<long[]> runs) {
    net.builder.shapes(new Fake(runs, x -> new long[] {x[0], 6}));
    return Net.solver().solve(net.builder.build(), TrialSizes.automatic());
  }

  private static long extent(SymMap map, String tensor, int axis) {
    return new Solved(map).axes(tensor).get(axis).extent();
  }

  private static Net behindMystery(long batch) {
    return new Net()
        .input("x", batch, 4)
        .weight("w", 4, 6)
        .weight("v", 6, 5)
        .node("MatMul", "h", "x, w")
        .node("Mystery", "m", "h")
        .node("MatMul", "y", "m, v");
  }

  @Test
  void nobodyIsAskedWhereRulesTell() {
    Net net = new Net().input("x", -1, 4).weight("w", 4, 6).node("MatMul", "y", "x, w");
    solve(net.output("y"), x -> true);

    assertEquals(List.of(), asked);
  }

  @Test
  void nobodyIsAskedWhereTheModelTells() {
    Net net = new Net().input("x", 2, 4).declare("m", 2, 4).node("Mystery", "m", "x");
    solve(net.output("m"), x -> true);

    assertEquals(List.of(), asked);
  }

  @Test
  void shapesOfAClosedNetworkAreAskedOnce() {
    SymMap map = solve(behindMystery(2).output("y"), x -> true);

    assertEquals(List.of("m"), asked);
    assertEquals(5, extent(map, "y", 1));
    assertEquals(List.of(), map.uncounted());
  }

  @Test
  void anOpenNetworkIsRunWithFewExamples() {
    SymMap map = solve(behindMystery(-1).output("y"), x -> x[0] < 4);

    assertEquals(List.of("sizes", "m", "m"), asked);
    assertEquals(2, extent(map, "y", 0));
    assertTrue(map.foundShapes().isEmpty());
  }

  @Test
  void whereItDoesNotRunTheProductBehindIsNamed() {
    Net net = behindMystery(2).output("y");
    net.builder.shapes(ShapeSource.NONE);
    SymMap map = Net.solver().solve(net.builder.build(), TrialSizes.automatic());

    assertTrue(map.uncounted().isEmpty(), "the hand-made rule does not say that it multiplies");
    assertTrue(map.unknown(map.graph().outputs().get(0)).isPresent());
  }

  /** What meets the open axis has 19 elements. */
  @Test
  void sizesThatRunAreFound() {
    Net net = new Net().input("x", -1, -1, 4).weight("t", 19, 4).node("Add", "y", "x, t");
    SymMap map = solve(net.output("y"), x -> x[1] == 19);

    assertEquals(List.of("sizes"), asked);
    assertEquals(19, extent(map, "y", 1));
    assertEquals(Map.of("x", List.of(2L, 19L, 4L)), map.foundShapes());
  }

  @Test
  void sizesThatFitAreFoundWhereNothingRuns() {
    Net net = new Net().input("x", -1, -1, 4).weight("t", 19, 4).node("Add", "y", "x, t");
    SymMap map = solve(net.output("y"), x -> false);

    assertEquals(19, extent(map, "y", 1));
  }

  @Test
  void usualSizesThatRunAreKept() {
    Net net = new Net().input("x", -1, -1, 4).weight("t", 19, 4).node("Add", "y", "x, t");
    SymMap map = solve(net.output("y"), x -> true);

    assertEquals(List.of("sizes"), asked);
    assertEquals(131, extent(map, "x", 1));
  }
}

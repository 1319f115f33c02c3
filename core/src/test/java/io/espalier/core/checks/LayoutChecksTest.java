package io.espalier.core.checks;

import io.espalier.trace.Graph;
import io.espalier.trace.Layout;
import io.espalier.trace.Reason;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LayoutChecksTest {
  private static final SymMap MAP = Convolutions.of(6).map();
  private static final Graph GRAPH = MAP.graph();
  private static final Solved VALID = Solved.of(MAP);
  private static final Reason REASON = new Reason("", "", "a test fixes it");

  private static int id(String tensor) {
    return GRAPH.tensors().stream()
        .filter(each -> each.name().equals(tensor))
        .findFirst()
        .orElseThrow()
        .id();
  }

  private static Layout fixed(long extent) {
    return new Layout.Fixed(extent, REASON, false, false);
  }

  private static List<Layout> axes(int node, int input) {
    return Objects.requireNonNull(MAP.input(node, input));
  }

  private static Solved tensor(String name, @Nullable List<Layout> axes) {
    return new Solved(
        GRAPH,
        VALID.symbols(),
        id -> id == id(name) ? axes : MAP.tensor(id),
        VALID.inputs(),
        VALID.unknown());
  }

  private static Solved input(int node, int input, @Nullable List<Layout> axes) {
    return new Solved(
        GRAPH,
        VALID.symbols(),
        VALID.tensors(),
        (at, i) -> at == node && i == input ? axes : MAP.input(at, i),
        VALID.unknown());
  }

  private static Solved symbols(List<Layout.Symbol> symbols) {
    return new Solved(GRAPH, symbols, VALID.tensors(), VALID.inputs(), VALID.unknown());
  }

  /** Every axis is a number, and widths are listed all the same. */
  private static Solved nothingFree() {
    return new Solved(
        GRAPH,
        VALID.symbols(),
        id -> numbers(MAP.tensor(id)),
        (node, input) -> numbers(MAP.input(node, input)),
        VALID.unknown());
  }

  private static @Nullable List<Layout> numbers(@Nullable List<Layout> axes) {
    return axes == null ? null : axes.stream().map(axis -> fixed(axis.extent())).toList();
  }

  @Test
  void everyCheckFindsWhatBreaksIt() {
    List<Layout.Symbol> reversed = new ArrayList<>(MAP.symbols());
    Collections.reverse(reversed);
    SymMap other = Convolutions.of(6).map();
    List<Layout.Symbol> shorter = MAP.symbols().subList(0, MAP.symbols().size() - 1);
    List<Layout> weight = axes(0, 1);
    List<Layout> shared = axes(2, 1);
    new Broken<Solved>()
        .by("a shape that is not known has a reason", tensor("a", null), tensor("x", null))
        .by(
            "a constant has the shape that is stored",
            input(0, 1, null),
            input(0, 1, weight.subList(1, 4)),
            input(0, 1, Broken.with(weight, 0, fixed(5))))
        .by("what others see is not free", tensor("y", weight), tensor("x", weight))
        .by("a width has a number and a range", symbols(reversed))
        .by(
            "an axis is made of widths that are listed",
            input(0, 1, other.input(0, 1)),
            symbols(shorter),
            nothingFree(),
            tensor("a", List.of(new Layout.Fixed(6, new Reason("", "", ""), false, false))),
            tensor("a", List.of(fixed(-1))))
        .by(
            "what is stored once is cut alike for all",
            input(2, 1, Broken.with(shared, 0, fixed(6))))
        .areCaught(LayoutChecks.ALL, VALID);
  }
}

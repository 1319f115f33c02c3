package io.espalier.djl.carve;

import ai.djl.ndarray.types.Shape;
import io.espalier.core.values.Cut;
import io.espalier.djl.spi.CutNode;
import io.espalier.spi.EspalierException;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A traced operator once widths have shrunk.
 *
 * @param node the operator
 * @param cut what is kept
 */
record NodeCut(GraphNode node, Cut cut) implements CutNode {
  @Override
  public String name() {
    return node.label();
  }

  @Override
  public long[] numbers(String attribute) {
    long[] numbers = numbers(node, attribute);
    for (NodeFacts.AttributeTarget target : cut.map().facts(node.index()).attributes()) {
      if (target.name().equals(attribute)) {
        int at = Math.max(target.index(), 0);
        numbers = at < numbers.length ? numbers : Arrays.copyOf(numbers, at + 1);
        numbers[at] = target.value().value(cut.widths());
      }
    }
    return numbers;
  }

  /** The numbers as they were traced. */
  static long[] numbers(GraphNode node, String attribute) {
    return node.attributes()
        .numbers(attribute)
        .map(long[]::clone)
        .orElseGet(
            () ->
                node.attributes().names().contains(attribute)
                    ? new long[] {node.attributes().number(attribute, 0)}
                    : new long[0]);
  }

  @Override
  public Shape input(int index) {
    return shape(cut.map().input(node.index(), index), "input " + index);
  }

  @Override
  public Shape output(int index) {
    return shape(cut.map().tensor(node.outputs().get(index)), "output " + index);
  }

  private Shape shape(@Nullable List<Layout> layouts, String what) {
    if (layouts == null) {
      throw new EspalierException("the shape of " + what + " of " + name() + " is not known");
    }
    return new Shape(layouts.stream().mapToLong(cut::extent).toArray());
  }
}

package io.espalier.core.cost;

import io.espalier.core.values.Saturated;
import io.espalier.trace.Layout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Extents as one straight line of sums and products: each is worked out once for all axes that
 * share it, after those it is made of.
 */
final class Slots {
  private enum Kind {
    NUMBER,
    WIDTH,
    SUM,
    PRODUCT
  }

  /**
   * How a slot is filled.
   *
   * @param number the number itself, or the index of a symbol
   * @param parts slots before it
   */
  private record Step(Kind kind, long number, List<Integer> parts) {}

  private final List<Step> steps = new ArrayList<>();
  private final Map<Step, Integer> known = new HashMap<>();
  private final IdentityHashMap<Layout, Integer> slots = new IdentityHashMap<>();

  /** The slot of an axis, for one sample. */
  int of(Layout layout) {
    Integer slot = slots.get(layout);
    if (slot == null) {
      slot = add(step(layout));
      slots.put(layout, slot);
    }
    return slot;
  }

  private Step step(Layout layout) {
    if (!layout.isFree()) {
      return number(fixed(layout));
    }
    if (layout instanceof Layout.Symbol symbol) {
      return new Step(Kind.WIDTH, symbol.index(), List.of());
    }
    List<Integer> parts = new ArrayList<>();
    if (layout instanceof Layout.Product product) {
      product.factors().forEach(factor -> parts.add(of(factor)));
      return new Step(Kind.PRODUCT, 0, parts);
    }
    long[] between = {0};
    Layout.forEachSegment(
        layout,
        segment -> {
          if (segment.isFree()) {
            addNumber(parts, between[0]);
            between[0] = 0;
            parts.add(of(segment));
          } else {
            between[0] += fixed(segment);
          }
        });
    addNumber(parts, between[0]);
    return new Step(Kind.SUM, 0, parts);
  }

  /** Elements between widths count as one number, however they came about. */
  private void addNumber(List<Integer> parts, long number) {
    if (number > 0) {
      parts.add(add(number(number)));
    }
  }

  private static Step number(long number) {
    return new Step(Kind.NUMBER, number, List.of());
  }

  /** The extent of what does not change, for one sample. */
  private static long fixed(Layout layout) {
    if (layout instanceof Layout.Fixed fixed) {
      return fixed.batch() ? 1 : fixed.extent();
    }
    if (layout instanceof Layout.Product product) {
      return product.factors().stream().mapToLong(Slots::fixed).reduce(1, Saturated::times);
    }
    return layout.extent();
  }

  private int add(Step step) {
    return known.computeIfAbsent(
        step,
        key -> {
          steps.add(key);
          return steps.size() - 1;
        });
  }

  /** What is filled in for any widths. */
  Program program() {
    int[][] parts = new int[steps.size()][];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = steps.get(i).parts().stream().mapToInt(Integer::intValue).toArray();
    }
    return new Program(
        steps.stream().map(Step::kind).toArray(Kind[]::new),
        steps.stream().mapToLong(Step::number).toArray(),
        parts);
  }

  /** The line of steps, ready to run. */
  static final class Program {
    private final Kind[] kinds;
    private final long[] numbers;
    private final int[][] parts;

    private Program(Kind[] kinds, long[] numbers, int[][] parts) {
      this.kinds = kinds;
      this.numbers = numbers;
      this.parts = parts;
    }

    /**
     * Every slot.
     *
     * @param widths by the index of the symbol
     */
    long[] run(int[] widths) {
      long[] values = new long[kinds.length];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            switch (kinds[i]) {
              case NUMBER -> numbers[i];
              case WIDTH -> widths[(int) numbers[i]];
              case SUM -> sum(parts[i], values);
              case PRODUCT -> product(parts[i], values);
            };
      }
      return values;
    }

    private static long sum(int[] parts, long[] values) {
      long sum = 0;
      for (int part : parts) {
        sum += values[part];
      }
      return sum;
    }

    private static long product(int[] parts, long[] values) {
      long product = 1;
      for (int part : parts) {
        product = Math.multiplyExact(product, values[part]);
      }
      return product;
    }
  }
}

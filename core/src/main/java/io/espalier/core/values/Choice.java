package io.espalier.core.values;

import java.util.List;

/**
 * One value an hparam may take: a number of elements or blocks, or the sizes of a kernel.
 *
 * @param values the number, or one size for each spatial axis
 * @param sizes whether this is a list of sizes, even where it holds one
 */
public record Choice(List<Integer> values, boolean sizes) implements Comparable<Choice> {
  public Choice {
    values = List.copyOf(values);
    if (values.isEmpty() || (!sizes && values.size() != 1)) {
      throw new IllegalArgumentException(
          "a choice is one number or a list of sizes, not " + values);
    }
  }

  /** A width or depth. */
  public static Choice of(int number) {
    return new Choice(List.of(number), false);
  }

  /** The sizes of a kernel, one for each spatial axis. */
  public static Choice of(List<Integer> sizes) {
    return new Choice(sizes, true);
  }

  /**
   * The number that this choice is.
   *
   * @throws IllegalStateException if it is a list of sizes
   */
  public int number() {
    if (sizes) {
      throw new IllegalStateException(values + " is a list of sizes, not a number");
    }
    return values.get(0);
  }

  @Override
  public int compareTo(Choice other) {
    for (int i = 0; i < Math.min(values.size(), other.values.size()); i++) {
      int order = values.get(i).compareTo(other.values.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(values.size(), other.values.size());
  }

  /** {@code 16}, or {@code [3, 3]}. */
  @Override
  public String toString() {
    return sizes ? values.toString() : values.get(0).toString();
  }
}

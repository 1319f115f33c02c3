package io.espalier.spi;

import java.util.List;

/**
 * A small integer tensor whose elements are known while the network is analysed.
 *
 * @param shape its dimensions; empty for a scalar
 * @param elements its elements in row-major order; as many as the product of the shape
 */
public record Ints(List<Integer> shape, List<Element> elements) {
  public Ints {
    shape = List.copyOf(shape);
    elements = List.copyOf(elements);
    long size = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    if (size != elements.size()) {
      throw new IllegalArgumentException(
          "a tensor of shape " + shape + " has " + size + " elements, not " + elements.size());
    }
  }

  /** The original values, in row-major order. */
  public long[] values() {
    return elements.stream().mapToLong(Element::value).toArray();
  }

  /** The original value of one element. */
  public long value(int index) {
    return elements.get(index).value();
  }

  /** How many elements there are. */
  public int size() {
    return elements.size();
  }
}

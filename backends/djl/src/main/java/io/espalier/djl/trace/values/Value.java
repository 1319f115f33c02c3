package io.espalier.djl.trace.values;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;

/**
 * A tensor of one run: what a symbolic array stands for at a moment.
 *
 * @param index its position among the values of the run
 * @param shape its shape in this run
 * @param type the type of its elements
 * @param source where it comes from
 */
public record Value(int index, Shape shape, DataType type, Source source) {
  /** Where a value comes from. */
  public sealed interface Source {}

  /** It is fed. */
  public record Fed(int input) implements Source {}

  /** It is a parameter of the block. */
  public record Stored(Parameter parameter) implements Source {}

  /** It is a constant of the program. */
  public record Given(Literal literal) implements Source {}

  /** An operator computes it. */
  public record Computed(int step, int output) implements Source {}

  public int rank() {
    return shape.dimension();
  }

  public long dim(int axis) {
    return shape.get(axis);
  }

  /** An axis as an index from 0. */
  public int axis(long given) {
    int axis = (int) (given < 0 ? given + rank() : given);
    if (axis < 0 || axis >= rank()) {
      throw new IllegalArgumentException(
          "axis " + given + " is out of bounds for an array of shape " + shape);
    }
    return axis;
  }

  public boolean isScalar() {
    return rank() == 0;
  }

  /** Whether every element is zero, whatever the data. */
  public boolean isZero() {
    return source instanceof Given given
        && given.literal() instanceof Literal.Uniform uniform
        && uniform.value() == 0;
  }
}

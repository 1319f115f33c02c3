package io.espalier.djl.trace.values;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/** A constant that a forward pass brings along: not a parameter, and not fed. */
public sealed interface Literal {
  Shape shape();

  DataType type();

  /** All elements alike. */
  record Uniform(Shape shape, DataType type, double value) implements Literal {}

  /** {@code start, start + step, ...}, along one axis. */
  record Steps(Shape shape, DataType type, double start, double step) implements Literal {}

  /** Any elements, in row-major order. */
  final class Data implements Literal {
    private final Shape shape;
    private final DataType type;
    private final double[] values;

    /** Doubles hold the integers of indices and sizes exactly. */
    public Data(Shape shape, DataType type, double... values) {
      this.shape = shape;
      this.type = type;
      this.values = values.clone();
      if (shape.size() != values.length) {
        throw new IllegalArgumentException(
            values.length + " elements were given for an array of shape " + shape);
      }
    }

    @Override
    public Shape shape() {
      return shape;
    }

    @Override
    public DataType type() {
      return type;
    }

    double value(int index) {
      return values[index];
    }

    boolean sameValues(Data other) {
      return Arrays.equals(values, other.values);
    }
  }

  /** One element, in row-major order. */
  default double element(int index) {
    if (this instanceof Data data) {
      return data.value(index);
    }
    return this instanceof Steps steps
        ? steps.start() + index * steps.step()
        : ((Uniform) this).value();
  }

  /** Whether two runs of a forward pass brought along the same. */
  default boolean isSame(Literal other) {
    if (!shape().equals(other.shape()) || type() != other.type()) {
      return false;
    }
    if (this instanceof Data data && other instanceof Data same) {
      return data.sameValues(same);
    }
    if (this instanceof Uniform uniform && other instanceof Uniform same) {
      return Double.compare(uniform.value(), same.value()) == 0;
    }
    for (int i = 0; i < shape().size(); i++) {
      if (Double.compare(element(i), other.element(i)) != 0) {
        return false;
      }
    }
    return true;
  }

  /** An array of integers along one axis: a shape, axes, or bounds. */
  static Literal integers(long... values) {
    return new Data(
        new Shape(values.length), DataType.INT64, Arrays.stream(values).asDoubleStream().toArray());
  }
}

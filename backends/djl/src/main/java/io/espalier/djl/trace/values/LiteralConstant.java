package io.espalier.djl.trace.values;

import io.espalier.trace.Constant;
import java.nio.FloatBuffer;

/**
 * A constant of a forward pass as a constant of the graph.
 *
 * @param literal its elements
 */
public record LiteralConstant(Literal literal) implements Constant {
  @Override
  public long[] dims() {
    return literal.shape().getShape().clone();
  }

  @Override
  public boolean integer() {
    return !literal.type().isFloating();
  }

  @Override
  public long[] longs() {
    long[] values = new long[Math.toIntExact(size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (long) literal.element(i);
    }
    return values;
  }

  @Override
  public FloatBuffer floats() {
    float[] values = new float[Math.toIntExact(size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) literal.element(i);
    }
    return FloatBuffer.wrap(values);
  }
}

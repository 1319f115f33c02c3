package io.espalier.onnx.runtime;

import io.espalier.onnx.file.DataTypes;
import java.util.Arrays;

/** What an input is to be, where a random value would not mean anything. */
public sealed interface InputValue {
  /**
   * The input itself.
   *
   * @param type the input, with the shape it has in a run
   * @throws OnnxRunException if the value is of another kind
   */
  Tensor of(ValueSpec type);

  /** One number everywhere, such as a rate or a threshold; integers and booleans take its part. */
  record Everywhere(double value) implements InputValue {
    @Override
    public Tensor of(ValueSpec type) {
      long[] shape = type.shape();
      int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
      if (DataTypes.isFloating(type.dataType())) {
        float[] values = new float[count];
        Arrays.fill(values, (float) value);
        return Tensor.ofFloats(values, shape);
      }
      if (!DataTypes.isInteger(type.dataType()) || value != Math.rint(value)) {
        throw new OnnxRunException("input " + type + " cannot be " + value);
      }
      long[] values = new long[count];
      Arrays.fill(values, (long) value);
      return Tensor.ofLongs(values, shape);
    }
  }

  /** An array. */
  record Array(Tensor values) implements InputValue {
    @Override
    public Tensor of(ValueSpec type) {
      if (values.isFloat() != DataTypes.isFloating(type.dataType())) {
        throw new OnnxRunException("input " + type + " cannot be made from " + values);
      }
      return values;
    }
  }
}

package io.espalier.onnx.trace;

import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.trace.Constant;
import java.nio.FloatBuffer;

/**
 * A tensor of the file as a constant of the graph; nothing of it is read before it is asked for.
 *
 * @param tensor the tensor; its elements are integers, booleans or floats of 16 to 64 bits
 */
record TensorConstant(OnnxTensor tensor) implements Constant {
  /** Whether elements of this type can be followed at all. */
  static boolean canHold(int dataType) {
    return DataTypes.isInteger(dataType) || DataTypes.isFloating(dataType);
  }

  @Override
  public long[] dims() {
    return tensor.dims();
  }

  @Override
  public long size() {
    return tensor.elementCount();
  }

  @Override
  public boolean integer() {
    return DataTypes.isInteger(tensor.dataType());
  }

  @Override
  public boolean narrow() {
    return isNarrow(tensor.dataType());
  }

  /** Whether elements of this type are integers of 8 bits. */
  static boolean isNarrow(int dataType) {
    return dataType == DataTypes.INT8 || dataType == DataTypes.UINT8;
  }

  @Override
  public long[] longs() {
    return tensor.longs();
  }

  @Override
  public FloatBuffer floats() {
    return tensor.dataType() == DataTypes.FLOAT
        ? tensor.floatBuffer()
        : FloatBuffer.wrap(tensor.floats());
  }
}

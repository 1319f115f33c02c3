package io.espalier.djl.trace.values;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import io.espalier.trace.Constant;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * A parameter of a block as a constant of the graph. Its values are read when they are asked for.
 */
public final class ParameterConstant implements Constant {
  private final Parameter parameter;
  private final long[] dims;
  private final DataType type;

  public ParameterConstant(Parameter parameter) {
    this.parameter = parameter;
    this.dims = parameter.getArray().getShape().getShape().clone();
    this.type = parameter.getArray().getDataType();
  }

  public Parameter parameter() {
    return parameter;
  }

  @Override
  public long[] dims() {
    return dims.clone();
  }

  @Override
  public boolean integer() {
    return !type.isFloating();
  }

  /** A block holds one array for all uses of a parameter. */
  @Override
  public boolean single() {
    return true;
  }

  @Override
  public long[] longs() {
    NDArray array = parameter.getArray();
    try (NDArray wide = array.toType(DataType.INT64, true)) {
      return wide.toLongArray();
    }
  }

  @Override
  public FloatBuffer floats() {
    NDArray array = parameter.getArray();
    if (type == DataType.FLOAT32) {
      ByteBuffer bytes = array.toByteBuffer();
      return bytes.asFloatBuffer();
    }
    try (NDArray plain = array.toType(DataType.FLOAT32, true)) {
      return FloatBuffer.wrap(plain.toFloatArray());
    }
  }
}

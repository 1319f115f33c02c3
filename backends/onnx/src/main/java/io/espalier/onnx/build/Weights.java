package io.espalier.onnx.build;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.UnsafeByteOperations;
import io.espalier.onnx.file.DataTypes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Constant tensors; random ones depend on a seed and their name alone, not on the order in which
 * they are made.
 */
final class Weights {
  private Weights() {}

  static TensorProto floats(String name, float[] values, long... dims) {
    ByteBuffer bytes = allocate(values.length, Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return tensor(name, DataTypes.FLOAT, bytes, values.length, dims);
  }

  static TensorProto longs(String name, long[] values, long... dims) {
    ByteBuffer bytes = allocate(values.length, Long.BYTES);
    bytes.asLongBuffer().put(values);
    return tensor(name, DataTypes.INT64, bytes, values.length, dims);
  }

  /** Values spread evenly around a mean with a standard deviation. */
  static TensorProto random(String name, long seed, double mean, double deviation, long... dims) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + name.hashCode());
    int count = Math.toIntExact(Arrays.stream(dims).reduce(1, Math::multiplyExact));
    double reach = Math.sqrt(3) * deviation;
    ByteBuffer bytes = allocate(count, Float.BYTES);
    for (int i = 0; i < count; i++) {
      bytes.putFloat(i * Float.BYTES, (float) (mean + reach * (2 * random.nextDouble() - 1)));
    }
    return tensor(name, DataTypes.FLOAT, bytes, count, dims);
  }

  private static ByteBuffer allocate(int count, int size) {
    return ByteBuffer.allocate(Math.multiplyExact(count, size)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static TensorProto tensor(
      String name, int dataType, ByteBuffer bytes, int count, long... dims) {
    if (Arrays.stream(dims).reduce(1, Math::multiplyExact) != count) {
      throw new IllegalArgumentException(
          count + " values do not fill '" + name + "' of shape " + Arrays.toString(dims));
    }
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(dataType);
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor.setRawData(UnsafeByteOperations.unsafeWrap(bytes)).build();
  }
}

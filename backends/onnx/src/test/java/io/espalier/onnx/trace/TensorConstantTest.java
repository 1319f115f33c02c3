package io.espalier.onnx.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class TensorConstantTest {
  private static TensorConstant of(int type, ByteBuffer bytes, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(type);
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return new TensorConstant(
        OnnxTensor.of(tensor.setRawData(ByteString.copyFrom(bytes.flip())).build()));
  }

  private static ByteBuffer bytes() {
    return ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static float[] floats(TensorConstant constant) {
    FloatBuffer buffer = constant.floats().duplicate();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  @Test
  void floatsOfEveryWidth() {
    float[] expected = {1.5f, -2};
    TensorConstant single = of(DataTypes.FLOAT, bytes().putFloat(1.5f).putFloat(-2), 2, 1);
    assertArrayEquals(expected, floats(single));
    assertTrue(single.floats().isReadOnly());
    assertArrayEquals(new long[] {2, 1}, single.dims());
    assertEquals(2, single.size());
    assertFalse(single.integer());
    assertArrayEquals(
        expected, floats(of(DataTypes.DOUBLE, bytes().putDouble(1.5).putDouble(-2), 2)));
    assertArrayEquals(
        expected,
        floats(
            of(DataTypes.FLOAT16, bytes().putShort((short) 0x3E00).putShort((short) 0xC000), 2)));
    assertArrayEquals(
        expected,
        floats(
            of(DataTypes.BFLOAT16, bytes().putShort((short) 0x3FC0).putShort((short) 0xC000), 2)));
  }

  @Test
  void integersAndBooleans() {
    TensorConstant flags = of(DataTypes.BOOL, bytes().put((byte) 1).put((byte) 0), 2);
    assertTrue(flags.integer());
    assertArrayEquals(new long[] {1, 0}, flags.longs());
    TensorConstant small = of(DataTypes.UINT8, bytes().put((byte) 200), 1);
    assertTrue(small.integer());
    assertArrayEquals(new long[] {200}, small.longs());
    assertArrayEquals(new float[] {200}, floats(small));
    assertArrayEquals(new long[] {-7}, of(DataTypes.INT32, bytes().putInt(-7)).longs());
  }
}

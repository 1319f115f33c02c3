package io.espalier.onnx.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OnnxTensorTest {

  @Test
  void floatsOfEveryFloatType() {
    float[] values = {0f, 1f, -2.5f};
    assertArrayEquals(
        values,
        read(typed(DataTypes.FLOAT).addFloatData(0).addFloatData(1).addFloatData(-2.5f)).floats());
    assertArrayEquals(
        values,
        read(typed(DataTypes.DOUBLE).addDoubleData(0).addDoubleData(1).addDoubleData(-2.5))
            .floats());
    assertArrayEquals(
        values,
        read(typed(DataTypes.FLOAT16).addInt32Data(0).addInt32Data(0x3C00).addInt32Data(0xC100))
            .floats());
    assertArrayEquals(
        values,
        read(typed(DataTypes.BFLOAT16).addInt32Data(0).addInt32Data(0x3F80).addInt32Data(0xC020))
            .floats());
    assertArrayEquals(
        values,
        read(typed(DataTypes.FLOAT16).setRawData(ByteString.fromHex("0000003c00c1"))).floats());
  }

  @Test
  void longsOfEveryIntegerType() {
    assertArrayEquals(new long[] {0, 1, -2}, read(ints(DataTypes.INT32, 0, 1, -2)).longs());
    assertArrayEquals(new long[] {0, 1, -2}, read(ints(DataTypes.INT16, 0, 1, -2)).longs());
    assertArrayEquals(new long[] {0, 1, -2}, read(ints(DataTypes.INT8, 0, 1, -2)).longs());
    assertArrayEquals(new long[] {0, 1, 254}, read(ints(DataTypes.UINT8, 0, 1, 254)).longs());
    assertArrayEquals(new long[] {0, 1, 65534}, read(ints(DataTypes.UINT16, 0, 1, 65534)).longs());
    assertArrayEquals(new long[] {0, 1, 1}, read(ints(DataTypes.BOOL, 0, 1, 1)).longs());
    assertArrayEquals(
        new long[] {0, 1, -2},
        read(typed(DataTypes.INT64).addInt64Data(0).addInt64Data(1).addInt64Data(-2)).longs());
    assertArrayEquals(
        new long[] {0, 1, 0xFFFFFFFEL},
        read(typed(DataTypes.UINT32).addUint64Data(0).addUint64Data(1).addUint64Data(0xFFFFFFFEL))
            .longs());
    assertArrayEquals(new float[] {0, 1, -2}, read(ints(DataTypes.INT32, 0, 1, -2)).floats());
  }

  @Test
  void unpackedValuesAreReadToo() {
    UnknownFieldSet.Field.Builder values = UnknownFieldSet.Field.newBuilder();
    for (float value : new float[] {3, 4, 5}) {
      values.addFixed32(Float.floatToIntBits(value));
    }
    TensorProto tensor =
        TensorProto.newBuilder()
            .setName("t")
            .setDataType(DataTypes.FLOAT)
            .addDims(3)
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(TensorProto.FLOAT_DATA_FIELD_NUMBER, values.build())
                    .build())
            .build();
    assertArrayEquals(new float[] {3, 4, 5}, initializer(tensor).floats());
  }

  @Test
  void scalarsEmptyTensorsAndPackedNibbles() {
    OnnxTensor scalar = read(TensorProto.newBuilder().setDataType(DataTypes.INT64).addInt64Data(7));
    assertArrayEquals(new long[] {7}, scalar.longs());
    assertEquals(1, scalar.elementCount());
    assertEquals(0, scalar.rank());

    OnnxTensor empty = read(TensorProto.newBuilder().setDataType(DataTypes.FLOAT).addDims(0));
    assertEquals(0, empty.floats().length);

    OnnxTensor nibbles =
        read(
            TensorProto.newBuilder()
                .setDataType(DataTypes.INT4)
                .addDims(3)
                .setRawData(ByteString.fromHex("2143")));
    assertEquals(2, nibbles.byteSize());
    assertEquals(
        "tensor 't' holds int4 and cannot be read as elements of whole bytes",
        assertThrows(OnnxFileException.class, nibbles::elementSize).getMessage());
  }

  @Test
  void wrongTypesAreRefused() {
    OnnxTensor floats =
        read(typed(DataTypes.FLOAT).addFloatData(0).addFloatData(1).addFloatData(2));
    assertThrows(OnnxFileException.class, floats::longs);
    OnnxTensor doubles =
        read(typed(DataTypes.DOUBLE).addDoubleData(0).addDoubleData(1).addDoubleData(2));
    assertThrows(OnnxFileException.class, doubles::floatBuffer);
    OnnxTensor strings =
        read(
            TensorProto.newBuilder()
                .setDataType(DataTypes.STRING)
                .addDims(1)
                .addStringData(ByteString.copyFromUtf8("a")));
    assertThrows(OnnxFileException.class, strings::bytes);
  }

  @Test
  void rawFloatsAreAView() {
    ByteBuffer raw = ByteBuffer.allocateDirect(12).order(ByteOrder.LITTLE_ENDIAN);
    raw.putFloat(0, 1.5f);
    OnnxTensor tensor =
        OnnxTensor.of(
            typed(DataTypes.FLOAT)
                .setRawData(com.google.protobuf.UnsafeByteOperations.unsafeWrap(raw))
                .build());
    assertEquals(1.5f, tensor.floatBuffer().get(0));
    raw.putFloat(0, 2.5f);
    assertEquals(2.5f, tensor.floatBuffer().get(0));
  }

  private static TensorProto.Builder typed(int type) {
    return TensorProto.newBuilder().setName("t").setDataType(type).addDims(3);
  }

  private static TensorProto.Builder ints(int type, int... values) {
    TensorProto.Builder tensor = typed(type);
    for (int value : values) {
      tensor.addInt32Data(value);
    }
    return tensor;
  }

  /** The tensor read both ways, from an attribute and as an initializer, which must agree. */
  private static OnnxTensor read(TensorProto.Builder builder) {
    TensorProto tensor = builder.setName("t").build();
    OnnxTensor attribute = OnnxTensor.of(tensor);
    OnnxTensor initializer = initializer(tensor);
    assertEquals(attribute.toString(), initializer.toString());
    if (tensor.getDataType() != DataTypes.STRING) {
      assertEquals(attribute.bytes(), initializer.bytes());
    }
    return initializer;
  }

  private static OnnxTensor initializer(TensorProto tensor) {
    ModelProto.Builder model = TestModels.small().toBuilder();
    model.getGraphBuilder().clearInitializer().addInitializer(tensor);
    return Objects.requireNonNull(OnnxModel.of(model.build()).initializers().get("t"));
  }
}

package io.espalier.onnx.space;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.platform.Fp16Conversions;
import com.google.protobuf.ByteString;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A network of float32 as the same network of another float type. */
final class Retyped {
  private Retyped() {}

  static OnnxModel of(ModelProto model, int type) {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    graph.getInitializerBuilderList().stream()
        .filter(tensor -> tensor.getDataType() == DataTypes.FLOAT)
        .forEach(tensor -> retype(tensor, type));
    graph.getInputBuilderList().forEach(input -> retype(input, type));
    graph.getOutputBuilderList().forEach(output -> retype(output, type));
    return OnnxModel.of(model.toBuilder().setGraph(graph).build());
  }

  private static void retype(ValueInfoProto.Builder info, int type) {
    info.getTypeBuilder().getTensorTypeBuilder().setElemType(type);
  }

  private static void retype(TensorProto.Builder tensor, int type) {
    float[] values = OnnxTensor.of(tensor.build()).floats();
    tensor.clearFloatData().setDataType(type).setRawData(bytes(values, type));
  }

  /** The elements of a tensor of another float type. */
  static ByteString bytes(float[] values, int type) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * DataTypes.bits(type) / 8)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      if (type == DataTypes.DOUBLE) {
        bytes.putDouble(value);
      } else if (type == DataTypes.FLOAT16) {
        bytes.putShort(Fp16Conversions.floatToFp16(value));
      } else if (type == DataTypes.BFLOAT16) {
        bytes.putShort(Fp16Conversions.floatToBf16(value));
      } else {
        throw new IllegalArgumentException("no float type: " + type);
      }
    }
    return ByteString.copyFrom(bytes.flip());
  }
}

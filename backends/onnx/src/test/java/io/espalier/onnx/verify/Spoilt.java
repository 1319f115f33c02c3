package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/** Models in which one parameter, stored or in a Constant node, is not what it was. */
final class Spoilt {
  private Spoilt() {}

  /** A model for each parameter, by its name; one element of it is a little larger. */
  static Map<String, OnnxModel> each(OnnxModel model) throws InvalidProtocolBufferException {
    ModelProto proto = ModelProto.parseFrom(new OnnxEdit(model).toBytes());
    Map<String, OnnxModel> spoilt = new LinkedHashMap<>();
    for (int i = 0; i < proto.getGraph().getInitializerCount(); i++) {
      ModelProto.Builder other = proto.toBuilder();
      TensorProto tensor = proto.getGraph().getInitializer(i);
      other.getGraphBuilder().setInitializer(i, larger(tensor));
      spoilt.put(tensor.getName(), OnnxModel.of(other.build()));
    }
    for (int i = 0; i < proto.getGraph().getNodeCount(); i++) {
      NodeProto node = proto.getGraph().getNode(i);
      if (node.getOpType().equals("Constant") && node.getAttribute(0).hasT()) {
        ModelProto.Builder other = proto.toBuilder();
        TensorProto tensor = larger(node.getAttribute(0).getT());
        other.getGraphBuilder().getNodeBuilder(i).getAttributeBuilder(0).setT(tensor);
        spoilt.put(node.getOutput(0), OnnxModel.of(other.build()));
      }
    }
    return spoilt;
  }

  /** The model with a parameter of this name spoilt. */
  static OnnxModel one(OnnxModel model, String name) throws InvalidProtocolBufferException {
    OnnxModel spoilt = each(model).get(name);
    if (spoilt == null) {
      throw new IllegalArgumentException(model + " has no parameter " + name);
    }
    return spoilt;
  }

  private static TensorProto larger(TensorProto tensor) {
    OnnxTensor old = OnnxTensor.of(tensor);
    int count = Math.toIntExact(old.elementCount());
    ByteBuffer bytes = ByteBuffer.allocate((int) old.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(old.bytes()).flip();
    int last = count - 1;
    if (old.dataType() == DataTypes.FLOAT) {
      bytes.putFloat(4 * last, bytes.getFloat(4 * last) * 1.01f + 1e-3f);
    } else if (old.dataType() == DataTypes.INT64) {
      bytes.putLong(8 * last, bytes.getLong(8 * last) + 1);
    } else {
      throw new IllegalArgumentException("cannot spoil " + old);
    }
    return TensorProto.newBuilder()
        .setName(tensor.getName())
        .setDataType(tensor.getDataType())
        .addAllDims(tensor.getDimsList())
        .setRawData(ByteString.copyFrom(bytes))
        .build();
  }
}

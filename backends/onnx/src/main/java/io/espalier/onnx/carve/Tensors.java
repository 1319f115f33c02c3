package io.espalier.onnx.carve;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.espalier.onnx.file.ByteSink;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;

/** Makes the tensors of a carved model. */
final class Tensors {
  private Tensors() {}

  /** A slice of a stored tensor, under a name. */
  static TensorSource slice(OnnxTensor stored, String name, Slice slice) {
    return slice.patches().isEmpty()
        ? TensorSource.gather(stored, name, slice.keep())
        : patched(stored, name, slice);
  }

  private static TensorSource patched(OnnxTensor stored, String name, Slice slice) {
    int size = stored.elementSize();
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(stored.byteSize())).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(stored.bytes().duplicate()).flip();
    slice
        .patches()
        .forEach(
            (at, value) -> {
              if (size == Long.BYTES) {
                bytes.putLong(at * size, value);
              } else if (size == Integer.BYTES) {
                bytes.putInt(at * size, Math.toIntExact(value));
              } else {
                throw new IllegalStateException(
                    "shape \""
                        + stored.name()
                        + "\" is of type "
                        + DataTypes.name(stored.dataType())
                        + "; int64 or int32 is needed");
              }
            });
    return TensorSource.ofBytes(name, stored.dataType(), bytes, stored.dims());
  }

  /** The value attribute of a Constant node. */
  static AttributeProto value(TensorSource source) {
    ByteString.Output bytes = ByteString.newOutput(Math.toIntExact(source.byteSize()));
    try {
      ByteSink sink = new ByteSink(Channels.newChannel(bytes));
      source.writeTo(sink);
      sink.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(source.name())
            .setDataType(source.dataType())
            .setRawData(bytes.toByteString());
    for (long dim : source.dims()) {
      tensor.addDims(dim);
    }
    return AttributeProto.newBuilder()
        .setName("value")
        .setType(AttributeProto.AttributeType.TENSOR)
        .setT(tensor)
        .build();
  }

  /** A Constant node that computes a tensor of this name. */
  static NodeProto constant(TensorSource source) {
    return NodeProto.newBuilder()
        .setOpType("Constant")
        .addOutput(source.name())
        .addAttribute(value(source))
        .build();
  }
}

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

/** Makes the tensors of a carved model. */
final class Tensors {
  private Tensors() {}

  /** A slice of a stored tensor, under a name. */
  static TensorSource slice(OnnxTensor stored, String name, Slice slice) {
    return slice.patches().isEmpty()
        ? TensorSource.gather(stored, name, slice.keep())
        : patched(stored, name, slice);
  }

  /** Integers of a type of 64 or 32 bits. */
  static TensorSource integers(String name, int type, long[] values, long... dims) {
    if (type == DataTypes.INT64) {
      return TensorSource.ofLongs(name, values, dims);
    }
    if (type != DataTypes.INT32) {
      throw notAShape(name, type);
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      bytes.putInt(Math.toIntExact(value));
    }
    return TensorSource.ofBytes(name, type, bytes.flip(), dims);
  }

  private static IllegalStateException notAShape(String name, int type) {
    return new IllegalStateException(
        "shape \"" + name + "\" is of type " + DataTypes.name(type) + "; int64 or int32 is needed");
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
                throw notAShape(stored.name(), stored.dataType());
              }
            });
    return TensorSource.ofBytes(name, stored.dataType(), bytes, stored.dims());
  }

  /** The value attribute of a Constant node. */
  static AttributeProto value(TensorSource source) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(source.byteSize()));
    try {
      source.writeTo(ByteSink.into(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(source.name())
            .setDataType(source.dataType())
            .setRawData(ByteString.copyFrom(bytes.flip()));
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

package io.espalier.djl.export;

import ai.djl.nn.Parameter;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.UnsafeByteOperations;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.spi.EspalierException;
import io.espalier.trace.Constant;
import io.espalier.trace.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Parameters and other constants in ONNX's words. */
final class OnnxConstants {
  private final TracedBlock traced;
  private final OnnxTypes types;

  OnnxConstants(TracedBlock traced, OnnxTypes types) {
    this.traced = traced;
    this.types = types;
  }

  /** The bytes that all constants take. */
  long bytes() {
    long bytes = 0;
    for (Tensor tensor : traced.graph().tensors()) {
      Constant constant = tensor.constant();
      if (constant != null) {
        bytes += constant.size() * traced.type(tensor.id()).getNumOfBytes();
      }
    }
    return bytes;
  }

  /** A constant; the elements of a parameter are not copied where the engine lets others look. */
  TensorProto of(Tensor tensor, Constant constant) {
    TensorProto.DataType type = types.element(tensor.id());
    TensorProto.Builder written =
        TensorProto.newBuilder().setName(tensor.name()).setDataType(type.getNumber());
    for (long dim : constant.dims()) {
      written.addDims(dim);
    }
    Optional<Parameter> parameter = traced.parameter(tensor.id());
    ByteBuffer elements =
        parameter.isPresent()
            ? parameter.get().getArray().toByteBuffer(true)
            : bytes(type, traced.elements(tensor.id()));
    return written.setRawData(UnsafeByteOperations.unsafeWrap(elements)).build();
  }

  /** A constant of one element along one axis. */
  static TensorProto single(double element, TensorProto.DataType type) {
    return TensorProto.newBuilder()
        .addDims(1)
        .setDataType(type.getNumber())
        .setRawData(UnsafeByteOperations.unsafeWrap(bytes(type, element)))
        .build();
  }

  private static ByteBuffer bytes(TensorProto.DataType type, double... elements) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(Double.BYTES, elements.length))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (double element : elements) {
      switch (type) {
        case FLOAT -> bytes.putFloat((float) element);
        case DOUBLE -> bytes.putDouble(element);
        case BOOL -> bytes.put((byte) (element == 0 ? 0 : 1));
        case INT8, UINT8 -> bytes.put((byte) (long) element);
        case INT16, UINT16 -> bytes.putShort((short) (long) element);
        case INT32, UINT32 -> bytes.putInt((int) (long) element);
        case INT64, UINT64 -> bytes.putLong((long) element);
        default ->
            throw new EspalierException(
                "the block brings along constants of type "
                    + type
                    + ", which are not written as ONNX; convert it to FLOAT32 first");
      }
    }
    return bytes.flip();
  }
}

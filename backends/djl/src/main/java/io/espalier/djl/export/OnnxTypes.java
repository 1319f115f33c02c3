package io.espalier.djl.export;

import ai.djl.ndarray.types.DataType;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.spi.EspalierException;
import io.espalier.spi.OpId;
import io.espalier.trace.Dim;
import io.espalier.trace.Graph;
import io.espalier.trace.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The types and shapes of tensors in ONNX's words. */
final class OnnxTypes {
  private static final OpId IDENTITY = OpId.of("Identity");

  private final TracedBlock traced;

  OnnxTypes(TracedBlock traced) {
    this.traced = traced;
  }

  /** Type and, as far as it is known, shape of a tensor. */
  ValueInfoProto of(Tensor tensor) {
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder().setElemType(element(tensor.id()).getNumber());
    List<Dim> dims = dims(tensor);
    if (dims != null) {
      TensorShapeProto.Builder shape = type.getShapeBuilder();
      for (Dim dim : dims) {
        TensorShapeProto.Dimension.Builder dimension = shape.addDimBuilder();
        if (!dim.isOpen()) {
          dimension.setDimValue(dim.size());
        } else if (!dim.name().isEmpty()) {
          dimension.setDimParam(dim.name());
        }
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(tensor.name())
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }

  private @Nullable List<Dim> dims(Tensor tensor) {
    if (tensor.declared() != null) {
      return tensor.declared();
    }
    if (tensor.constant() != null) {
      return Arrays.stream(tensor.constant().dims()).mapToObj(Dim::of).toList();
    }
    Graph graph = traced.graph();
    boolean copy =
        tensor.producer() >= 0 && graph.nodes().get(tensor.producer()).op().equals(IDENTITY);
    return copy ? dims(graph.tensor(graph.nodes().get(tensor.producer()).inputs().get(0))) : null;
  }

  /** The type of a tensor's elements. */
  TensorProto.DataType element(int tensor) {
    DataType type = traced.type(tensor);
    return switch (type) {
      case FLOAT32 -> TensorProto.DataType.FLOAT;
      case FLOAT64 -> TensorProto.DataType.DOUBLE;
      case FLOAT16 -> TensorProto.DataType.FLOAT16;
      case BFLOAT16 -> TensorProto.DataType.BFLOAT16;
      case UINT8 -> TensorProto.DataType.UINT8;
      case UINT16 -> TensorProto.DataType.UINT16;
      case UINT32 -> TensorProto.DataType.UINT32;
      case UINT64 -> TensorProto.DataType.UINT64;
      case INT8 -> TensorProto.DataType.INT8;
      case INT16 -> TensorProto.DataType.INT16;
      case INT32 -> TensorProto.DataType.INT32;
      case INT64 -> TensorProto.DataType.INT64;
      case BOOLEAN -> TensorProto.DataType.BOOL;
      default ->
          throw new EspalierException(
              "tensor \""
                  + traced.graph().tensor(tensor).name()
                  + "\" holds elements of type "
                  + type
                  + ", which ONNX does not have; convert them to another type");
    };
  }
}

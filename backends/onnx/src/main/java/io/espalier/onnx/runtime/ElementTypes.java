package io.espalier.onnx.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import io.espalier.core.data.ElementType;
import io.espalier.onnx.file.DataTypes;

/** ONNX Runtime's Java names of element types; its numbers are not those of ONNX files. */
final class ElementTypes {
  private ElementTypes() {}

  /**
   * One of the numbers in {@link DataTypes}; 0 for a type that the runtime's Java interface does
   * not know.
   */
  static int dataType(OnnxTensorType type) {
    return switch (type) {
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> DataTypes.FLOAT;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> DataTypes.DOUBLE;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> DataTypes.FLOAT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> DataTypes.BFLOAT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> DataTypes.UINT8;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> DataTypes.INT8;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 -> DataTypes.UINT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> DataTypes.INT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32 -> DataTypes.UINT32;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> DataTypes.INT32;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> DataTypes.UINT64;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> DataTypes.INT64;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> DataTypes.BOOL;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING -> DataTypes.STRING;
      default -> 0;
    };
  }

  /** What to call a type when bytes are handed over; UNKNOWN where that is not possible. */
  static OnnxJavaType javaType(int dataType) {
    for (OnnxTensorType type : OnnxTensorType.values()) {
      if (dataType != 0 && dataType(type) == dataType) {
        return OnnxJavaType.mapFromOnnxTensorType(type);
      }
    }
    return OnnxJavaType.UNKNOWN;
  }

  /** One of the numbers in {@link DataTypes}. */
  static int dataType(ElementType type) {
    return switch (type) {
      case BOOL -> DataTypes.BOOL;
      case UINT8 -> DataTypes.UINT8;
      case INT8 -> DataTypes.INT8;
      case UINT16 -> DataTypes.UINT16;
      case INT16 -> DataTypes.INT16;
      case UINT32 -> DataTypes.UINT32;
      case INT32 -> DataTypes.INT32;
      case UINT64 -> DataTypes.UINT64;
      case INT64 -> DataTypes.INT64;
      case BFLOAT16 -> DataTypes.BFLOAT16;
      case FLOAT16 -> DataTypes.FLOAT16;
      case FLOAT32 -> DataTypes.FLOAT;
      case FLOAT64 -> DataTypes.DOUBLE;
    };
  }

  /**
   * The type of a number in {@link DataTypes}.
   *
   * @throws OnnxRunException if its elements are no numbers
   */
  static ElementType elementType(int dataType) {
    return ElementType.of(DataTypes.name(dataType))
        .orElseThrow(
            () ->
                new OnnxRunException(
                    "elements of " + DataTypes.name(dataType) + " are no numbers that data hold"));
  }
}

package io.espalier.onnx.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors in the runtime's own form, by their names; they live until they are closed. */
final class NativeTensors implements AutoCloseable {
  private final OrtEnvironment environment;
  private final Map<String, OnnxTensorLike> values = new LinkedHashMap<>();

  NativeTensors(OrtEnvironment environment) {
    this.environment = environment;
  }

  /** Whether the runtime's Java interface takes tensors of an element type. */
  static boolean supports(int dataType) {
    OnnxJavaType type = ElementTypes.javaType(dataType);
    return type != OnnxJavaType.UNKNOWN && type != OnnxJavaType.STRING;
  }

  /**
   * Adds a tensor.
   *
   * @param bytes its elements, little-endian; shared if the buffer is direct
   */
  void add(String name, int dataType, ByteBuffer bytes, long... shape) throws OrtException {
    OnnxJavaType type = ElementTypes.javaType(dataType);
    OnnxTensorLike old = values.put(name, OnnxTensor.createTensor(environment, bytes, shape, type));
    if (old != null) {
      old.close();
    }
  }

  Map<String, OnnxTensorLike> values() {
    return values;
  }

  @Override
  public void close() {
    values.values().forEach(OnnxTensorLike::close);
  }
}

package io.espalier.onnx.runtime;

import io.espalier.onnx.file.OnnxTensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Computes tensors that need no inputs. */
public final class ConstantValues {
  private ConstantValues() {}

  /**
   * The outputs of a model without inputs, by name.
   *
   * @param model a serialised model
   * @throws OnnxRunException if ONNX Runtime cannot run it
   */
  public static Map<String, OnnxTensor> of(byte[] model) {
    try (OnnxSession session = OnnxSession.open(model, SessionSettings.plain())) {
      Map<String, OnnxTensor> values = new LinkedHashMap<>();
      session
          .run(Map.of())
          .forEach(
              (name, value) ->
                  values.put(
                      name,
                      OnnxTensor.of(
                          name, value.dataType(), value.encode(value.dataType()), value.shape())));
      return values;
    }
  }
}

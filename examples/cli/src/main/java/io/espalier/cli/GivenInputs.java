package io.espalier.cli;

import io.espalier.onnx.runtime.InputValue;
import java.util.List;
import java.util.Map;

/**
 * What a user said of inputs, by name.
 *
 * @param shapes their shapes, those of arrays included
 * @param values what they are in a run, where random numbers would not mean anything
 */
record GivenInputs(Map<String, List<Long>> shapes, Map<String, InputValue> values) {
  static final GivenInputs NONE = new GivenInputs(Map.of(), Map.of());

  GivenInputs {
    shapes = Map.copyOf(shapes);
    values = Map.copyOf(values);
  }
}

package io.espalier.djl.calibrate;

import ai.djl.nn.Parameter;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.Tensor;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/** Which parameter stands behind a tensor that an operator reads. */
final class Readers {
  private Readers() {}

  /** The parameters by the names of tensors: theirs, and those of copies and reshaped views. */
  static Map<String, Parameter> of(TracedBlock traced) {
    Graph graph = traced.graph();
    IdentityHashMap<Constant, Parameter> stored = new IdentityHashMap<>();
    for (Tensor tensor : graph.tensors()) {
      Constant constant = tensor.constant();
      if (constant != null) {
        traced.parameter(tensor.id()).ifPresent(parameter -> stored.put(constant, parameter));
      }
    }
    Map<String, Parameter> named = new HashMap<>();
    for (Tensor tensor : graph.tensors()) {
      Constant constant = graph.rowMajorConstant(tensor.id());
      Parameter parameter = constant == null ? null : stored.get(constant);
      if (parameter != null) {
        named.put(tensor.name(), parameter);
      }
    }
    return named;
  }
}

package io.espalier.onnx.runtime;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Asks ONNX Runtime for the shapes of intermediate values, whatever operators produce them. */
public final class ShapeProbe {
  private ShapeProbe() {}

  /**
   * Runs the model once, unoptimised, with values inside it as further outputs.
   *
   * @param inputs one tensor for each input
   * @param values names of values of the main graph
   * @return element type and shape of each of them that is a tensor, in the order asked for
   * @throws OnnxRunException if there is no such value, or the model does not run on these inputs
   */
  public static Map<String, ValueSpec> probe(
      OnnxModel model, Map<String, Tensor> inputs, Collection<String> values) {
    return probe(model, inputs, values, SessionSettings.plain());
  }

  /** As above, with settings for the run. */
  public static Map<String, ValueSpec> probe(
      OnnxModel model,
      Map<String, Tensor> inputs,
      Collection<String> values,
      SessionSettings settings) {
    Set<String> wanted = new LinkedHashSet<>(values);
    try (OnnxSession session = open(model, wanted, settings)) {
      Map<String, ValueSpec> all = session.runForSpecs(inputs);
      Map<String, ValueSpec> shapes = new LinkedHashMap<>();
      for (String name : wanted) {
        ValueSpec spec = all.get(name);
        if (spec != null) {
          shapes.put(name, spec);
        }
      }
      return shapes;
    }
  }

  /** A session of the model, unoptimised, with values inside it as further outputs. */
  static OnnxSession open(OnnxModel model, Collection<String> values) {
    return open(model, values, SessionSettings.plain());
  }

  private static OnnxSession open(
      OnnxModel model, Collection<String> values, SessionSettings settings) {
    Set<String> added = new LinkedHashSet<>(values);
    model.outputs().forEach(output -> added.remove(output.getName()));
    OnnxEdit edit = new OnnxEdit(model);
    added.forEach(name -> edit.addOutput(ValueInfoProto.newBuilder().setName(name).build()));
    return OnnxSession.open(edit.toBytes(), settings);
  }
}

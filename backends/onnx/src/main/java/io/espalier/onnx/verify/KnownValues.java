package io.espalier.onnx.verify;

import io.espalier.onnx.file.ClosedBranches;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.ShapeProbe;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.onnx.runtime.ValueSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Element types and shapes of values of a model. Initializers state them; the model is run once for
 * the rest, so that neither our inference nor what a file says of itself is trusted.
 */
final class KnownValues {
  private final OnnxModel model;
  private final Map<String, Tensor> inputs;
  private final SessionSettings settings;
  private final Map<String, ValueSpec> specs = new HashMap<>();

  /** What is known before anything is learnt. */
  KnownValues(OnnxModel model, Map<String, Tensor> inputs, SessionSettings settings) {
    this.model = model;
    this.inputs = inputs;
    this.settings = settings;
  }

  static KnownValues learn(
      OnnxModel model, Map<String, Tensor> inputs, Set<String> names, SessionSettings settings) {
    KnownValues values = new KnownValues(model, inputs, settings);
    values.learn(names);
    return values;
  }

  /** Learns those that are not known yet. */
  void learn(Set<String> names) {
    Set<String> computed = new LinkedHashSet<>();
    for (String name : names) {
      OnnxTensor initializer = model.initializers().get(name);
      Tensor input = inputs.get(name);
      if (initializer != null) {
        put(name, initializer.dataType(), initializer.dims());
      } else if (input != null) {
        put(name, input.dataType(), input.shape());
      } else if (!specs.containsKey(name)) {
        computed.add(name);
      }
    }
    OnnxModel closed = ClosedBranches.of(model);
    Set<String> made = new HashSet<>();
    closed.nodes().forEach(node -> made.addAll(node.getOutputList()));
    Set<String> inside = new LinkedHashSet<>(computed);
    inside.removeAll(made);
    computed.removeAll(inside);
    probe(closed, computed);
    probe(model, inside);
  }

  private void probe(OnnxModel asked, Set<String> names) {
    if (!names.isEmpty()) {
      specs.putAll(ShapeProbe.probe(asked, inputs, names, settings));
    }
  }

  /** Whether these are values of a model. */
  boolean areOf(OnnxModel other) {
    return model == other;
  }

  private void put(String name, int dataType, long[] dims) {
    List<Long> list = Arrays.stream(dims).boxed().toList();
    specs.put(name, new ValueSpec(name, dataType, list));
  }

  /**
   * The type of one of the values.
   *
   * @throws VerificationException if it is not a tensor
   */
  ValueSpec of(String name) {
    ValueSpec spec = specs.get(name);
    if (spec == null) {
      throw new VerificationException("value '" + name + "' of " + model + " is not a tensor");
    }
    return spec;
  }
}

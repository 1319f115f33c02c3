package io.espalier.onnx.verify;

import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.Compensated;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import io.espalier.onnx.quantize.FloatForm;
import io.espalier.onnx.quantize.Quantised;
import io.espalier.onnx.quantize.Quantiser;
import io.espalier.onnx.quantize.StoredParts;
import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a model in eight bits is what quantising the carved model writes: its nodes, and the
 * integers, scales and zero points of every weight. Those of a weight that was compensated before
 * are held against their hash alone, as its values then are in no file.
 */
final class QuantisedCheck {
  private final OnnxModel quantised;
  private final Manifest manifest;
  private final Set<String> compensated;
  private final List<String> wrong = new ArrayList<>();

  private QuantisedCheck(OnnxModel quantised, Manifest manifest) {
    this.quantised = quantised;
    this.manifest = manifest;
    this.compensated =
        manifest.compensated().stream().map(Compensated::initializer).collect(Collectors.toSet());
  }

  /**
   * What is not as it should be, a sentence each.
   *
   * @param undone the model with the nodes that it had
   * @param restored the same with the original's weights
   */
  static List<String> of(
      OnnxModel quantised, FloatForm.Undone undone, OnnxModel restored, Manifest manifest) {
    QuantisedCheck check = new QuantisedCheck(quantised, manifest);
    try {
      check.compare(
          Quantiser.quantise(check.withWeights(undone.model(), restored), undone.precision()));
    } catch (EspalierException e) {
      check.wrong.add("the carved network cannot be quantised again: " + e.getMessage());
    }
    return List.copyOf(check.wrong);
  }

  private OnnxModel withWeights(OnnxModel undone, OnnxModel restored) {
    OnnxEdit edit = new OnnxEdit(undone);
    sums()
        .keySet()
        .forEach(
            name -> {
              OnnxTensor weight = restored.initializers().get(name);
              if (weight != null && undone.initializers().containsKey(name)) {
                edit.replaceInitializer(name, TensorSource.copyOf(weight, name));
              }
            });
    return edit.toModel();
  }

  /** The hash of every weight that the manifest lists. */
  private Map<String, String> sums() {
    Map<String, String> sums = new LinkedHashMap<>();
    manifest.quantised().forEach(entry -> sums.put(entry.initializer(), entry.sha256()));
    return sums;
  }

  private void compare(Quantised again) {
    if (!again.edit().toModel().nodes().equals(quantised.nodes())) {
      wrong.add("its nodes are not those that quantising the carved network writes");
    }
    Map<String, String> sums = sums();
    if (!again.parts().keySet().equals(sums.keySet())) {
      wrong.add("the manifest lists other weights than quantising the carved network chooses");
    }
    sums.forEach(
        (name, sum) -> {
          StoredParts expected = again.parts().get(name);
          if (expected != null) {
            compare(name, sum, expected);
          }
        });
  }

  private void compare(String name, String sum, StoredParts expected) {
    List<TensorSource> stored = new ArrayList<>();
    for (TensorSource part : expected.tensors()) {
      OnnxTensor tensor = quantised.initializers().get(part.name());
      if (tensor == null
          || tensor.dataType() != part.dataType()
          || !Arrays.equals(tensor.dims(), part.dims())) {
        wrong.add(
            "'" + part.name() + "' is missing, or not of the type and shape that it should be");
        return;
      }
      stored.add(TensorSource.copyOf(tensor, part.name()));
    }
    String own = new StoredParts(stored).sha256();
    if (!own.equals(sum)) {
      wrong.add("'" + name + "' in eight bits is not what the manifest lists: its hash is another");
    } else if (!compensated.contains(name) && !own.equals(expected.sha256())) {
      wrong.add("'" + name + "' in eight bits is not what the original's values come to");
    }
  }
}

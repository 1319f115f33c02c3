package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Inputs that were drawn, and the scale that the original sets on them. */
final class Drawn {
  private final OnnxModel original;
  private final List<Map<String, Tensor>> inputs;
  private final Map<String, String> before;
  private @Nullable Map<String, Double> scales;
  private @Nullable KnownValues values;

  Drawn(OnnxModel original, List<Map<String, Tensor>> inputs) {
    this.original = original;
    this.inputs = List.copyOf(inputs);
    this.before = Saturations.before(original);
  }

  /** The inputs of each run. */
  List<Map<String, Tensor>> inputs() {
    return inputs;
  }

  /** For outputs that end in functions that saturate, the tensor before these. */
  Map<String, String> before() {
    return before;
  }

  /** Whether all runs are on the same inputs. */
  boolean areEqual() {
    Map<String, List<Float>> first = numbers(inputs.get(0));
    return inputs.stream().allMatch(values -> numbers(values).equals(first));
  }

  private static Map<String, List<Float>> numbers(Map<String, Tensor> values) {
    return values.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                entry -> {
                  float[] floats = entry.getValue().floats();
                  return java.util.stream.IntStream.range(0, floats.length)
                      .mapToObj(i -> floats[i])
                      .toList();
                }));
  }

  /**
   * The largest magnitude of each output of the original in all runs, and of what stands before it.
   *
   * @throws io.espalier.onnx.runtime.OnnxRunException if the original does not run
   */
  Map<String, Double> scales(SessionSettings settings) {
    if (scales == null) {
      Map<String, Double> largest = new HashMap<>();
      try (OnnxSession session =
          OnnxSession.open(watched(new OnnxEdit(original), original, before), settings)) {
        for (Map<String, Tensor> values : inputs) {
          session
              .run(values)
              .forEach(
                  (name, tensor) ->
                      largest.merge(name, Comparison.magnitude(0, tensor), Math::max));
        }
      }
      scales = Map.copyOf(largest);
    }
    return scales;
  }

  /**
   * Why the reference does not run: because the original does not, either, on what was drawn, where
   * that is so.
   */
  OnnxRunException explain(OnnxRunException failure, SessionSettings settings) {
    try (OnnxSession session = OnnxSession.open(original, settings)) {
      return runs(session).map(this::refused).orElse(failure);
    } catch (OnnxRunException e) {
      return e;
    }
  }

  /** What keeps the original from running. */
  private Optional<OnnxRunException> runs(OnnxSession session) {
    try {
      inputs.forEach(session::run);
      return Optional.empty();
    } catch (OnnxRunException e) {
      return Optional.of(e);
    }
  }

  private OnnxRunException refused(OnnxRunException failure) {
    Map<String, Tensor> first = inputs.get(0);
    String setting =
        first.entrySet().stream()
            .filter(input -> input.getValue().elementCount() == 1)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse("");
    return new OnnxRunException(
        failure.getMessage()
            + "; inputs were drawn at random: "
            + (setting.isEmpty()
                ? "give some that the model takes by --input NAME=@file.npy, or their sizes by"
                    + " --input NAME=1x3x64x64"
                : "where '"
                    + setting
                    + "' is a setting, say which by --input "
                    + setting
                    + "=value:16000"),
        failure);
  }

  /** What is known of the values of a model on the first of the inputs; it stays for other cuts. */
  KnownValues values(OnnxModel model, SessionSettings settings) {
    if (values == null || !values.areOf(model)) {
      values = new KnownValues(model, inputs.get(0), settings);
    }
    return values;
  }

  /** The edit, with further outputs: tensors that the model computes and does not give out. */
  static OnnxEdit watched(OnnxEdit edit, OnnxModel model, Map<String, String> before) {
    Map<String, Boolean> watched = new LinkedHashMap<>();
    model
        .nodes()
        .forEach(
            node ->
                node.getOutputList()
                    .forEach(name -> watched.put(name, before.containsValue(name))));
    model.outputs().forEach(output -> watched.remove(output.getName()));
    watched.forEach(
        (name, wanted) -> {
          if (wanted) {
            edit.addOutput(ValueInfoProto.newBuilder().setName(name).build());
          }
        });
    return edit;
  }
}

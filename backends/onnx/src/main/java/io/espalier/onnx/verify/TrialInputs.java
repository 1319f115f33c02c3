package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.runtime.InputValue;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.onnx.runtime.RandomInputs;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.onnx.runtime.ValueSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Random inputs for a model, of small sizes where it leaves dimensions open: a batch of 2 (of 1
 * where a sample is large), images of 64 x 64, sequences of 16. Open dimensions of one name are
 * equal.
 */
final class TrialInputs {
  private static final long BATCH = 2;
  private static final long SPACE = 64;
  private static final long SEQUENCE = 16;
  private static final long INTEGERS = 100;
  private static final float AMPLIFIED = 10;
  private static final long LARGE_SAMPLE = 300_000;

  private TrialInputs() {}

  /**
   * One tensor for each input.
   *
   * @param shapes shapes by input name, instead of those that the model states
   * @throws VerificationException if the model has no such input, or does not state the rank of one
   *     without a shape here
   */
  static Map<String, Tensor> of(OnnxModel model, long seed, Map<String, List<Long>> shapes) {
    return of(model, seed, shapes, Map.of());
  }

  /**
   * As above.
   *
   * @param values what inputs are, where that was said
   * @throws OnnxRunException if a value does not fit its input
   */
  static Map<String, Tensor> of(
      OnnxModel model, long seed, Map<String, List<Long>> shapes, Map<String, InputValue> values) {
    Map<String, List<Long>> given = new LinkedHashMap<>(shapes);
    values.forEach(
        (name, value) -> {
          if (value instanceof InputValue.Array array) {
            given.put(name, Arrays.stream(array.values().shape()).boxed().toList());
          }
        });
    List<ValueSpec> specs = specs(model, given, values.keySet());
    List<ValueSpec> drawn = specs.stream().filter(s -> !values.containsKey(s.name())).toList();
    Map<String, Tensor> random =
        RandomInputs.seeded(seed).withIntegerBound(integerBound(model)).forInputs(drawn, Map.of());
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (ValueSpec spec : specs) {
      InputValue value = values.get(spec.name());
      Tensor tensor = value == null ? random.get(spec.name()) : value.of(spec);
      inputs.put(spec.name(), Objects.requireNonNull(tensor));
    }
    return inputs;
  }

  /** Token ids are indices into tables, of which the smallest counts. */
  private static long integerBound(OnnxModel model) {
    Set<String> inputs = new HashSet<>();
    model.inputs().forEach(input -> inputs.add(input.getName()));
    long bound = INTEGERS;
    for (NodeProto node : model.nodes()) {
      OnnxTensor table = model.initializers().get(node.getInputCount() > 1 ? node.getInput(0) : "");
      if (node.getOpType().equals("Gather")
          && table != null
          && table.rank() > 0
          && inputs.contains(node.getInput(1))) {
        bound = Math.min(bound, table.dim(0));
      }
    }
    return bound;
  }

  static boolean hasImages(Map<String, Tensor> inputs) {
    return inputs.values().stream().anyMatch(TrialInputs::isImage);
  }

  private static boolean isImage(Tensor input) {
    return input.isFloat() && input.shape().length == 4;
  }

  /** The same inputs, but images as pixels, from 0 to 255 with a mean of 128. */
  static Map<String, Tensor> asPixels(Map<String, Tensor> inputs, Set<String> valued) {
    Map<String, Tensor> pixels = new LinkedHashMap<>();
    inputs.forEach(
        (name, input) -> {
          float[] values = input.floats();
          for (int i = 0; i < values.length; i++) {
            values[i] = Math.min(255, Math.max(0, 128 + 64 * values[i]));
          }
          pixels.put(
              name,
              isImage(input) && !valued.contains(name)
                  ? Tensor.ofFloats(values, input.shape())
                  : input);
        });
    return pixels;
  }

  /** The same inputs, but floats other than images and given values are many times as large. */
  static Map<String, Tensor> amplified(Map<String, Tensor> inputs, Set<String> valued) {
    Map<String, Tensor> larger = new LinkedHashMap<>();
    inputs.forEach(
        (name, input) -> {
          float[] values = input.floats();
          for (int i = 0; i < values.length; i++) {
            values[i] *= AMPLIFIED;
          }
          boolean changes = input.isFloat() && !isImage(input) && !valued.contains(name);
          larger.put(name, changes ? Tensor.ofFloats(values, input.shape()) : input);
        });
    return larger;
  }

  private static List<ValueSpec> specs(
      OnnxModel model, Map<String, List<Long>> shapes, Set<String> valued) {
    Map<String, ValueInfoProto> inputs = new LinkedHashMap<>();
    for (ValueInfoProto input : model.inputs()) {
      if (!model.initializers().containsKey(input.getName())) {
        inputs.put(input.getName(), input);
      }
    }
    Set<String> named = new LinkedHashSet<>(shapes.keySet());
    named.addAll(valued);
    for (String name : named) {
      if (!inputs.containsKey(name)) {
        throw new VerificationException(
            model + " has no input '" + name + "'; its inputs are " + inputs.keySet());
      }
    }
    Map<String, Long> sizes = new HashMap<>();
    List<ValueSpec> specs = new ArrayList<>();
    for (ValueInfoProto input : inputs.values()) {
      List<Long> given = shapes.getOrDefault(input.getName(), List.of());
      remember(input.getType().getTensorType(), given, sizes);
    }
    for (ValueInfoProto input : inputs.values()) {
      TypeProto.Tensor type = input.getType().getTensorType();
      List<Long> given = shapes.get(input.getName());
      if (given == null && !type.hasShape()) {
        throw new VerificationException(
            model + " does not state the rank of input '" + input.getName() + "'; give it a shape");
      }
      List<Long> dims = given == null ? dims(type, sizes) : given;
      specs.add(new ValueSpec(input.getName(), type.getElemType(), dims));
    }
    return specs;
  }

  private static void remember(TypeProto.Tensor type, List<Long> given, Map<String, Long> named) {
    List<Dimension> dims = type.getShape().getDimList();
    for (int axis = 0; axis < Math.min(dims.size(), given.size()); axis++) {
      if (!dims.get(axis).getDimParam().isEmpty()) {
        named.put(dims.get(axis).getDimParam(), given.get(axis));
      }
    }
  }

  private static List<Long> dims(TypeProto.Tensor type, Map<String, Long> named) {
    List<Dimension> stated = type.getShape().getDimList();
    List<Long> dims = new ArrayList<>();
    for (int axis = stated.size() - 1; axis >= 0; axis--) {
      Dimension dim = stated.get(axis);
      if (dim.getDimValue() > 0) {
        dims.add(0, dim.getDimValue());
        continue;
      }
      long sample = dims.stream().reduce(1L, (a, b) -> a * b);
      long size = usual(axis, stated.size(), sample);
      dims.add(
          0,
          dim.getDimParam().isEmpty()
              ? size
              : named.computeIfAbsent(dim.getDimParam(), name -> size));
    }
    return dims;
  }

  private static long usual(int axis, int rank, long sample) {
    if (axis == 0) {
      return sample > LARGE_SAMPLE ? 1 : BATCH;
    }
    return rank >= 4 && axis >= 2 ? SPACE : SEQUENCE;
  }
}

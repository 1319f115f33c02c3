package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Random values for float32 weights that are all equal, as files made to measure speed have them:
 * the units of such a layer all compute the same, so that no comparison could tell them apart.
 */
public final class SeededWeights {
  private final OnnxModel model;
  private final long seed;
  private final Map<String, WeightRole> roles;
  private final OnnxEdit edit;
  private final Set<String> replaced = new LinkedHashSet<>();

  private SeededWeights(OnnxModel model, long seed) {
    this.model = model;
    this.seed = seed;
    this.roles = WeightRole.of(model);
    this.edit = new OnnxEdit(model);
  }

  /**
   * The model with random initializers in the place of weights that are all equal, whether they are
   * stored or made by ConstantOfShape nodes. They keep the signal alive from layer to layer; to
   * this end running statistics that were replaced are measured on a random input.
   */
  public static OnnxModel replace(OnnxModel model, long seed) {
    return new SeededWeights(model, seed).replace();
  }

  private OnnxModel replace() {
    model
        .initializers()
        .forEach(
            (name, tensor) -> {
              TensorSource random = random(name, tensor.dataType(), tensor.dims());
              if (random != null && constant(tensor)) {
                edit.replaceInitializer(name, random);
                replaced.add(name);
              }
            });
    for (int i = 0; i < model.nodes().size(); i++) {
      made(i, model.nodes().get(i));
    }
    if (replaced.isEmpty()) {
      return model;
    }
    return RunningStatistics.measure(OnnxModel.of(edit.toBytes()), replaced, seed);
  }

  private void made(int index, NodeProto node) {
    if (!node.getOpType().equals("ConstantOfShape")) {
      return;
    }
    OnnxTensor shape = model.initializers().get(node.getInput(0));
    int type =
        node.getAttributeList().stream()
            .filter(attribute -> attribute.getName().equals("value"))
            .map(AttributeProto::getT)
            .map(value -> value.getDataType())
            .findFirst()
            .orElse(DataTypes.FLOAT);
    TensorSource random = shape == null ? null : random(node.getOutput(0), type, shape.longs());
    if (random != null) {
      edit.removeNode(index).addInitializer(random);
      replaced.add(node.getOutput(0));
    }
  }

  private static boolean constant(OnnxTensor tensor) {
    float[] values = tensor.floats();
    for (float value : values) {
      if (value != values[0]) {
        return false;
      }
    }
    return true;
  }

  /** Values spread evenly around the mean; null for what is no weight. */
  private @Nullable TensorSource random(String name, int dataType, long[] dims) {
    WeightRole role = roles.get(name);
    long count = Arrays.stream(dims).reduce(1, Math::multiplyExact);
    if (role == null || dataType != DataTypes.FLOAT || count < 2) {
      return null;
    }
    SplittableRandom random = new SplittableRandom(31 * seed + name.hashCode());
    double reach = Math.sqrt(3) * role.deviation(dims);
    float[] values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (role.mean() + reach * (2 * random.nextDouble() - 1));
    }
    return TensorSource.ofFloats(name, values, dims);
  }
}

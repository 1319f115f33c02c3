package io.espalier.onnx.verify;

import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.Tensor;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** What rounding alone may do, by the narrowest float type of weights and outputs. */
final class Tolerance {
  private static final double FLOAT = 1e-5;
  private static final double FLOAT16 = 5e-3;
  private static final double BFLOAT16 = 5e-2;

  private Tolerance() {}

  static double of(OnnxModel model, Collection<Tensor> outputs) {
    Set<Integer> types = new HashSet<>();
    outputs.forEach(output -> types.add(output.dataType()));
    model.initializers().values().forEach(tensor -> types.add(tensor.dataType()));
    if (types.contains(DataTypes.BFLOAT16)) {
      return BFLOAT16;
    }
    return types.contains(DataTypes.FLOAT16) ? FLOAT16 : FLOAT;
  }
}

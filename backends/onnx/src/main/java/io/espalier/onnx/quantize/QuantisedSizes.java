package io.espalier.onnx.quantize;

import io.espalier.core.values.FileSizes;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.trace.OnnxSizes;
import io.espalier.onnx.trace.TracedOnnx;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * How many bytes the parts of a model take that is written in eight bits. Weights that become so
 * small that they stay what they are count as if they did not, nodes as they are before.
 */
public final class QuantisedSizes implements FileSizes {
  private final OnnxSizes plain;
  private final TracedOnnx traced;
  private final Weights weights;

  /**
   * @param plain sizes of the parts that stay what they are, and of all that is written
   */
  public QuantisedSizes(OnnxSizes plain, TracedOnnx traced, Weights weights) {
    this.plain = plain;
    this.traced = traced;
    this.weights = weights;
  }

  @Override
  public long total() {
    return plain.total();
  }

  @Override
  public long node(int node) {
    return plain.node(node);
  }

  @Override
  public ToLongFunction<long[]> tensor(int tensor) {
    Optional<OnnxTensor> stored = traced.stored(tensor);
    Arrangement arrangement = stored.map(OnnxTensor::name).map(weights.chosen()::get).orElse(null);
    if (stored.isEmpty() || arrangement == null) {
      return plain.tensor(tensor);
    }
    String name = stored.get().name();
    ToLongFunction<long[]> integers = plain.value(name + "_quantized", DataTypes.UINT8);
    ToLongFunction<long[]> scales = plain.value(name + "_scale", DataTypes.FLOAT);
    ToLongFunction<long[]> zeros = plain.value(name + "_zero_point", DataTypes.UINT8);
    return dims -> {
      long[] groups = {dims[arrangement.axis()]};
      return integers.applyAsLong(dims)
          + scales.applyAsLong(groups)
          + (arrangement == Arrangement.TABLE ? 0 : zeros.applyAsLong(groups));
    };
  }

  @Override
  public int element(int tensor) {
    return plain.element(tensor);
  }
}

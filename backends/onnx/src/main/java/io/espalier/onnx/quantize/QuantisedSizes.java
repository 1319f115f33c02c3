package io.espalier.onnx.quantize;

import io.espalier.core.values.FileSizes;
import io.espalier.core.values.Precision;
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
  private final Precision precision;

  /**
   * @param plain sizes of the parts that stay what they are, and of all that is written
   * @param precision what weights are written as
   */
  public QuantisedSizes(OnnxSizes plain, TracedOnnx traced, Weights weights, Precision precision) {
    this.plain = plain;
    this.traced = traced;
    this.weights = weights;
    this.precision = precision;
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
    if (weights.written(name, precision) == Arrangement.CODES) {
      return codes(name);
    }
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

  private ToLongFunction<long[]> codes(String name) {
    ToLongFunction<long[]> codes = plain.value(name + "_codes", DataTypes.UINT8);
    ToLongFunction<long[]> starts = plain.value(name + "_starts", DataTypes.INT32);
    ToLongFunction<long[]> books = plain.value(name + "_books", DataTypes.FLOAT);
    long width = plain.value(name + "_width", DataTypes.INT64).applyAsLong(new long[] {1});
    return dims -> {
      long groups = dims[1] / TableCodes.WIDTH;
      return codes.applyAsLong(new long[] {dims[0], groups})
          + starts.applyAsLong(new long[] {groups})
          + books.applyAsLong(new long[] {groups * TableCodes.CODES, TableCodes.WIDTH})
          + width;
    };
  }

  @Override
  public int element(int tensor) {
    return plain.element(tensor);
  }
}

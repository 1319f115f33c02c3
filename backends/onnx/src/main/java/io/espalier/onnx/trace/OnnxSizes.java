package io.espalier.onnx.trace;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.core.values.FileSizes;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.ModelSizes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** How many bytes the parts of an ONNX model take. */
public final class OnnxSizes implements FileSizes {
  /** What stands before a message of less than 16 KB. */
  private static final int TAG_AND_LENGTH = 2;

  private final TracedOnnx traced;
  private final ModelSizes sizes;
  private final Map<String, Integer> types = new HashMap<>();
  private final Map<String, Integer> declared = new HashMap<>();
  private final int usual;

  /**
   * @param content what is written of the model
   */
  public OnnxSizes(TracedOnnx traced, OnnxEdit content) {
    this.traced = traced;
    OnnxModel model = traced.model();
    this.sizes = new ModelSizes(model, content);
    for (ValueInfoProto info : model.valueInfos()) {
      declare(info);
      declared.put(info.getName(), info.getSerializedSize() + TAG_AND_LENGTH);
    }
    model.inputs().forEach(this::declare);
    model.outputs().forEach(this::declare);
    this.usual =
        model.initializers().values().stream()
            .filter(tensor -> DataTypes.isFloating(tensor.dataType()))
            .max(Comparator.comparingLong(OnnxTensor::byteSize))
            .map(OnnxTensor::dataType)
            .orElse(DataTypes.FLOAT);
  }

  private void declare(ValueInfoProto value) {
    int type = value.getType().getTensorType().getElemType();
    if (DataTypes.bits(type) > 0) {
      types.put(value.getName(), type);
    }
  }

  @Override
  public long total() {
    return sizes.total();
  }

  @Override
  public long node(int node) {
    int index = traced.onnxIndex(node);
    long bytes = index < 0 ? 0 : sizes.node(index);
    for (int output : traced.graph().nodes().get(node).outputs()) {
      bytes += output < 0 ? 0 : declared.getOrDefault(traced.graph().tensor(output).name(), 0);
    }
    return bytes;
  }

  @Override
  public ToLongFunction<long[]> tensor(int tensor) {
    int node = traced.constantNode(tensor);
    Optional<OnnxTensor> stored = traced.stored(tensor);
    if (stored.isEmpty()) {
      return dims -> 0;
    }
    if (node < 0) {
      return sizes.initializer(stored.get());
    }
    ToLongFunction<long[]> value = sizes.value(stored.get());
    long around = sizes.node(node) - value.applyAsLong(stored.get().dims());
    return dims -> around + value.applyAsLong(dims);
  }

  /** A tensor that is written anew, by its dimensions: as {@link ModelSizes#value}. */
  public ToLongFunction<long[]> value(String name, int type) {
    return sizes.value(name, type);
  }

  /**
   * By the type that is declared; without one, that of a 64-bit integer, or of most of the
   * floating-point parameters.
   */
  @Override
  public int element(int tensor) {
    int other = traced.graph().integral(tensor) ? DataTypes.INT64 : usual;
    int type = types.getOrDefault(traced.graph().tensor(tensor).name(), other);
    return Math.max(1, DataTypes.bits(type) / Byte.SIZE);
  }
}

package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** How many bytes the parts of a model take in the files that it is written to. */
public final class ModelSizes {
  private final long total;
  private final boolean external;
  private final List<Field> nodes;
  private final Map<String, Integer> initializers = new HashMap<>();

  /**
   * @param edit what is written; without changes, the model
   */
  public ModelSizes(OnnxModel model, OnnxEdit edit) {
    this.total = ModelWriter.size(edit.isEmpty() ? model : edit.model(), edit);
    this.external = model.tensors().stream().anyMatch(OnnxTensor::isExternal);
    this.nodes = model.skeleton().graphFields(GraphProto.NODE_FIELD_NUMBER);
    List<Field> fields = model.skeleton().graphFields(GraphProto.INITIALIZER_FIELD_NUMBER);
    for (int i = 0; i < fields.size(); i++) {
      initializers.put(model.tensors().get(i).name(), fields.get(i).end() - fields.get(i).start());
    }
  }

  /** Everything. */
  public long total() {
    return total;
  }

  /** A node. */
  public long node(int index) {
    return nodes.get(index).end() - (long) nodes.get(index).start();
  }

  /** An initializer, by its dimensions: those that it has or others. */
  public ToLongFunction<long[]> initializer(OnnxTensor tensor) {
    ToLongFunction<long[]> anew = value(tensor);
    Integer whole = initializers.get(tensor.name());
    if (whole == null || external) {
      return anew;
    }
    long[] original = tensor.dims();
    return dims -> Arrays.equals(dims, original) ? whole : anew.applyAsLong(dims);
  }

  /** A tensor that is written anew, by its dimensions. */
  public ToLongFunction<long[]> value(OnnxTensor tensor) {
    return value(tensor.name(), tensor.dataType());
  }

  /**
   * A tensor that is written anew, by its dimensions.
   *
   * @param type of its elements, one of the numbers in {@link DataTypes}
   */
  public ToLongFunction<long[]> value(String name, int type) {
    int named =
        CodedOutputStream.computeStringSize(TensorProto.NAME_FIELD_NUMBER, name)
            + CodedOutputStream.computeInt32Size(TensorProto.DATA_TYPE_FIELD_NUMBER, type);
    return dims -> {
      long elements = 1;
      int header = named;
      for (long dim : dims) {
        elements *= dim;
        header += 1 + CodedOutputStream.computeUInt64SizeNoTag(dim);
      }
      long bytes = DataTypes.bytes(type, elements);
      if (external && bytes >= WritePlan.SMALLEST_EXTERNAL) {
        return header + ExternalDataFile.aligned(bytes);
      }
      long body = header + 1 + CodedOutputStream.computeUInt64SizeNoTag(bytes) + bytes;
      return 1 + CodedOutputStream.computeUInt64SizeNoTag(body) + body;
    };
  }
}

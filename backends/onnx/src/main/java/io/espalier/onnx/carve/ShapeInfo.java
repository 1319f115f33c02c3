package io.espalier.onnx.carve;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.core.values.Cut;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.trace.TracedOnnx;
import io.espalier.trace.Layout;
import java.util.List;
import java.util.Map;

/** Brings the shapes that a model declares for its inner tensors up to date. */
final class ShapeInfo {
  private final OnnxModel model;
  private final TracedOnnx traced;
  private final Cut cut;

  ShapeInfo(TracedOnnx traced, Cut cut) {
    this.model = traced.model();
    this.traced = traced;
    this.cut = cut;
  }

  /**
   * Updates inner tensors, and initializers that old files list among the inputs.
   *
   * @param replaced the new dimensions of initializers that were replaced, by name
   */
  void update(OnnxEdit edit, Map<String, long[]> replaced) {
    for (int i = 0; i < model.valueInfos().size(); i++) {
      ValueInfoProto info = model.valueInfos().get(i);
      int tensor = traced.tensorId(info.getName());
      List<Layout> layouts = tensor < 0 ? null : cut.map().tensor(tensor);
      long[] constant = replaced.get(info.getName());
      if (constant != null) {
        edit.replaceValueInfo(i, resized(info, constant));
      } else if (layouts != null && layouts.stream().anyMatch(cut::cuts)) {
        edit.replaceValueInfo(i, resized(info, layouts.stream().mapToLong(cut::extent).toArray()));
      }
    }
    for (int i = 0; i < model.inputs().size(); i++) {
      ValueInfoProto info = model.inputs().get(i);
      long[] dims = replaced.get(info.getName());
      if (dims != null) {
        edit.replaceInput(i, resized(info, dims));
      }
    }
  }

  /** The same tensor with other lengths; dimensions that are open stay open. */
  private static ValueInfoProto resized(ValueInfoProto info, long[] dims) {
    ValueInfoProto.Builder builder = info.toBuilder();
    TensorShapeProto.Builder shape =
        builder.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
    for (int i = 0; i < Math.min(shape.getDimCount(), dims.length); i++) {
      if (shape.getDim(i).getDimValue() > 0) {
        shape.getDimBuilder(i).setDimValue(dims[i]);
      }
    }
    return builder.build();
  }
}

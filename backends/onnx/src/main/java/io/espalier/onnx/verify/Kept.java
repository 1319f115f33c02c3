package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.runtime.ValueSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Kept indices of an axis, as tensors. */
final class Kept {
  private Kept() {}

  /**
   * Checks that kept indices ascend and lie inside the axis.
   *
   * @throws VerificationException if not
   */
  static void check(NodeEdit node, ValueSpec value, int axis, List<Integer> kept) {
    boolean sound = axis >= 0 && axis < value.dims().size() && !kept.isEmpty();
    int last = -1;
    for (int index : kept) {
      sound &= index > last;
      last = index;
    }
    if (!sound || last >= value.dims().get(axis)) {
      throw new VerificationException(
          "the manifest keeps "
              + kept
              + " on axis "
              + axis
              + " of the input "
              + value
              + " of "
              + node
              + ", which are not ascending indices of such an axis; give the manifest of this"
              + " model, made at the same input sizes");
    }
  }

  /** The indices themselves. */
  static TensorProto indices(List<Integer> kept) {
    ByteBuffer bytes = ByteBuffer.allocate(kept.size() * Long.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    kept.forEach(bytes::putLong);
    return TensorProto.newBuilder()
        .setDataType(DataTypes.INT64)
        .addDims(kept.size())
        .setRawData(ByteString.copyFrom(bytes.flip()))
        .build();
  }

  /** For each index of the whole axis its position among the kept ones, 0 for the others. */
  static TensorProto positions(List<Integer> kept, long extent) {
    Integer[] positions = new Integer[Math.toIntExact(extent)];
    java.util.Arrays.fill(positions, 0);
    for (int i = 0; i < kept.size(); i++) {
      positions[kept.get(i)] = i;
    }
    return indices(List.of(positions));
  }
}

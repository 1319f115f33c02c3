package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares values that two models compute of parameters alone. */
final class ComputedSlices {
  private ComputedSlices() {}

  /**
   * Runs what a model computes of parameters alone, and nothing else.
   *
   * @param names the values that are asked for
   */
  static Map<String, Tensor> values(OnnxModel model, Set<String> names, SessionSettings settings) {
    ParameterValues parameters = new ParameterValues(model);
    Map<String, Tensor> values = new HashMap<>();
    OnnxEdit edit = new OnnxEdit(model);
    for (int i = 0; i < model.nodes().size(); i++) {
      if (!model.nodes().get(i).getOutputList().stream().anyMatch(parameters::contains)) {
        edit.removeNode(i);
      }
    }
    for (int i = 0; i < model.inputs().size(); i++) {
      if (!parameters.contains(model.inputs().get(i).getName())) {
        edit.removeInput(i);
      }
    }
    for (int i = 0; i < model.outputs().size(); i++) {
      edit.removeOutput(i);
    }
    boolean runs = false;
    for (String name : names) {
      OnnxTensor stored = parameters.stored(name);
      if (stored != null) {
        values.put(name, Tensor.of(stored));
      } else {
        edit.addOutput(ValueInfoProto.newBuilder().setName(name).build());
        runs = true;
      }
    }
    if (runs) {
      try (OnnxSession session = OnnxSession.open(edit, settings)) {
        values.putAll(session.runForNumbers(Map.of()));
      }
    }
    return values;
  }

  /** The floats that are kept. */
  static Tensor slice(Tensor whole, Map<Integer, List<Integer>> keep) {
    long[] dims = whole.shape();
    keep.forEach((axis, kept) -> dims[axis] = kept.size());
    float[] values = whole.floats();
    int[] positions = positions(whole.shape(), dims, keep);
    float[] sliced = new float[positions.length];
    for (int i = 0; i < sliced.length; i++) {
      sliced[i] = values[positions[i]];
    }
    return Tensor.ofFloats(sliced, dims);
  }

  /**
   * Whether a tensor is a slice of another.
   *
   * @param keep the kept indices of each axis that was cut
   * @param tolerance how far floats may be off, relative to the largest
   */
  static boolean agree(
      Tensor whole, Tensor part, Map<Integer, List<Integer>> keep, double tolerance) {
    long[] dims = whole.shape();
    if (!StoredSlices.fits(dims, keep)) {
      return false;
    }
    long[] expected = dims.clone();
    keep.forEach((axis, kept) -> expected[axis] = kept.size());
    if (!Arrays.equals(expected, part.shape()) || whole.isFloat() != part.isFloat()) {
      return false;
    }
    int[] positions = positions(dims, expected, keep);
    if (!whole.isFloat()) {
      long[] before = whole.longs();
      long[] after = part.longs();
      long[] kept = Arrays.stream(positions).mapToLong(at -> before[at]).toArray();
      return Arrays.equals(kept, after)
          || (keep.isEmpty() && dims.length <= 1 && StoredSlices.mayFollowWidths(before, after));
    }
    float[] before = whole.floats();
    float[] after = part.floats();
    double scale = Comparison.magnitude(0, whole);
    for (int i = 0; i < after.length; i++) {
      float one = before[positions[i]];
      boolean same =
          Float.compare(one, after[i]) == 0
              || Math.abs((double) one - after[i]) <= tolerance * scale;
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /** For each element of the slice, where it stands in the whole. */
  private static int[] positions(long[] dims, long[] part, Map<Integer, List<Integer>> keep) {
    int count = Math.toIntExact(Arrays.stream(part).reduce(1, Math::multiplyExact));
    int[] positions = new int[count];
    int[] at = new int[dims.length];
    for (int i = 0; i < count; i++) {
      int position = 0;
      for (int axis = 0; axis < dims.length; axis++) {
        List<Integer> kept = keep.get(axis);
        position = position * (int) dims[axis] + (kept == null ? at[axis] : kept.get(at[axis]));
      }
      positions[i] = position;
      for (int axis = dims.length - 1; axis >= 0 && ++at[axis] == part[axis]; axis--) {
        at[axis] = 0;
      }
    }
    return positions;
  }
}

package io.espalier.onnx.verify;

import io.espalier.core.Manifest;
import io.espalier.core.Manifest.CutParameter;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Wrong manifests, to show that a check can see: it has to fail for each of them, or a pass proves
 * nothing.
 */
public final class Control {
  private Control() {}

  /**
   * Manifests that differ from the given one by a single edge, one of whose axes keeps the next
   * index instead of each.
   *
   * @param count how many; fewer come back if fewer axes were cut
   */
  public static List<Manifest> shiftedByOne(Manifest manifest, RandomGenerator random, int count) {
    return shiftedByOne(manifest, random, count, shift -> true);
  }

  /**
   * As above, but never on an edge where a shift changes nothing: where the initializer holds
   * nothing but zeros in what the shift adds and drops, as biases of untrained layers do.
   */
  public static List<Manifest> shiftedByOne(
      OnnxModel original, Manifest manifest, RandomGenerator random, int count) {
    return shiftedByOne(manifest, random, count, shift -> shift.changes(original));
  }

  private static List<Manifest> shiftedByOne(
      Manifest manifest, RandomGenerator random, int count, Predicate<Shift> suits) {
    List<Shift> shifts = new ArrayList<>();
    for (int entry = 0; entry < manifest.parameters().size(); entry++) {
      CutParameter cut = manifest.parameters().get(entry);
      for (int axis : cut.keep().keySet()) {
        if (cut.mask()) {
          shifts.add(new Shift(random.nextLong(), entry, axis, cut));
        }
      }
    }
    return shifts.stream()
        .sorted(Comparator.comparingLong(Shift::key))
        .filter(shift -> !shift.cut().equals(shift.shifted()))
        .filter(suits)
        .limit(count)
        .map(
            shift -> {
              List<CutParameter> changed = new ArrayList<>(manifest.parameters());
              changed.set(shift.entry(), shift.shifted());
              return new Manifest(changed, manifest.skipped(), manifest.normalised());
            })
        .toList();
  }

  /**
   * One axis of one edge.
   *
   * @param key a random number, by which shifts are put in order
   * @param entry the position of the edge among all of them
   */
  private record Shift(long key, int entry, int axis, CutParameter cut) {
    CutParameter shifted() {
      Map<Integer, List<Integer>> keep = new TreeMap<>(cut.keep());
      int extent = Math.toIntExact(cut.shape().get(axis));
      keep.computeIfPresent(
          axis, (key, kept) -> kept.stream().map(i -> (i + 1) % extent).sorted().toList());
      return new CutParameter(
          cut.node(), cut.output(), cut.input(), cut.initializer(), cut.shape(), keep, cut.mask());
    }

    boolean changes(OnnxModel model) {
      OnnxTensor tensor = model.initializers().get(cut.initializer());
      if (tensor == null
          || !DataTypes.isFloating(tensor.dataType())
          || tensor.elementCount() != cut.shape().stream().reduce(1L, (a, b) -> a * b)) {
        return true;
      }
      CutParameter shifted = shifted();
      float[] values = tensor.floats();
      for (int i = 0; i < values.length; i++) {
        if (values[i] != 0 && keeps(cut, i) != keeps(shifted, i)) {
          return true;
        }
      }
      return false;
    }

    private static boolean keeps(CutParameter cut, int element) {
      int rest = element;
      for (int axis = cut.shape().size() - 1; axis >= 0; axis--) {
        int extent = Math.toIntExact(cut.shape().get(axis));
        List<Integer> kept = cut.keep().get(axis);
        if (kept != null && !kept.contains(rest % extent)) {
          return false;
        }
        rest /= extent;
      }
      return true;
    }
  }
}

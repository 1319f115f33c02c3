package io.espalier.onnx.verify;

import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.CutParameter;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Wrong manifests, to show that a check can see: it has to fail for each of them, or a pass proves
 * nothing.
 */
public final class Control {
  /** Many times the tolerance: what is to be seen is some part of this. */
  private static final double VISIBLE = 10;

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
   * As above, but only edges that matter to the original: without the units that the shift drops,
   * and nothing else changed, it computes something else. The biases of untrained layers are zero,
   * and a softmax does not see the bias of its keys; no check could, either.
   */
  public static List<Manifest> shiftedByOne(
      OnnxModel original, Manifest manifest, RandomGenerator random, int count) {
    return shiftedByOne(original, manifest, random, count, Map.of());
  }

  /**
   * As above.
   *
   * @param shapes shapes by input name, for inputs that leave dimensions open
   */
  public static List<Manifest> shiftedByOne(
      OnnxModel original,
      Manifest manifest,
      RandomGenerator random,
      int count,
      Map<String, List<Long>> shapes) {
    Map<String, Tensor> inputs = TrialInputs.of(original, 0, shapes);
    Map<String, Tensor> whole = run(new OnnxEdit(original), inputs);
    double visible = VISIBLE * Tolerance.of(original, whole.values());
    return shiftedByOne(
        manifest,
        random,
        count,
        shift -> {
          Manifest without = new Manifest(List.of(shift.without()), List.of(), List.of());
          OnnxEdit damaged = MaskedReference.of(original, without, inputs);
          return Comparison.error(whole, run(damaged, inputs)) > visible;
        });
  }

  private static Map<String, Tensor> run(OnnxEdit edit, Map<String, Tensor> inputs) {
    try (OnnxSession session = OnnxSession.open(edit, SessionSettings.plain())) {
      return session.run(inputs);
    }
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
              return manifest.withCut(changed, manifest.skipped(), manifest.normalised());
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
      return with(keep);
    }

    /** The edge without the units that a shift drops, and with all others. */
    CutParameter without() {
      List<Integer> kept = cut.keep().getOrDefault(axis, List.of());
      List<Integer> shifted = shifted().keep().getOrDefault(axis, List.of());
      List<Integer> others =
          IntStream.range(0, Math.toIntExact(cut.shape().get(axis)))
              .filter(i -> !kept.contains(i) || shifted.contains(i))
              .boxed()
              .toList();
      return with(Map.of(axis, others));
    }

    private CutParameter with(Map<Integer, List<Integer>> keep) {
      return new CutParameter(
          cut.node(), cut.output(), cut.input(), cut.initializer(), cut.shape(), keep, cut.mask());
    }
  }
}

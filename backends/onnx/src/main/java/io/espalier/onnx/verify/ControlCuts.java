package io.espalier.onnx.verify;

import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.CutNormalised;
import io.espalier.core.values.Manifest.CutParameter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Wrong cuts beside a right one, of which a comparison has to see at least one: other units are
 * kept, or one less, or blocks stay that were taken out.
 */
final class ControlCuts {
  private ControlCuts() {}

  /** The wrong cuts, the likeliest to be seen first. */
  static List<Manifest> of(Manifest manifest) {
    List<Manifest> controls = new ArrayList<>();
    boolean masked = manifest.parameters().stream().anyMatch(CutParameter::mask);
    if (masked || !manifest.normalised().isEmpty()) {
      for (Move move : moves()) {
        controls.add(changed(manifest, move, masked));
      }
    }
    if (!manifest.skipped().isEmpty()) {
      controls.add(manifest.withCut(manifest.parameters(), List.of(), manifest.normalised()));
    }
    return controls;
  }

  /** What becomes of the kept indices of an axis. */
  private interface Move {
    List<Integer> of(List<Integer> kept, int extent);
  }

  private static List<Move> moves() {
    return List.of(
        (kept, extent) -> shifted(kept, extent, 1),
        (kept, extent) -> shifted(kept, extent, Math.max(1, extent / 2)),
        (kept, extent) -> shifted(kept, extent, Math.max(1, extent - kept.size())),
        (kept, extent) -> kept.size() > 1 ? kept.subList(1, kept.size()) : kept);
  }

  private static List<Integer> shifted(List<Integer> kept, int extent, int by) {
    return kept.stream().map(index -> (index + by) % extent).sorted().toList();
  }

  private static Manifest changed(Manifest manifest, Move move, boolean masked) {
    List<CutParameter> parameters = new ArrayList<>();
    for (CutParameter cut : manifest.parameters()) {
      Map<Integer, List<Integer>> keep = new TreeMap<>();
      cut.keep()
          .forEach(
              (axis, kept) ->
                  keep.put(axis, move.of(kept, Math.toIntExact(cut.shape().get(axis)))));
      parameters.add(
          new CutParameter(
              cut.node(),
              cut.output(),
              cut.input(),
              cut.initializer(),
              cut.shape(),
              keep,
              cut.mask()));
    }
    List<CutNormalised> normalised = new ArrayList<>();
    for (CutNormalised cut : masked ? List.<CutNormalised>of() : manifest.normalised()) {
      // no extent stands there: the next unit, unless the last ones are kept
      Set<Integer> other = new LinkedHashSet<>();
      int last = cut.keep().get(cut.keep().size() - 1);
      IntStream.rangeClosed(0, last)
          .filter(index -> !cut.keep().contains(index))
          .limit(cut.keep().size())
          .forEach(other::add);
      cut.keep().stream().limit(cut.keep().size() - other.size()).forEach(other::add);
      normalised.add(
          new CutNormalised(
              cut.node(), cut.output(), cut.input(), cut.axis(), other.stream().sorted().toList()));
    }
    return manifest.withCut(
        parameters, manifest.skipped(), masked ? manifest.normalised() : normalised);
  }
}

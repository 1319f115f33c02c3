package io.espalier.core.compensation;

import io.espalier.core.values.Cut;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was solved for networks that were cut from one original and repaired with the same data, so
 * that those that are cut alike up to some layer are repaired once up to there. It changes no
 * result. For one thread at a time.
 */
public final class RepairMemory {
  /** Values are remembered up to so many bytes. */
  private static final long ROOM = 100_000_000;

  private final List<Layout.Symbol> symbols;
  private final int[] first;
  private final Moment start = new Moment(Map.of());
  private long taken;

  /**
   * Remembers nothing yet.
   *
   * @param map of the original
   */
  public RepairMemory(SymMap map) {
    this.symbols = map.symbols();
    this.first = new int[symbols.size()];
    Arrays.fill(first, Integer.MAX_VALUE);
    for (GraphNode node : map.graph().nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        see(map.input(node.index(), i), node.index());
      }
      for (int output : node.outputs()) {
        see(output < 0 ? null : map.tensor(output), node.index());
      }
    }
  }

  private void see(@Nullable List<Layout> axes, int node) {
    if (axes != null) {
      axes.forEach(
          axis ->
              Layout.forEachSymbol(
                  axis, symbol -> first[symbol.index()] = Math.min(first[symbol.index()], node)));
    }
  }

  /** A moment of a repair: what was solved until then follows from its step and those before. */
  static final class Moment {
    private final Map<String, float[]> changed;
    private final Map<Step, Moment> next = new HashMap<>();

    private Moment(Map<String, float[]> changed) {
      this.changed = changed;
    }

    /** The new weights that the step to this moment brought. */
    Map<String, float[]> changed() {
      return changed;
    }
  }

  /**
   * What a step of a repair depends on, beside the steps before it.
   *
   * @param sites the names of the weights
   * @param aims the tensors that they aim at
   * @param rectified as in a probe's aim
   * @param units those that are kept of each width that is met up to there
   * @param replaced the outputs of blocks that were taken out
   */
  record Step(
      List<String> sites,
      List<Integer> aims,
      boolean rectified,
      List<List<Integer>> units,
      List<Integer> replaced) {}

  /** Where every repair begins. */
  Moment start() {
    return start;
  }

  /**
   * A step.
   *
   * @param last the last node of the original that is looked at
   */
  Step step(List<String> sites, List<Integer> aims, boolean rectified, Cut cut, int last) {
    List<List<Integer>> units = new ArrayList<>();
    for (Layout.Symbol symbol : symbols) {
      if (first[symbol.index()] <= last) {
        units.add(Arrays.stream(cut.units(symbol)).boxed().toList());
      }
    }
    return new Step(sites, aims, rectified, units, cut.replacedTensors());
  }

  /** What came of a step, if it was taken before. */
  Optional<Moment> known(Moment before, Step step) {
    return Optional.ofNullable(before.next.get(step));
  }

  /** Keeps what came of a step, as long as there is room. */
  Moment keep(Moment before, Step step, Map<String, float[]> changed) {
    Moment moment = new Moment(changed);
    long bytes = changed.values().stream().mapToLong(v -> (long) v.length * Float.BYTES).sum();
    if (taken + bytes <= ROOM) {
      taken += bytes;
      before.next.put(step, moment);
    }
    return moment;
  }
}

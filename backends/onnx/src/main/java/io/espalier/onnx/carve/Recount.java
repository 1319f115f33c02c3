package io.espalier.onnx.carve;

import io.espalier.core.values.Cut;
import io.espalier.spi.Ints;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Positions along axes of which something goes: those of what stays, counted anew. */
final class Recount {
  private final List<int[]> kept = new ArrayList<>();
  private final List<int[]> ranks = new ArrayList<>();
  private final Ints before;

  /**
   * @param positions what the input holds
   * @param before its elements in the original
   */
  Recount(NodeFacts.Positions positions, Cut cut, Ints before) {
    this.before = before;
    positions.places().forEach(place -> kept.add(kept(place, cut)));
    if (before.shape().size() > kept.size()) {
      kept.add(IntStream.range(0, positions.along().size()).toArray());
    }
    for (Layout axis : positions.along()) {
      int[] rank = new int[Math.toIntExact(axis.extent())];
      Arrays.fill(rank, -1);
      int[] units = kept(axis, cut);
      for (int i = 0; i < units.length; i++) {
        rank[units[i]] = i;
      }
      ranks.add(rank);
    }
  }

  private static int[] kept(Layout axis, Cut cut) {
    int[] units = cut.kept(axis);
    return units == null ? IntStream.range(0, Math.toIntExact(axis.extent())).toArray() : units;
  }

  long[] shape() {
    return kept.stream().mapToLong(units -> units.length).toArray();
  }

  /** The positions, row-major; what counts from the end is counted from the front. */
  long[] values() {
    long[] values = new long[Math.toIntExact(Arrays.stream(shape()).reduce(1, (a, b) -> a * b))];
    int[] place = new int[kept.size()];
    for (int i = 0; i < values.length; i++) {
      int at = 0;
      for (int axis = 0; axis < place.length; axis++) {
        at = at * before.shape().get(axis) + kept.get(axis)[place[axis]];
      }
      int[] rank = ranks.get(ranks.size() == 1 ? 0 : place[place.length - 1]);
      long position = before.value(at);
      values[i] = rank[Math.toIntExact(position < 0 ? position + rank.length : position)];
      if (values[i] < 0) {
        throw new IllegalStateException("a position that stays is one of what goes");
      }
      for (int axis = place.length - 1;
          axis >= 0 && ++place[axis] == kept.get(axis).length;
          axis--) {
        place[axis] = 0;
      }
    }
    return values;
  }
}

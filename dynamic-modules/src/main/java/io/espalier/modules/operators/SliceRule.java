package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Element;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A range of one or more axes. An axis is cut at the bounds, and the bounds follow the parts that
 * they count: from the front where they are given so, from the back where they are negative. A step
 * other than 1 freezes the axis, unless the slice takes the same element out of every run of as
 * many as the step: then runs stay or go as a whole.
 */
@AutoService(OperatorRule.class)
public final class SliceRule implements OperatorRule {
  private static final String STARTS = "starts";
  private static final String ENDS = "ends";

  @Override
  public Set<OpId> operators() {
    return Operators.standard("Slice");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Optional<Ints> starts = node.ints(STARTS, 1);
    Optional<Ints> ends = node.ints(ENDS, 2);
    Optional<Ints> axes = node.ints("axes", 3);
    Optional<Ints> steps = node.ints("steps", 4);
    if (starts.isEmpty()
        || ends.isEmpty()
        || (axes.isEmpty() && node.input(3).present())
        || (steps.isEmpty() && node.input(4).present())) {
      t.unsupported(Reasons.fromData("its bounds are"));
      return;
    }
    int count = starts.get().size();
    if (ends.get().size() != count
        || axes.filter(given -> given.size() != count).isPresent()
        || steps.filter(given -> given.size() != count).isPresent()) {
      t.unsupported("its starts, ends, axes and steps differ in number");
      return;
    }
    List<Axis> y = new ArrayList<>(x.axes());
    for (int i = 0; i < count; i++) {
      long given = axes.isPresent() ? axes.get().value(i) : i;
      int axis = (int) (given < 0 ? given + x.rank() : given);
      long step = steps.isPresent() ? steps.get().value(i) : 1;
      if (!Axes.inside(axis, x.rank()) || step == 0) {
        t.unsupported("its axis " + given + " is not one of its input, or its step is 0");
        return;
      }
      Cut cut = new Cut(t, node, i, starts.get().value(i), ends.get().value(i));
      y.set(axis, step == 1 ? cut.range(y.get(axis)) : cut.strided(y.get(axis), step));
    }
    t.output(0, y);
  }

  /** The range of one axis. */
  private record Cut(Typing t, Node node, int index, long start, long end) {
    Axis range(Axis axis) {
      long n = axis.extent();
      long from = clamp(start, n, 0, n);
      long to = Math.max(from, clamp(end, n, 0, n));
      List<Axis> parts = new ArrayList<>();
      long[] sizes = {from, to - from, n - to};
      List<Axis> pieces = t.split(axis, Arrays.stream(sizes).filter(size -> size > 0).toArray());
      int next = 0;
      for (long size : sizes) {
        parts.add(size > 0 ? pieces.get(next++) : t.fixed(0));
      }
      Target.of(node, t, STARTS, 1).set(index, bound(start, n, parts, 1));
      Target.of(node, t, ENDS, 2).set(index, bound(end, n, parts, 2));
      return parts.get(1);
    }

    /** What a bound must be so that this many parts stand before it. */
    private Element bound(long given, long n, List<Axis> parts, int before) {
      long at = given < 0 ? given + n : given;
      if (given == 0 || at < 0 || at > n) {
        return t.number(given);
      }
      Element counted =
          t.extentOf(
              t.concat(given > 0 ? parts.subList(0, before) : parts.subList(before, parts.size())));
      return given > 0 ? counted : t.compute((x, y) -> y - x, counted, t.number(0));
    }

    Axis strided(Axis axis, long step) {
      long n = axis.extent();
      long from = clamp(start, n, step > 0 ? 0 : -1, step > 0 ? n : n - 1);
      long to = clamp(end, n, step > 0 ? 0 : -1, step > 0 ? n : n - 1);
      String reason = step == -1 ? "it is reversed" : "a slice of step " + step + " picks from it";
      if (takesOneOfEach(n, step, from, to)) {
        return oneOfEach(axis, step, reason);
      }
      t.freeze(axis, reason);
      long span = step > 0 ? to - from : from - to;
      long stride = Math.abs(step);
      return Axes.frozen(t, Math.max(0, (span + stride - 1) / stride), reason);
    }

    /**
     * Whether every run of as many elements as the step gives the one at the same place, and does
     * so with any number of runs: an end anywhere in or behind the last run takes nothing more.
     */
    private boolean takesOneOfEach(long n, long step, long from, long to) {
      return step > 1
          && n % step == 0
          && from < step
          && to > n - step + from
          && (start >= 0 || from == 0);
    }

    /** Interleaved parts, such as the pairs that a rotary embedding turns. */
    private Axis oneOfEach(Axis axis, long step, String reason) {
      List<Axis> runs = t.factor(axis, axis.extent() / step, step);
      t.freeze(runs.get(1), reason);
      return runs.get(0);
    }

    private static long clamp(long index, long n, long low, long high) {
      long at = index < 0 && index >= -n ? index + n : index;
      return Math.max(low, Math.min(high, at));
    }
  }
}

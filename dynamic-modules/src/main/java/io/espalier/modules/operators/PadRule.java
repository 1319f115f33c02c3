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
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Elements added to, or with negative numbers taken from, the ends of axes. Constants stand beside
 * what the axis was; what is taken away is cut off; any other mode freezes the axes it pads.
 */
@AutoService(OperatorRule.class)
public final class PadRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Pad");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    String attribute = node.attributes().numbers("paddings").isPresent() ? "paddings" : "pads";
    Optional<Ints> pads = node.ints(attribute, 1);
    Optional<Ints> axes = node.ints("axes", 3);
    if (pads.isEmpty() || (axes.isEmpty() && node.input(3).present())) {
      t.unsupported(Reasons.fromData("its padding is"));
      return;
    }
    int count = axes.map(Ints::size).orElse(x.rank());
    if (pads.get().size() != 2 * count) {
      t.unsupported("its pads do not have two entries for each axis");
      return;
    }
    boolean constant = node.attributes().text("mode", "constant").equals("constant");
    Target target = Target.of(node, t, attribute, 1);
    List<Axis> y = new ArrayList<>(x.axes());
    for (int i = 0; i < count; i++) {
      long given = axes.isPresent() ? axes.get().value(i) : i;
      int axis = (int) (given < 0 ? given + x.rank() : given);
      long begin = pads.get().value(i);
      long end = pads.get().value(count + i);
      if (!Axes.inside(axis, x.rank())
          || Math.addExact(Math.addExact(y.get(axis).extent(), begin), end) < 1) {
        t.unsupported("its axis " + given + " is not one of its input, or nothing is left of it");
        return;
      }
      if (begin == 0 && end == 0) {
        continue;
      }
      if (constant) {
        y.set(axis, padded(t, target, y.get(axis), begin, i, end, count + i));
      } else {
        String reason = "it is padded with elements of its own";
        t.freeze(y.get(axis), reason);
        y.set(axis, Axes.frozen(t, y.get(axis).extent() + begin + end, reason));
      }
    }
    t.output(0, y);
  }

  private static Axis padded(
      Typing t, Target target, Axis axis, long begin, int beginAt, long end, int endAt) {
    long n = axis.extent();
    if (n + Math.min(0, begin) + Math.min(0, end) < 1) {
      String reason = "nothing of it is left but padding";
      t.freeze(axis, reason);
      return Axes.frozen(t, n + begin + end, reason);
    }
    Axis kept = axis;
    if (begin < 0) {
      List<Axis> parts = t.split(kept, -begin, kept.extent() + begin);
      target.set(beginAt, negative(t, parts.get(0)));
      kept = parts.get(1);
    }
    if (end < 0) {
      List<Axis> parts = t.split(kept, kept.extent() + end, -end);
      target.set(endAt, negative(t, parts.get(1)));
      kept = parts.get(0);
    }
    List<Axis> segments = new ArrayList<>();
    if (begin > 0) {
      segments.add(Axes.frozen(t, begin, "it is padding"));
    }
    segments.add(kept);
    if (end > 0) {
      segments.add(Axes.frozen(t, end, "it is padding"));
    }
    return t.concat(segments);
  }

  private static Element negative(Typing t, Axis removed) {
    return t.compute((x, y) -> y - x, t.extentOf(removed), t.number(0));
  }
}

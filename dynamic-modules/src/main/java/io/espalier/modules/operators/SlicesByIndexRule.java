package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
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
import java.util.stream.LongStream;

/**
 * Slices read or written by index: data [batch..., picked..., rest...], indices [batch...,
 * places..., k], slices [batch..., places..., rest...]. Constant positions that spell ranges cut
 * the k axes that are picked from; else these are frozen. The rest carries over.
 */
@AutoService(OperatorRule.class)
public final class SlicesByIndexRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("GatherND", "ScatterND");
  }

  @Override
  public void type(Node node, Typing t) {
    Value data = node.input(0);
    Value indices = node.input(1);
    Value updates = node.input(2);
    int batch = (int) node.attributes().number("batch_dims", 0);
    int places = indices.rank() - 1;
    long picked = places < 0 ? 0 : indices.axis(-1).extent();
    if (batch < 0 || places < batch || batch + picked > data.rank()) {
      t.unsupported("its indices do not fit its data");
      return;
    }
    int rest = batch + (int) picked;
    if (!updates.present() && batch == 0 && picked == 1) {
      t.freeze(indices.axis(-1), "it counts the axes that are picked from");
      List<Axis> slices = new ArrayList<>(GatherRule.picked(node, t, data.axis(0), places));
      slices.addAll(data.axes().subList(1, data.rank()));
      t.output(0, slices);
      return;
    }
    if (updates.present() && isBox(node, t)) {
      t.output(0, data.axes());
      return;
    }
    t.freeze(indices.axis(-1), "it counts the axes that are picked from");
    List<Axis> slices = new ArrayList<>(indices.axes().subList(0, places));
    for (int i = 0; i < rest; i++) {
      if (i < batch) {
        t.unify(data.axis(i), indices.axis(i));
      } else {
        t.freeze(data.axis(i), "slices are picked from it by index");
      }
    }
    slices.addAll(data.axes().subList(rest, data.rank()));
    if (!updates.present()) {
      t.output(0, slices);
      return;
    }
    if (updates.rank() != slices.size()) {
      t.unsupported("its updates do not have the shape of what they replace");
      return;
    }
    for (int i = 0; i < slices.size(); i++) {
      t.unify(slices.get(i), updates.axis(i));
      if (i >= batch && i < places && !Axes.adds(node)) {
        t.freeze(slices.get(i), Reasons.WRITTEN);
      }
    }
    t.output(0, data.axes());
  }

  /**
   * Whether what is written is a box of the data, a range along each axis: then each axis is cut at
   * the bounds, and its part is that of the updates.
   */
  private static boolean isBox(Node node, Typing t) {
    Value data = node.input(0);
    Value indices = node.input(1);
    Value updates = node.input(2);
    int axes = indices.rank() - 1;
    Optional<Ints> places = Picks.constants(indices);
    if (places.isEmpty()
        || axes < 1
        || indices.axis(-1).extent() != axes
        || updates.rank() != data.rank()
        || places.get().size() == 0) {
      return false;
    }
    long[] first = new long[axes];
    for (int i = 0; i < axes; i++) {
      first[i] = places.get().value(i);
    }
    if (!isGrid(places.get(), first) || !fits(first, data, updates)) {
      return false;
    }
    List<Axis> parts = new ArrayList<>();
    for (int i = 0; i < axes; i++) {
      long size = updates.axis(i).extent();
      long[] sizes =
          LongStream.of(first[i], size, data.axis(i).extent() - first[i] - size)
              .filter(n -> n > 0)
              .toArray();
      parts.add(t.split(data.axis(i), sizes).get(first[i] > 0 ? 1 : 0));
    }
    if (!t.positions(1, parts, data.axes().subList(0, axes))) {
      return false;
    }
    t.freeze(indices.axis(-1), "it counts the axes that are picked from");
    for (int i = 0; i < data.rank(); i++) {
      t.unify(i < axes ? parts.get(i) : data.axis(i), updates.axis(i));
    }
    return true;
  }

  private static boolean fits(long[] first, Value data, Value updates) {
    for (int i = 0; i < data.rank(); i++) {
      long from = i < first.length ? first[i] : 0;
      long size = updates.axis(i).extent();
      boolean whole = i < first.length || size == data.axis(i).extent();
      if (from < 0 || size < 1 || !whole || from + size > data.axis(i).extent()) {
        return false;
      }
    }
    return true;
  }

  /** Whether each position is the first one moved on by its own place. */
  private static boolean isGrid(Ints places, long[] first) {
    int[] place = new int[first.length];
    for (int at = 0; at < places.size(); at += first.length) {
      for (int i = 0; i < first.length; i++) {
        if (places.value(at + i) != first[i] + place[i]) {
          return false;
        }
      }
      for (int i = first.length - 1; i >= 0 && ++place[i] == places.shape().get(i); i--) {
        place[i] = 0;
      }
    }
    return true;
  }
}

package io.espalier.modules.operators;

import io.espalier.spi.Axis;
import io.espalier.spi.Element;
import io.espalier.spi.Node;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;

/** What several rules do with axes. */
final class Axes {
  private Axes() {}

  /** A copy of a shape in which one axis is another. */
  static List<Axis> with(List<Axis> axes, int index, Axis axis) {
    List<Axis> copy = new ArrayList<>(axes);
    copy.set(index, axis);
    return copy;
  }

  /** A copy of a shape without one axis. */
  static List<Axis> without(List<Axis> axes, int index) {
    List<Axis> copy = new ArrayList<>(axes);
    copy.remove(index);
    return copy;
  }

  /** A new axis that is frozen with a reason of its own. */
  static Axis frozen(Typing t, long extent, String reason) {
    Axis axis = t.symbol(extent);
    t.freeze(axis, reason);
    return axis;
  }

  /** Freezes all axes from one on. */
  static void freezeFrom(int first, List<Axis> axes, Typing t, String reason) {
    axes.subList(first, axes.size()).forEach(axis -> t.freeze(axis, reason));
  }

  /**
   * The axis that an extent asks for: the one it is computed from, else a new width that the extent
   * has to follow.
   */
  static Axis asked(Typing t, Element extent) {
    return extent.axis().orElseGet(() -> t.symbol(extent.value()));
  }

  /** Gives every output of the node that is there the same axes. */
  static void outputs(Node node, Typing t, List<Axis> axes) {
    List<Value> outputs = node.outputs();
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i).present()) {
        t.output(i, axes);
      }
    }
  }

  /** Whether the node has this output. */
  static boolean hasOutput(Node node, int index) {
    return index < node.outputs().size() && node.outputs().get(index).present();
  }

  /**
   * Whether what a node writes by index is added to what stands there, so that zeros change none.
   */
  static boolean adds(Node node) {
    return node.attributes().text("reduction", "none").equals("add");
  }

  /** How many elements a shape has. */
  static long size(List<Axis> axes) {
    long size = 1;
    for (Axis axis : axes) {
      size = Math.multiplyExact(size, axis.extent());
    }
    return size;
  }

  /** Whether an index points into a shape of this rank. */
  static boolean inside(int index, int rank) {
    return index >= 0 && index < rank;
  }
}

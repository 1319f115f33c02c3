package io.espalier.modules.operators;

import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.List;

/** What a convolution and a transposed one have in common. */
final class Groups {
  private Groups() {}

  /**
   * Whether channels make up this many groups.
   *
   * @param whole a channel axis that holds every group
   * @param part the axis of one group of it
   * @param other another axis that the groups divide
   */
  static boolean fit(long groups, Axis whole, Axis part, Axis other) {
    return groups >= 1
        && whole.extent() % groups == 0
        && whole.extent() / groups == part.extent()
        && other.extent() % groups == 0;
  }

  /**
   * A new width that counts groups. The attribute of a convolution that holds their number follows
   * it.
   */
  static Axis width(Typing t, long groups) {
    Axis width = t.symbol(groups);
    t.attribute("group", -1, t.extentOf(width));
    return width;
  }

  /** Channels of which whole groups are kept, or else the same positions of every group. */
  static Axis inGroups(Typing t, Axis groups, Axis group) {
    t.grouped(groups, group);
    return t.product(List.of(groups, group));
  }

  /** Channels of which whole groups are kept. */
  static Axis wholeGroups(Typing t, Axis groups, Axis group) {
    t.freeze(group, "grouped channels stay or go by whole groups of " + group.extent());
    return t.product(List.of(groups, group));
  }

  static void unifyBias(Typing t, Value bias, Axis channels) {
    if (bias.present() && bias.rank() == 1) {
      t.unify(bias.axis(0), channels);
    }
  }

  /** Ties the kernel axes of the weight, the third and following, to windows. */
  static void unifyKernel(Node node, Typing t, Windows windows) {
    Value w = node.input(1);
    if (!w.parameter()) {
      Axes.freezeFrom(2, w.axes(), t, Reasons.fromData("its kernel is"));
      return;
    }
    List<Axis> kernel = windows.crop(node, t);
    for (int i = 0; i < kernel.size(); i++) {
      t.unify(w.axis(i + 2), kernel.get(i));
    }
  }
}

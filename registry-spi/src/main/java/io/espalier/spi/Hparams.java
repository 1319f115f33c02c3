package io.espalier.spi;

import java.util.List;

/**
 * Collects what a dynamic module says of one layer. Names are local: {@code out_channels}, not the
 * full path.
 */
public interface Hparams {
  /**
   * Names a width. One that is made of several free widths, such as a concatenation, is shown under
   * this name but set by those.
   *
   * @param name the hparam's name
   * @param axis the axis it is the extent of
   * @param ratio the option that lists fractions of the original width, one of the module's {@link
   *     DynamicModule#options() options}
   * @param divisor the option that widths are rounded to, another of them
   */
  void width(String name, Axis axis, RuleOption ratio, RuleOption divisor);

  /**
   * Names a width, and the widths that it is made of where these are several: their names take the
   * place of those that would be made up from their positions.
   *
   * @param name the hparam's name
   * @param axis the axis it is the extent of
   * @param parts the names of the widths in the axis, in order
   * @param ratio the option that lists fractions of the original widths
   * @param divisor the option that widths are rounded to
   */
  default void width(
      String name, Axis axis, List<String> parts, RuleOption ratio, RuleOption divisor) {
    width(name, axis, ratio, divisor);
  }

  /**
   * A width that lies along several axes, such as heads and the width of each: their product.
   *
   * @param name the last part of the hparam's name
   * @param axes the axes, outer to inner; at least one
   * @param ratio the option that lists allowed ratios
   * @param divisor the option that widths are rounded to
   */
  default void width(String name, List<Axis> axes, RuleOption ratio, RuleOption divisor) {
    width(name, axes.get(axes.size() - 1), ratio, divisor);
  }

  /**
   * Names the positions of a sequence. They are no width: where a parameter brings positions of its
   * own, as learned queries do, these stay unless a rule opens them. Positions that come from an
   * input, and those that a layer computes by weights, are not named.
   *
   * @param name the last part of the hparam's name
   * @param axis the axis of the positions
   * @param ratio the option that lists allowed ratios, an {@linkplain RuleOption#openingRatio
   *     opening} one
   * @param divisor the option that numbers of positions are rounded to
   */
  default void positions(String name, Axis axis, RuleOption ratio, RuleOption divisor) {}

  /**
   * Names the elements of a parameter that data pick by their positions, such as the rows of a
   * table that ids pick. They are no width: they stay unless they are opened, and no search turns
   * them.
   *
   * @param name the last part of the hparam's name
   * @param axis the axis along which they are picked, as the node's rule {@linkplain Typing#indexes
   *     declares}
   * @param ratio the option that lists allowed ratios, an {@linkplain RuleOption#openingRatio
   *     opening} one
   * @param divisor the option that their number is rounded to
   */
  default void rows(String name, Axis axis, RuleOption ratio, RuleOption divisor) {
    width(name, axis, ratio, divisor);
  }

  /**
   * Says that a parameter reads its units from a width, so that the size of its weights along that
   * axis tells how much each unit matters. A width that no stored parameter consumes cannot be
   * sorted.
   *
   * @param node the node that owns the parameter
   * @param input the parameter's position among the node's inputs
   * @param axis the axis of the parameter that the units lie on, counted from 0
   */
  void consumes(Node node, int input, int axis);

  /**
   * Names the option that opens positions inside the groups of a node's channels, where whole
   * groups may go too. The groups are those that the node's rule {@linkplain Typing#grouped
   * declares}; where the option is given, it alone says which widths the positions may have, and
   * {@code groups} is what counts the groups then.
   *
   * @param node the node whose channels fall into groups
   * @param ratio the option that lists fractions of the width inside, an {@linkplain
   *     RuleOption#openingRatio opening} one
   */
  default void groups(Node node, RuleOption ratio) {}

  /**
   * Names windows that are cropped together, such as a kernel.
   *
   * @param name the hparam's name
   * @param windows one axis for each spatial dimension
   * @param sizes the option that lists the sizes
   */
  void crop(String name, List<Axis> windows, RuleOption sizes);

  /**
   * Names the number of children of a container that are kept, counted from the first.
   *
   * @param name the hparam's name
   * @param children the children in order
   * @param least the option that bounds it from below
   */
  void depth(String name, List<Layer> children, RuleOption least);
}

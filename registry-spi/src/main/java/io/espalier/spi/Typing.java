package io.espalier.spi;

import java.util.List;
import java.util.function.LongBinaryOperator;

/**
 * What a rule can say about a node. All operations on axes are total: where two axes cannot be made
 * to agree they are frozen, which is always sound.
 */
public interface Typing {
  /** A new free width of n units; an extent of 1 is fixed. */
  Axis symbol(long n);

  /**
   * A new width of n units that keeps its centred run: n, n - 2, n - 4 and so on.
   *
   * @param n the original extent, such as a kernel's
   * @param least the smallest extent allowed; n where nothing may be cropped
   */
  Axis window(long n, long least);

  /** An axis of n elements that is not free; what meets it is frozen. */
  Axis fixed(long n);

  /** Axes side by side; their extents add up. */
  Axis concat(List<Axis> parts);

  /** One axis over all combinations, outer to inner: index = (i1 * n2 + i2) * n3 + i3. */
  Axis product(List<Axis> factors);

  /**
   * Cuts an axis into consecutive pieces.
   *
   * @param axis the axis
   * @param sizes the extents of the pieces; they add up to the extent of the axis
   */
  List<Axis> split(Axis axis, long... sizes);

  /**
   * Sees an axis as a product of factors of the given extents, outer to inner.
   *
   * @param axis the axis
   * @param extents their product is the extent of the axis
   */
  List<Axis> factor(Axis axis, long... extents);

  /**
   * Rearranges row-major axes into axes of other extents.
   *
   * @param from the axes before
   * @param to the extents after; their product is that of the extents before
   */
  List<Axis> reshape(List<Axis> from, long... to);

  /**
   * Ties two axes together: whatever is kept of one is kept of the other. Axes of different extents
   * are frozen.
   */
  void unify(Axis a, Axis b);

  /**
   * Says that channels fall into groups, and that of all groups the same positions are kept. As
   * long as whole groups may go, positions inside them stay.
   *
   * @param groups the axis that counts the groups
   * @param within the positions inside each group
   */
  void grouped(Axis groups, Axis within);

  /**
   * The shape of an elementwise operator: right-aligned, axes longer than 1 unified, those of
   * extent 1 stretched.
   */
  List<Axis> broadcast(List<List<Axis>> shapes);

  /**
   * Makes every width in this axis unchangeable. The reason says what stopped it, in words a user
   * can act upon; the node and its operator are reported beside it.
   */
  void freeze(Axis axis, String reason);

  /**
   * Declares that the node computes a mean, a norm or another quantity over this axis of an input:
   * the masked reference has to restrict it to the kept elements.
   */
  void normalised(Axis axis, int input);

  /**
   * Declares that a 0/1 mask must not be multiplied onto this input, since the node divides by it
   * or takes its root.
   */
  void unmaskable(int input);

  /**
   * Declares that this input holds no weights but running statistics or settings, such as the
   * variance of a norm or the scales of a resize: it is not counted among the parameters.
   */
  void statistic(int input);

  /** Gives the width a name that a person would recognise, such as {@code num_heads}. */
  void role(Axis axis, String role);

  /** An element that is a plain number. */
  Element number(long value);

  /** An element that is the extent of an axis and follows it. */
  Element extentOf(Axis axis);

  /** An element computed from two others. */
  Element compute(LongBinaryOperator function, Element x, Element y);

  /** Sets the axes of an output. Every output that is present needs them. */
  void output(int index, List<Axis> axes);

  /** Sets the elements of an output that is a small integer tensor; its axes are fixed. */
  void output(int index, Ints ints);

  /**
   * Declares what an integer attribute must be once widths have changed.
   *
   * @param name the attribute's name
   * @param index the position in a list of integers; -1 for a single integer
   * @param element the value it must have
   */
  void attribute(String name, int index, Element element);

  /**
   * Declares what one element of an integer input must be once widths have changed. An input that
   * the node leaves out is added where any of the node's widths changes.
   */
  void element(int input, int index, Element element);

  /**
   * Declares that a constant integer input holds positions along axes of the node's data, so that
   * carving writes it anew: without the positions of what goes, and with what is left counted anew.
   *
   * @param input the input
   * @param places for each axis of the input the width of which it has a position; of all but the
   *     last where that one holds a position along each of several axes
   * @param along the axes that positions count
   * @return false where the input's elements are not known, follow a width, or are as many as an
   *     open size says; nothing is declared then
   */
  boolean positions(int input, List<Axis> places, List<Axis> along);

  /**
   * Declares that the values of an integer input, which are data, are positions along an axis of a
   * stored parameter, as ids are that pick rows of a table: 0 to below its extent, or counted from
   * its end where they are negative. Then elements along that axis may go: carving puts a small
   * table of {@code int32} in front of the input, by which a position is mapped to that of the same
   * element among those that stay, or else of the most similar one that stays.
   *
   * <p>Elements stay unless they are opened; and where anything else reads along the axis, or the
   * parameter is not stored as floating-point numbers, several for each position.
   *
   * @param input the input that holds the positions
   * @param table the input that is the parameter
   * @param axis the axis of the parameter, counted from 0
   * @return false where the positions are no data, but known beforehand; nothing is declared then
   */
  boolean indexes(int input, int table, int axis);

  /**
   * Declares that an attribute must go where carving adds an input that the node left out, since
   * the two exclude each other.
   */
  void replaces(int input, String attribute);

  /**
   * Declares that carving may leave out an input, since the operator does the same without it. Its
   * axes need not be tied to those of the others.
   */
  void optional(int input);

  /**
   * Adds a product of extents to the multiply-accumulate operations of the node: one factor for
   * each axis of the output, and those that are summed over. The network's batch is one of them; it
   * is counted as 1 where costs are reported.
   */
  void macs(Axis... factors);

  /**
   * Declares that the first output is linear in a weight, so that the weight can be solved anew
   * from data once widths have changed.
   */
  void linear(Linear form);

  /**
   * Declares that the first output is, element by element, the sum of these inputs and of what is
   * made of parameters: a residual sum, a bias that is added. A single input may also be multiplied
   * by parameters: a norm by stored statistics, a layer scale.
   *
   * @param shift the parameter that is added as it is, such as a bias; -1 where there is none
   * @param inputs the positions of the inputs that are not made of parameters
   */
  void affine(int shift, int... inputs);

  /**
   * Declares that of this input only the positive part matters: below zero, any number does as well
   * as another.
   */
  void rectifies(int input);

  /**
   * Declares that each element of the first output is one of this input, chosen by size, as the
   * largest in a window is.
   */
  void selects(int input);

  /**
   * Refuses to type this node: every axis of every input is frozen with the reason, and outputs
   * have the shape that the model declares for them, if any.
   */
  void unsupported(String reason);
}

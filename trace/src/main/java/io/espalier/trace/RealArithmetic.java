package io.espalier.trace;

import io.espalier.spi.Element;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Sizes that networks compute in floating-point numbers, such as a padding that is rounded up to a
 * whole number of windows: between a cast of integers and a cast back. An element holds the bits of
 * a number of 32 bits.
 *
 * <p>Only numbers that depend on sizes which never change are followed: what is computed of a
 * width, such as the scale of attention, has to stay what it was.
 */
final class RealArithmetic {
  private static final int FLOAT = 1;
  private static final int INT32 = 6;
  private static final int INT64 = 7;

  /** A function of two numbers. */
  private interface Function {
    float apply(float x, float y);
  }

  private RealArithmetic() {}

  /**
   * What a node makes of numbers or integers that are known.
   *
   * @param reals the numbers of an input, by its position; null where they are not known
   */
  static @Nullable Ints evaluate(Node node, IntFunction<@Nullable Ints> reals) {
    if (!node.op().domain().isEmpty()) {
      return null;
    }
    return switch (node.op().name()) {
      case "Cast" -> cast(node);
      case "Identity" -> reals.apply(0);
      case "Ceil" -> of(reals.apply(0), (x, y) -> (float) Math.ceil(x));
      case "Floor" -> of(reals.apply(0), (x, y) -> (float) Math.floor(x));
      case "Neg" -> of(reals.apply(0), (x, y) -> -x);
      case "Add" -> of(node, reals, Float::sum);
      case "Sub" -> of(node, reals, (x, y) -> x - y);
      case "Mul" -> of(node, reals, (x, y) -> x * y);
      case "Div" -> of(node, reals, (x, y) -> x / y);
      case "Max" -> of(node, reals, Math::max);
      case "Min" -> of(node, reals, Math::min);
      default -> null;
    };
  }

  /** The integers that a cast makes of known numbers; null for any other node. */
  static @Nullable Ints integers(Node node, IntFunction<@Nullable Ints> reals) {
    long to = node.attributes().number("to", 0);
    Ints x = reals.apply(0);
    if (!node.op().domain().isEmpty()
        || !node.op().name().equals("Cast")
        || x == null
        || (to != INT32 && to != INT64)) {
      return null;
    }
    return map(x, (value, ignored) -> (long) real(value));
  }

  private static @Nullable Ints cast(Node node) {
    Ints x = node.input(0).ints().orElse(null);
    if (x == null || node.attributes().number("to", 0) != FLOAT || !isFixed(x)) {
      return null;
    }
    return map(x, (value, ignored) -> bits((float) value));
  }

  private static boolean isFixed(Ints x) {
    return x.elements().stream()
        .noneMatch(
            element ->
                ((Expression) element)
                    .uses(axis -> !(Unifier.find((Term) axis) instanceof Term.Fixed)));
  }

  private static long bits(float number) {
    return Float.floatToRawIntBits(number);
  }

  private static float real(long bits) {
    return Float.intBitsToFloat((int) bits);
  }

  private static LongBinaryOperator onBits(Function function) {
    return (x, y) -> bits(function.apply(real(x), real(y)));
  }

  private static @Nullable Ints of(@Nullable Ints x, Function function) {
    return x == null ? null : map(x, onBits(function));
  }

  private static Ints map(Ints x, LongBinaryOperator function) {
    Element none = new Expression.Literal(0);
    return new Ints(
        x.shape(),
        x.elements().stream()
            .<Element>map(element -> new Expression.Computed(function, element, none))
            .toList());
  }

  private static @Nullable Ints of(
      Node node, IntFunction<@Nullable Ints> reals, Function function) {
    Ints first = reals.apply(0);
    Ints second = reals.apply(1);
    if ((first == null && second == null) || node.inputs().size() != 2) {
      return null;
    }
    Ints x = operand(node.input(0), first);
    Ints y = operand(node.input(1), second);
    if (x == null || y == null) {
      return null;
    }
    List<Integer> shape = ShapeArithmetic.broadcast(x.shape(), y.shape());
    if (shape == null) {
      return null;
    }
    List<Element> elements = new ArrayList<>();
    for (int at = 0; at < ShapeArithmetic.size(shape); at++) {
      Element result =
          new Expression.Computed(
              onBits(function), ShapeArithmetic.at(x, shape, at), ShapeArithmetic.at(y, shape, at));
      if (!Float.isFinite(real(result.value()))) {
        return null;
      }
      elements.add(result);
    }
    return new Ints(shape, elements);
  }

  /** Known numbers, or a stored constant. */
  private static @Nullable Ints operand(Value value, @Nullable Ints known) {
    float[] stored = known == null ? value.floats().orElse(null) : null;
    if (stored == null) {
      return known;
    }
    List<Integer> shape =
        value.axes().stream().map(axis -> Math.toIntExact(axis.extent())).toList();
    List<Element> elements = new ArrayList<>(stored.length);
    for (float number : stored) {
      elements.add(new Expression.Literal(bits(number)));
    }
    return new Ints(shape, elements);
  }
}

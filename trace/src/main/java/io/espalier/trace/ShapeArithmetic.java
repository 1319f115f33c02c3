package io.espalier.trace;

import io.espalier.spi.Axis;
import io.espalier.spi.Element;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The integer arithmetic with which networks compute shapes. Its semantics are fixed by the ONNX
 * standard, so that it is evaluated here, before any rule is asked: on elements that remember how
 * they came about.
 */
final class ShapeArithmetic {
  private static final int MOST_ELEMENTS = 4096;
  private static final Map<OpId, Function<Node, @Nullable Ints>> EVALUATORS = new HashMap<>();

  static {
    put("Shape", ShapeArithmetic::shape);
    put("Size", ShapeArithmetic::size);
    put("Identity", node -> ints(node, 0));
    put("Cast", ShapeArithmetic::cast);
    put("Gather", IntegerMoves::gather);
    put("Slice", IntegerMoves::slice);
    put("Concat", IntegerMoves::concat);
    put("Unsqueeze", IntegerMoves::unsqueeze);
    put("Squeeze", IntegerMoves::squeeze);
    put("Reshape", IntegerMoves::reshape);
    put("Flatten", IntegerMoves::flatten);
    put("Transpose", IntegerMoves::transpose);
    put("ReduceProd", ShapeArithmetic::reduceProd);
    put("ConstantOfShape", ShapeArithmetic::constantOfShape);
    put("Expand", ShapeArithmetic::expand);
    put("Range", ShapeArithmetic::range);
    put("Where", ShapeArithmetic::where);
    binary("Add", Long::sum);
    binary("Sub", (x, y) -> x - y);
    binary("Mul", (x, y) -> x * y);
    put("Div", ShapeArithmetic::div);
    binary("Max", Math::max);
    binary("Min", Math::min);
    put("Equal", node -> fold(node, ShapeArithmetic::equal));
    binary("Less", (x, y) -> x < y ? 1 : 0);
    binary("LessOrEqual", (x, y) -> x <= y ? 1 : 0);
    binary("Greater", (x, y) -> x > y ? 1 : 0);
    binary("GreaterOrEqual", (x, y) -> x >= y ? 1 : 0);
    binary("And", (x, y) -> x & y);
    binary("Or", (x, y) -> x | y);
    put("Mod", ShapeArithmetic::mod);
    unary("Neg", x -> -x);
    unary("Abs", Math::abs);
    unary("Sign", x -> (long) Long.signum(x));
    unary("Not", x -> x == 0 ? 1L : 0L);
  }

  private ShapeArithmetic() {}

  /**
   * The elements of the node's output, or null where this is no integer arithmetic that can be
   * followed.
   */
  static @Nullable Ints evaluate(Node node) {
    Function<Node, @Nullable Ints> evaluator = EVALUATORS.get(node.op());
    if (evaluator == null) {
      return null;
    }
    Ints result = evaluator.apply(node);
    return result == null || result.size() > MOST_ELEMENTS ? null : result;
  }

  private static void put(String name, Function<Node, @Nullable Ints> evaluator) {
    EVALUATORS.put(OpId.of(name), evaluator);
  }

  private static void binary(String name, LongBinaryOperator function) {
    put(name, node -> fold(node, (x, y) -> compute(function, x, y)));
  }

  private static void unary(String name, Function<Long, Long> function) {
    put(
        name,
        node -> {
          Ints x = ints(node, 0);
          return x == null
              ? null
              : map(
                  x,
                  e ->
                      compute(
                          (value, ignored) -> function.apply(value), e, new Expression.Literal(0)));
        });
  }

  private static Element compute(LongBinaryOperator function, Element x, Element y) {
    Expression result = new Expression.Computed(function, x, y);
    return x instanceof Expression.Literal && y instanceof Expression.Literal
        ? new Expression.Literal(result.value())
        : result;
  }

  static @Nullable Ints ints(Node node, int input) {
    return node.input(input).ints().orElse(null);
  }

  private static Ints map(Ints x, Function<Element, Element> function) {
    return new Ints(x.shape(), x.elements().stream().map(function).toList());
  }

  /** Whether an input is there, but nothing is known of its elements. */
  static boolean isData(Node node, int input) {
    return node.input(input).present() && ints(node, input) == null;
  }

  static Ints list(List<Element> elements) {
    return new Ints(List.of(elements.size()), elements);
  }

  static boolean numbers(@Nullable Ints x) {
    return x != null && x.elements().stream().allMatch(Expression.Literal.class::isInstance);
  }

  private static @Nullable Ints shape(Node node) {
    List<Axis> axes = node.input(0).axes();
    int rank = axes.size();
    int start = bound(node.attributes().number("start", 0), rank);
    int end = bound(node.attributes().number("end", rank), rank);
    Ints known = ints(node, 0);
    List<Element> extents = new ArrayList<>();
    for (int i = start; i < end; i++) {
      extents.add(
          known == null
              ? new Expression.Extent(axes.get(i))
              : new Expression.Literal(known.shape().get(i)));
    }
    return list(extents);
  }

  static int bound(long index, int rank) {
    return (int) Math.max(0, Math.min(rank, index < 0 ? index + rank : index));
  }

  private static @Nullable Ints size(Node node) {
    Element size = new Expression.Literal(1);
    for (Axis axis : node.input(0).axes()) {
      size = compute((x, y) -> x * y, size, new Expression.Extent(axis));
    }
    return new Ints(List.of(), List.of(size));
  }

  /** Casts between integer types; what becomes a floating-point number is data from there on. */
  private static @Nullable Ints cast(Node node) {
    long to = node.attributes().number("to", 0);
    Ints x = ints(node, 0);
    if (x == null
        || !(to == 6 || to == 7 || to == 9 || to == 5 || to == 3 || to == 2 || to == 12
            || to == 13)) {
      return null;
    }
    return to == 9
        ? map(x, e -> compute((value, ignored) -> value == 0 ? 0 : 1, e, new Expression.Literal(0)))
        : x;
  }

  static long size(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, (x, y) -> x * y);
  }

  private static @Nullable Ints reduceProd(Node node) {
    Ints x = ints(node, 0);
    if (x == null || x.shape().size() > 1) {
      return null;
    }
    Element product = new Expression.Literal(1);
    for (Element element : x.elements()) {
      product = compute((a, b) -> a * b, product, element);
    }
    boolean keep = node.attributes().number("keepdims", 1) == 1 && !x.shape().isEmpty();
    return new Ints(keep ? List.of(1) : List.of(), List.of(product));
  }

  private static @Nullable Ints constantOfShape(Node node) {
    Ints shape = ints(node, 0);
    long[] value = node.attributes().numbers("value").orElse(null);
    if (!numbers(shape) || shape == null || value == null || value.length != 1) {
      return null;
    }
    List<Integer> dims = new ArrayList<>();
    long size = 1;
    for (long dim : shape.values()) {
      if (dim < 0 || dim > MOST_ELEMENTS || size * dim > MOST_ELEMENTS) {
        return null;
      }
      dims.add((int) dim);
      size *= dim;
    }
    return new Ints(dims, Collections.nCopies((int) size, new Expression.Literal(value[0])));
  }

  private static @Nullable Ints expand(Node node) {
    Ints x = ints(node, 0);
    Ints target = ints(node, 1);
    if (x == null || target == null || !numbers(x) || !numbers(target)) {
      return null;
    }
    List<Integer> asked = new ArrayList<>();
    for (long dim : target.values()) {
      if (dim < 1 || dim > MOST_ELEMENTS) {
        return null;
      }
      asked.add((int) dim);
    }
    List<Integer> shape = broadcast(x.shape(), asked);
    if (shape == null || size(shape) > MOST_ELEMENTS) {
      return null;
    }
    List<Element> elements = new ArrayList<>();
    for (int at = 0; at < size(shape); at++) {
      elements.add(at(x, shape, at));
    }
    return new Ints(shape, elements);
  }

  private static @Nullable Ints range(Node node) {
    Ints start = ints(node, 0);
    Ints limit = ints(node, 1);
    Ints delta = ints(node, 2);
    if (!numbers(start)
        || !numbers(limit)
        || !numbers(delta)
        || start == null
        || limit == null
        || delta == null) {
      return null;
    }
    long step = delta.value(0);
    if (step == 0) {
      return null;
    }
    List<Element> values = new ArrayList<>();
    for (long i = start.value(0); step > 0 ? i < limit.value(0) : i > limit.value(0); i += step) {
      if (values.size() >= MOST_ELEMENTS) {
        return null;
      }
      values.add(new Expression.Literal(i));
    }
    return list(values);
  }

  /**
   * An extent is never negative, so that it differs from the -1 by which exporters mark "as it is".
   */
  private static Element equal(Element x, Element y) {
    boolean never =
        (x instanceof Expression.Extent && y instanceof Expression.Literal && y.value() < 0)
            || (y instanceof Expression.Extent && x instanceof Expression.Literal && x.value() < 0);
    return never ? new Expression.Literal(0) : compute((a, b) -> a == b ? 1 : 0, x, y);
  }

  private static boolean dividesByZero(Node node) {
    Ints divisor = ints(node, 1);
    return divisor != null && Arrays.stream(divisor.values()).anyMatch(n -> n == 0);
  }

  private static @Nullable Ints div(Node node) {
    return dividesByZero(node)
        ? null
        : fold(node, (x, y) -> compute((a, b) -> b == 0 ? 0 : a / b, x, y));
  }

  private static @Nullable Ints mod(Node node) {
    if (dividesByZero(node)) {
      return null;
    }
    boolean truncated = node.attributes().number("fmod", 0) == 1;
    return fold(
        node,
        (x, y) -> compute((a, b) -> b == 0 ? 0 : truncated ? a % b : Math.floorMod(a, b), x, y));
  }

  private static @Nullable Ints where(Node node) {
    Ints condition = ints(node, 0);
    Ints x = ints(node, 1);
    Ints y = ints(node, 2);
    if (!numbers(condition) || condition == null || x == null || y == null) {
      return null;
    }
    List<Integer> shape = broadcast(broadcast(condition.shape(), x.shape()), y.shape());
    if (shape == null) {
      return null;
    }
    List<Element> picked = new ArrayList<>();
    for (int i = 0; i < size(shape); i++) {
      picked.add(at(condition, shape, i).value() != 0 ? at(x, shape, i) : at(y, shape, i));
    }
    return new Ints(shape, picked);
  }

  private static @Nullable Ints fold(Node node, BinaryOperator<Element> function) {
    Ints result = ints(node, 0);
    for (int i = 1; i < node.inputs().size() && result != null; i++) {
      Ints x = result;
      Ints y = ints(node, i);
      List<Integer> shape = y == null ? null : broadcast(x.shape(), y.shape());
      if (shape == null || y == null || size(shape) > MOST_ELEMENTS) {
        return null;
      }
      List<Element> elements = new ArrayList<>();
      for (int at = 0; at < size(shape); at++) {
        elements.add(function.apply(at(x, shape, at), at(y, shape, at)));
      }
      result = new Ints(shape, elements);
    }
    return result;
  }

  static @Nullable List<Integer> broadcast(@Nullable List<Integer> x, List<Integer> y) {
    if (x == null) {
      return null;
    }
    int rank = Math.max(x.size(), y.size());
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int a = i - rank + x.size() < 0 ? 1 : x.get(i - rank + x.size());
      int b = i - rank + y.size() < 0 ? 1 : y.get(i - rank + y.size());
      if (a != b && a != 1 && b != 1) {
        return null;
      }
      shape.add(a == 1 ? b : a);
    }
    return shape;
  }

  /** The element that stands at a position of the broadcast shape. */
  static Element at(Ints x, List<Integer> shape, int position) {
    int rest = position;
    int offset = 0;
    int stride = 1;
    for (int i = shape.size() - 1; i >= 0; i--) {
      int index = rest % shape.get(i);
      rest /= shape.get(i);
      int own = i - shape.size() + x.shape().size();
      if (own >= 0) {
        offset += x.shape().get(own) == 1 ? 0 : index * stride;
        stride *= x.shape().get(own);
      }
    }
    return x.elements().get(offset);
  }
}

package io.espalier.onnx.runtime;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Shapes of values, for the operators by which values grow and those that commonly stand between
 * them; all others have none.
 */
final class KnownShapes {
  /** Integers that may be a shape; longer lists are data. */
  private static final int MOST_NUMBERS = 64;

  /** Operators whose first output has the shape of their first input, or a smaller one. */
  private static final Set<String> LIKE_FIRST =
      Set.of(
          "Abs",
          "BatchNormalization",
          "Cast",
          "Ceil",
          "Clip",
          "CumSum",
          "Dropout",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "GroupNormalization",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "InstanceNormalization",
          "IsNaN",
          "LRN",
          "LayerNormalization",
          "LeakyRelu",
          "Log",
          "LogSoftmax",
          "LpNormalization",
          "Mish",
          "Neg",
          "Not",
          "Reciprocal",
          "Relu",
          "Round",
          "ScatterElements",
          "ScatterND",
          "Selu",
          "Sigmoid",
          "Sign",
          "Sin",
          "Cos",
          "Softmax",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Tanh",
          "Trilu");

  private static final Set<String> BROADCAST =
      Set.of(
          "Add",
          "And",
          "Div",
          "Equal",
          "Greater",
          "GreaterOrEqual",
          "Less",
          "LessOrEqual",
          "Max",
          "Mean",
          "Min",
          "Mod",
          "Mul",
          "Or",
          "PRelu",
          "Pow",
          "Sub",
          "Sum",
          "Where",
          "Xor");

  private final Map<String, long[]> shapes = new HashMap<>();
  private final Map<String, long[]> numbers = new HashMap<>();

  /** The shape of a value; null if it is not known. */
  @SuppressWarnings("ReturnsNullCollection")
  long @Nullable [] of(String value) {
    return shapes.get(value);
  }

  /** States a shape. */
  void put(String value, long[] shape) {
    shapes.put(value, shape);
  }

  /** States the shape of a tensor, and its elements if they may be a shape. */
  void put(OnnxTensor tensor) {
    put(tensor.name(), tensor);
  }

  private void put(String name, OnnxTensor tensor) {
    put(name, tensor.dims());
    if (tensor.dataType() == DataTypes.INT64 && tensor.elementCount() <= MOST_NUMBERS) {
      numbers.put(name, tensor.longs());
    } else if (tensor.dataType() == DataTypes.FLOAT && tensor.elementCount() <= MOST_NUMBERS) {
      // the scales of a Resize
      float[] values = tensor.floats();
      long[] rounded = new long[values.length];
      for (int i = 0; i < values.length; i++) {
        rounded[i] = (long) Math.ceil(values[i]);
      }
      numbers.put(name, rounded);
    }
  }

  /** Finds the shape of what a node computes. */
  void type(NodeProto node) {
    if (node.getOutputCount() == 0
        || !(node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx"))) {
      return;
    }
    String output = node.getOutput(0);
    if (node.getOpType().equals("Constant")) {
      constant(node, output);
      return;
    }
    long[] shape = shape(node);
    if (shape != null) {
      put(output, shape);
    }
    long[] value = numbers(node);
    if (value != null && value.length <= MOST_NUMBERS) {
      numbers.put(output, value);
    }
  }

  private void constant(NodeProto node, String output) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasT() && attribute.getT().getExternalDataCount() == 0) {
        put(output, OnnxTensor.of(attribute.getT()));
      } else if (attribute.getIntsCount() > 0) {
        numbers.put(output, longs(attribute.getIntsList()));
        put(output, new long[] {attribute.getIntsCount()});
      } else if (attribute.getName().equals("value_int")) {
        numbers.put(output, new long[] {attribute.getI()});
        put(output, new long[0]);
      }
    }
  }

  private long @Nullable [] shape(NodeProto node) {
    long[] first = shapeOf(node, 0);
    if (LIKE_FIRST.contains(node.getOpType())) {
      return first;
    }
    if (BROADCAST.contains(node.getOpType())) {
      return broadcast(node);
    }
    return switch (node.getOpType()) {
      case "Concat" -> concat(node);
      case "ConstantOfShape" -> positive(numbersOf(node, 0));
      case "Expand" -> broadcast(first, positive(numbersOf(node, 1)));
      case "Tile" -> combined(first, numbersOf(node, 1), KnownShapes::product);
      case "Resize" -> resize(node, first);
      case "Upsample" -> combined(first, numbersOf(node, 1), KnownShapes::product);
      case "Pad" -> pad(first, node.getInputCount() > 1 ? numbersOf(node, 1) : ints(node, "pads"));
      case "Reshape" -> reshape(first, node.getInputCount() > 1 ? numbersOf(node, 1) : null);
      case "Range" -> range(node);
      case "MatMul" -> product(first, shapeOf(node, 1));
      case "Transpose" -> transpose(first, ints(node, "perm"));
      case "Conv" -> convolution(first, shapeOf(node, 1));
      case "Unsqueeze" -> unsqueeze(first, axes(node));
      case "Squeeze" -> squeeze(first, axes(node));
      default -> null;
    };
  }

  private long @Nullable [] shapeOf(NodeProto node, int input) {
    return input < node.getInputCount() ? shapes.get(node.getInput(input)) : null;
  }

  private long @Nullable [] numbersOf(NodeProto node, int input) {
    return input < node.getInputCount() ? numbers.get(node.getInput(input)) : null;
  }

  private static long @Nullable [] ints(NodeProto node, String name) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals(name)) {
        return longs(attribute.getIntsList());
      }
    }
    return null;
  }

  private static long number(NodeProto node, String name, long otherwise) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals(name)) {
        return attribute.getI();
      }
    }
    return otherwise;
  }

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  /** A product that stays at the largest number where it would be larger. */
  private static long product(long a, long b) {
    return a < 0 || b < 0 || (Math.multiplyHigh(a, b) == 0 && a * b >= 0)
        ? Math.max(0, a) * Math.max(0, b)
        : Long.MAX_VALUE;
  }

  private static long sum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  private static long elements(long[] shape) {
    long product = 1;
    for (long length : shape) {
      product = product(product, length);
    }
    return product;
  }

  private static long @Nullable [] positive(long @Nullable [] shape) {
    return shape == null || Arrays.stream(shape).anyMatch(length -> length < 0) ? null : shape;
  }

  private static long @Nullable [] combined(
      long @Nullable [] shape, long @Nullable [] factors, LongBinaryOperator operator) {
    if (shape == null || factors == null || shape.length != factors.length) {
      return null;
    }
    long[] result = new long[shape.length];
    Arrays.setAll(result, i -> operator.applyAsLong(shape[i], factors[i]));
    return result;
  }

  private long @Nullable [] broadcast(NodeProto node) {
    long[] all = new long[0];
    for (String input : node.getInputList()) {
      long[] joined = input.isEmpty() ? all : broadcast(all, shapes.get(input));
      if (joined == null) {
        return null;
      }
      all = joined;
    }
    return all;
  }

  private static long @Nullable [] broadcast(long @Nullable [] a, long @Nullable [] b) {
    if (a == null || b == null) {
      return null;
    }
    long[] result = new long[Math.max(a.length, b.length)];
    for (int i = 1; i <= result.length; i++) {
      long one = i <= a.length ? a[a.length - i] : 1;
      long other = i <= b.length ? b[b.length - i] : 1;
      result[result.length - i] = one == 1 ? other : one;
    }
    return result;
  }

  private long @Nullable [] concat(NodeProto node) {
    long[] first = shapeOf(node, 0);
    long axis = number(node, "axis", 1);
    int place = first == null ? -1 : (int) (axis < 0 ? axis + first.length : axis);
    if (first == null || place < 0 || place >= first.length) {
      return null;
    }
    long[] result = first.clone();
    for (int i = 1; i < node.getInputCount(); i++) {
      long[] next = shapeOf(node, i);
      if (next == null || next.length != first.length) {
        return null;
      }
      result[place] = sum(result[place], next[place]);
    }
    return result;
  }

  private long @Nullable [] resize(NodeProto node, long @Nullable [] first) {
    long[] sizes = numbersOf(node, 3);
    if (sizes != null && sizes.length > 0) {
      return positive(sizes);
    }
    long[] scales = numbersOf(node, node.getInputCount() == 2 ? 1 : 2);
    return combined(first, scales, KnownShapes::product);
  }

  private static long @Nullable [] pad(long @Nullable [] shape, long @Nullable [] pads) {
    if (shape == null || pads == null || pads.length != 2 * shape.length) {
      return null;
    }
    long[] result = new long[shape.length];
    Arrays.setAll(
        result, i -> sum(sum(shape[i], Math.max(0, pads[i])), Math.max(0, pads[shape.length + i])));
    return result;
  }

  private static long @Nullable [] reshape(long @Nullable [] shape, long @Nullable [] target) {
    if (shape == null || target == null) {
      return null;
    }
    long[] result = target.clone();
    long known = 1;
    int open = -1;
    for (int i = 0; i < result.length; i++) {
      if (result[i] == 0 && i < shape.length) {
        result[i] = shape[i];
      }
      if (result[i] < 0) {
        open = i;
      } else {
        known = product(known, result[i]);
      }
    }
    if (open >= 0) {
      result[open] = known == 0 ? 0 : elements(shape) / known;
    }
    // what does not fit is no shape
    return elements(result) <= elements(shape) ? result : null;
  }

  private long @Nullable [] range(NodeProto node) {
    long[] from = numbersOf(node, 0);
    long[] to = numbersOf(node, 1);
    long[] step = numbersOf(node, 2);
    if (from == null || to == null || step == null) {
      return null;
    }
    if (from.length != 1 || to.length != 1 || step.length != 1 || step[0] == 0) {
      return null;
    }
    return new long[] {(long) Math.max(0, Math.ceil(((double) to[0] - from[0]) / step[0]))};
  }

  private static long @Nullable [] product(long @Nullable [] a, long @Nullable [] b) {
    if (a == null || b == null || a.length < 2 || b.length < 2) {
      return null;
    }
    long[] batch = broadcast(Arrays.copyOf(a, a.length - 2), Arrays.copyOf(b, b.length - 2));
    if (batch == null) {
      return null;
    }
    long[] result = Arrays.copyOf(batch, batch.length + 2);
    result[batch.length] = a[a.length - 2];
    result[batch.length + 1] = b[b.length - 1];
    return result;
  }

  private static long @Nullable [] transpose(long @Nullable [] shape, long @Nullable [] order) {
    if (shape == null) {
      return null;
    }
    long[] result = new long[shape.length];
    for (int i = 0; i < result.length; i++) {
      long from = order == null ? result.length - 1 - i : i < order.length ? order[i] : -1;
      if (from < 0 || from >= shape.length) {
        return null;
      }
      result[i] = shape[(int) from];
    }
    return result;
  }

  /** At most: as if no position were lost; what is padded is not counted. */
  private static long @Nullable [] convolution(long @Nullable [] x, long @Nullable [] weight) {
    if (x == null || weight == null || x.length < 2 || weight.length < 2) {
      return null;
    }
    long[] result = x.clone();
    result[1] = weight[0];
    // strides make it smaller, and how much they do is not looked at: this counts only what grows
    return elements(result) <= elements(x) ? result : null;
  }

  private long @Nullable [] axes(NodeProto node) {
    return node.getInputCount() > 1 ? numbersOf(node, 1) : ints(node, "axes");
  }

  private static long @Nullable [] unsqueeze(long @Nullable [] shape, long @Nullable [] axes) {
    if (shape == null || axes == null) {
      return null;
    }
    long[] result = new long[shape.length + axes.length];
    for (long axis : axes) {
      long place = axis < 0 ? axis + result.length : axis;
      if (place < 0 || place >= result.length) {
        return null;
      }
      result[(int) place] = 1;
    }
    int next = 0;
    for (int i = 0; i < result.length; i++) {
      if (result[i] == 0) {
        if (next == shape.length) {
          return null;
        }
        result[i] = shape[next++];
      }
    }
    return result;
  }

  private static long @Nullable [] squeeze(long @Nullable [] shape, long @Nullable [] axes) {
    if (shape == null) {
      return null;
    }
    List<Long> gone = new ArrayList<>();
    if (axes != null) {
      Arrays.stream(axes).forEach(axis -> gone.add(axis < 0 ? axis + shape.length : axis));
    }
    List<Long> kept = new ArrayList<>();
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] != 1 || (axes != null && !gone.contains((long) i))) {
        kept.add(shape[i]);
      }
    }
    return longs(kept);
  }

  /** Small integers, which may become a shape. */
  private long @Nullable [] numbers(NodeProto node) {
    long[] first = numbersOf(node, 0);
    return switch (node.getOpType()) {
      case "Shape" -> node.getAttributeCount() == 0 ? shapeOf(node, 0) : null;
      case "Identity", "Cast", "Squeeze", "Unsqueeze", "Reshape" -> first;
      case "Concat" -> joined(node);
      case "Mul" -> paired(first, numbersOf(node, 1), KnownShapes::product);
      case "Add" -> paired(first, numbersOf(node, 1), KnownShapes::sum);
      default -> null;
    };
  }

  private static long @Nullable [] paired(
      long @Nullable [] a, long @Nullable [] b, LongBinaryOperator operator) {
    if (a == null || b == null) {
      return null;
    }
    long[] one = a.length == 1 ? repeated(a[0], b.length) : a;
    long[] other = b.length == 1 ? repeated(b[0], a.length) : b;
    return combined(one, other, operator);
  }

  private static long[] repeated(long value, int count) {
    long[] values = new long[count];
    Arrays.fill(values, value);
    return values;
  }

  private long @Nullable [] joined(NodeProto node) {
    long[] all = new long[0];
    for (String input : node.getInputList()) {
      long[] next = numbers.get(input);
      if (next == null || all.length + next.length > MOST_NUMBERS) {
        return null;
      }
      int from = all.length;
      all = Arrays.copyOf(all, from + next.length);
      System.arraycopy(next, 0, all, from, next.length);
    }
    return all;
  }
}

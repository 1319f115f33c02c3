package io.espalier.onnx.runtime;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.values.Saturated;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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
    if (node.getOpType().equals("Split")) {
      split(node);
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
        numbers.put(output, Shapes.longs(attribute.getIntsList()));
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
      case "ConstantOfShape" -> Shapes.positive(numbersOf(node, 0));
      case "Expand" -> Shapes.broadcast(first, Shapes.positive(numbersOf(node, 1)));
      case "Tile" -> Shapes.combined(first, numbersOf(node, 1), Shapes::product);
      case "Resize" -> resize(node, first);
      case "Upsample" -> Shapes.combined(first, numbersOf(node, 1), Shapes::product);
      case "Pad" ->
          Shapes.pad(first, node.getInputCount() > 1 ? numbersOf(node, 1) : ints(node, "pads"));
      case "Reshape" -> Shapes.reshape(first, node.getInputCount() > 1 ? numbersOf(node, 1) : null);
      case "Range" -> range(node);
      case "MatMul" -> Shapes.matrixProduct(first, shapeOf(node, 1));
      case "Transpose" -> Shapes.transpose(first, ints(node, "perm"));
      case "Conv" -> Shapes.convolution(first, shapeOf(node, 1));
      case "Unsqueeze" -> Shapes.unsqueeze(first, axes(node));
      case "Squeeze" -> Shapes.squeeze(first, axes(node));
      case "Gather" -> gather(node, first);
      case "Slice" -> slice(node, first);
      case "Flatten" -> Shapes.flatten(first, number(node, "axis", 1));
      case "Gemm" -> gemm(node, first);
      default -> null;
    };
  }

  private void split(NodeProto node) {
    long[] first = shapeOf(node, 0);
    int axis = first == null ? -1 : place(number(node, "axis", 0), first.length);
    if (first == null || axis < 0) {
      return;
    }
    long[] parts = node.getInputCount() > 1 ? numbersOf(node, 1) : ints(node, "split");
    if (parts == null && node.getInputCount() > 1 && !node.getInput(1).isEmpty()) {
      return;
    }
    int count = node.getOutputCount();
    for (int i = 0; i < count; i++) {
      long[] shape = first.clone();
      shape[axis] = parts == null ? Saturated.plus(first[axis], count - 1) / count : at(parts, i);
      put(node.getOutput(i), shape);
    }
  }

  private static long at(long[] numbers, int index) {
    return index < numbers.length ? Math.max(0, numbers[index]) : 0;
  }

  /** An axis, counted from the end if it is negative; -1 if there is none. */
  private static int place(long axis, int rank) {
    long place = axis < 0 ? axis + rank : axis;
    return place < 0 || place >= rank ? -1 : (int) place;
  }

  private long @Nullable [] gather(NodeProto node, long @Nullable [] first) {
    long[] indices = shapeOf(node, 1);
    int axis = first == null ? -1 : place(number(node, "axis", 0), first.length);
    if (first == null || indices == null || axis < 0) {
      return null;
    }
    long[] shape = new long[first.length - 1 + indices.length];
    System.arraycopy(first, 0, shape, 0, axis);
    System.arraycopy(indices, 0, shape, axis, indices.length);
    System.arraycopy(first, axis + 1, shape, axis + indices.length, first.length - axis - 1);
    return shape;
  }

  private long @Nullable [] slice(NodeProto node, long @Nullable [] first) {
    boolean inputs = node.getInputCount() > 1;
    long[] starts = inputs ? numbersOf(node, 1) : ints(node, "starts");
    long[] ends = inputs ? numbersOf(node, 2) : ints(node, "ends");
    long[] axes = inputs ? numbersOf(node, 3) : ints(node, "axes");
    long[] steps = node.getInputCount() > 4 ? numbersOf(node, 4) : null;
    boolean unknown = node.getInputCount() > 3 && axes == null;
    return unknown ? null : Shapes.slice(first, starts, ends, axes, steps);
  }

  private long @Nullable [] gemm(NodeProto node, long @Nullable [] first) {
    long[] second = shapeOf(node, 1);
    if (first == null || second == null || first.length != 2 || second.length != 2) {
      return null;
    }
    return new long[] {
      first[number(node, "transA", 0) == 0 ? 0 : 1], second[number(node, "transB", 0) == 0 ? 1 : 0]
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
        return Shapes.longs(attribute.getIntsList());
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

  private long @Nullable [] broadcast(NodeProto node) {
    long[] all = new long[0];
    for (String input : node.getInputList()) {
      long[] joined = input.isEmpty() ? all : Shapes.broadcast(all, shapes.get(input));
      if (joined == null) {
        return null;
      }
      all = joined;
    }
    return all;
  }

  private long @Nullable [] concat(NodeProto node) {
    long[] first = shapeOf(node, 0);
    int place = first == null ? -1 : place(number(node, "axis", 1), first.length);
    if (first == null || place < 0) {
      return null;
    }
    long[] result = first.clone();
    for (int i = 1; i < node.getInputCount(); i++) {
      long[] next = shapeOf(node, i);
      if (next == null || next.length != first.length) {
        return null;
      }
      result[place] = Saturated.plus(result[place], next[place]);
    }
    return result;
  }

  private long @Nullable [] resize(NodeProto node, long @Nullable [] first) {
    long[] sizes = numbersOf(node, 3);
    if (sizes != null && sizes.length > 0) {
      return Shapes.positive(sizes);
    }
    long[] scales = numbersOf(node, node.getInputCount() == 2 ? 1 : 2);
    return Shapes.combined(first, scales, Shapes::product);
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

  private long @Nullable [] axes(NodeProto node) {
    return node.getInputCount() > 1 ? numbersOf(node, 1) : ints(node, "axes");
  }

  /** Small integers, which may become a shape. */
  private long @Nullable [] numbers(NodeProto node) {
    long[] first = numbersOf(node, 0);
    return switch (node.getOpType()) {
      case "Shape" -> node.getAttributeCount() == 0 ? shapeOf(node, 0) : null;
      case "Identity", "Cast", "Squeeze", "Unsqueeze", "Reshape" -> first;
      case "Concat" -> joined(node);
      case "Gather" -> picked(first, numbersOf(node, 1));
      case "Mul" -> Shapes.paired(first, numbersOf(node, 1), Shapes::product);
      case "Add" -> Shapes.paired(first, numbersOf(node, 1), Saturated::plus);
      default -> null;
    };
  }

  private static long @Nullable [] picked(long @Nullable [] all, long @Nullable [] indices) {
    if (all == null || indices == null) {
      return null;
    }
    long[] result = new long[indices.length];
    for (int i = 0; i < result.length; i++) {
      int index = place(indices[i], all.length);
      if (index < 0) {
        return null;
      }
      result[i] = all[index];
    }
    return result;
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

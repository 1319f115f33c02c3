package io.espalier.onnx.calibrate;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.TensorSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Builds nodes behind a model that bring tensors into rows and columns and sum up their products.
 * Equal questions share nodes. Everything is computed in float32.
 */
final class MomentNodes {
  private static final String PREFIX = "espalier_moments/";
  private static final int AXES_AS_INPUT = 13;
  private static final int STEPS = 10;

  private final OnnxEdit edit;
  private final long opset;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<String, String> known = new HashMap<>();
  private int constants;

  MomentNodes(OnnxEdit edit, long opset) {
    this.edit = edit;
    this.opset = opset;
  }

  /** The nodes, to be put behind those of the model. */
  List<NodeProto> nodes() {
    return nodes;
  }

  /**
   * A tensor as a matrix, a row for each place and a column for each channel.
   *
   * @param mask a tensor of one number for each row; empty for none
   * @param step only every so manieth row of each sample is kept; with a mask, of them all
   */
  String rows(String tensor, int rank, int axis, String mask, int step) {
    return shared(
        "rows " + tensor + " " + axis + " " + mask + " " + step,
        () -> {
          if (axis == 1 && rank > 2 && step > 1 && mask.isEmpty()) {
            // before anything large is turned round
            return flat(thinPlaces(reshape(cast(tensor), longs(0, 0, -1)), step));
          }
          String last = channelsLast(cast(tensor), rank, axis);
          return thinRows(masked(reshape(last, flatShape(last)), mask), step);
        });
  }

  /** [samples, channels, places] as a matrix, a row for each place. */
  private String flat(String places) {
    String last = channelsLast(places, 3, 1);
    return reshape(last, flatShape(last));
  }

  /** The same for groups of channels: [groups, places, channels of a group]. */
  String groupedRows(String rows, int groups) {
    return shared(
        "grouped " + rows + " " + groups,
        () -> {
          String split = reshape(rows, longs(0, groups, -1));
          return add("Transpose", List.of(split), ints("perm", 1, 0, 2));
        });
  }

  /**
   * What the window of a convolution covers, as a matrix: a row for each place, channel by channel,
   * in each the elements of the window in row-major order.
   *
   * @param step only every so manieth place of each sample is kept, before anything is spelled out
   */
  String patches(NodeProto convolution, long channels, long[] window, int step) {
    return shared(
        "patches " + convolution.getOutput(0) + " " + step,
        () -> flat(new Windows(this, convolution, channels, window).spelledOut(step)));
  }

  /** Elements along an axis. */
  String gather(String tensor, int axis, int[] indices) {
    String constant = longs(IntStream.of(indices).asLongStream().toArray());
    return add("Gather", List.of(tensor, constant), integer("axis", axis));
  }

  /** The same tensor under another name. */
  void copy(String tensor, String name) {
    nodes.add(
        NodeProto.newBuilder().setOpType("Identity").addInput(tensor).addOutput(name).build());
  }

  /**
   * What is missing from a tensor; where only positive parts count, a negative number is as good as
   * any other that is wanted to be negative.
   */
  String missing(String wanted, String now, boolean rectified) {
    return shared(
        "missing " + wanted + " " + now + " " + rectified,
        () -> {
          String difference = add("Sub", List.of(wanted, now));
          if (!rectified) {
            return difference;
          }
          String positive = add("Relu", List.of(now));
          String zero = add("Sub", List.of(wanted, wanted));
          String where =
              add(
                  "Cast",
                  List.of(add("Greater", List.of(wanted, zero))),
                  integer("to", DataTypes.FLOAT));
          String sum = add("Mul", List.of(where, add("Add", List.of(difference, positive))));
          return add("Sub", List.of(sum, positive));
        });
  }

  String times(String x, String y) {
    return shared("times " + x + " " + y, () -> add("Mul", List.of(x, y)));
  }

  /** Products of the columns of two matrices, or stacks of them, summed over rows. */
  String products(String x, String y, int rank) {
    return shared(
        "products " + x + " " + y,
        () -> {
          long[] swap = rank == 2 ? new long[] {1, 0} : new long[] {0, 2, 1};
          String transposed = add("Transpose", List.of(x), ints("perm", swap));
          return add("MatMul", List.of(transposed, y));
        });
  }

  /** Sums over the rows of a matrix, or of a stack of them. */
  String sums(String x, int rank) {
    return shared(
        "sums " + x,
        () -> {
          AttributeProto keep = integer("keepdims", 0);
          return opset >= AXES_AS_INPUT
              ? add("ReduceSum", List.of(x, longs(rank - 2)), keep)
              : add("ReduceSum", List.of(x), keep, ints("axes", rank - 2));
        });
  }

  /** How many rows a matrix has that no mask hides: one number, or dimensions that it leads. */
  String count(String rows, int groups, String mask, int step) {
    return mask.isEmpty()
        ? gather(shape(rows), 0, new int[] {groups > 1 ? 1 : 0})
        : sums(thinRows(reshape(cast(mask), longs(-1, 1)), step), 2);
  }

  /** How many elements a tensor has: one number. */
  String size(String tensor) {
    return shared("size " + tensor, () -> add("Size", List.of(tensor)));
  }

  /** The dimensions of a tensor. */
  private String shape(String x) {
    return shared("shape " + x, () -> add("Shape", List.of(x)));
  }

  String cast(String tensor) {
    return shared(
        "cast " + tensor, () -> add("Cast", List.of(tensor), integer("to", DataTypes.FLOAT)));
  }

  /** Declares a tensor to be an output of the model. */
  static ValueInfoProto output(String name) {
    return ValueInfoProto.newBuilder().setName(name).build();
  }

  /** A float input of some rank, every dimension open. */
  static ValueInfoProto input(String name, int rank) {
    TypeProto.Tensor.Builder type = TypeProto.Tensor.newBuilder().setElemType(DataTypes.FLOAT);
    for (int i = 0; i < rank; i++) {
      type.getShapeBuilder().addDimBuilder();
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }

  private String channelsLast(String tensor, int rank, int axis) {
    if (axis == rank - 1) {
      return tensor;
    }
    long[] perm = new long[rank];
    int at = 0;
    for (int i = 0; i < rank; i++) {
      if (i != axis) {
        perm[at++] = i;
      }
    }
    perm[at] = axis;
    return add("Transpose", List.of(tensor), ints("perm", perm));
  }

  /** [-1, the last dimension]. */
  private String flatShape(String tensor) {
    String last = add("Gather", List.of(shape(tensor), longs(-1)), integer("axis", 0));
    return add("Concat", List.of(longs(-1), last), integer("axis", 0));
  }

  private String masked(String rows, String mask) {
    return mask.isEmpty() ? rows : add("Mul", List.of(rows, reshape(cast(mask), longs(-1, 1))));
  }

  /** Every so manieth place of [samples, channels, places]. */
  String thinPlaces(String places, int step) {
    return step == 1
        ? places
        : opset >= STEPS
            ? everyManieth(places, 2, step)
            : add("AveragePool", List.of(places), ints("kernel_shape", 1), ints("strides", step));
  }

  /** Every so manieth row of a matrix. */
  private String thinRows(String rows, int step) {
    if (step == 1 || opset >= STEPS) {
      return step == 1 ? rows : everyManieth(rows, 0, step);
    }
    String image = add("Unsqueeze", List.of(rows), ints("axes", 0, 1));
    AttributeProto one = ints("kernel_shape", 1, 1);
    String few = add("AveragePool", List.of(image), one, ints("strides", step, 1));
    return add("Squeeze", List.of(few), ints("axes", 0, 1));
  }

  private String everyManieth(String tensor, int axis, int step) {
    return add(
        "Slice", List.of(tensor, longs(0), longs(Integer.MAX_VALUE), longs(axis), longs(step)));
  }

  String reshape(String tensor, String shape) {
    return add("Reshape", List.of(tensor, shape));
  }

  String longs(long... values) {
    return shared(
        "longs " + java.util.Arrays.toString(values),
        () -> {
          String name = name();
          edit.addInitializer(TensorSource.ofLongs(name, values, values.length));
          return name;
        });
  }

  void constant(TensorSource tensor) {
    edit.addInitializer(tensor);
  }

  long opset() {
    return opset;
  }

  private String shared(String question, java.util.function.Supplier<String> answer) {
    String found = known.get(question);
    if (found == null) {
      found = answer.get();
      known.put(question, found);
    }
    return found;
  }

  /** A name for a constant. */
  String name() {
    return PREFIX + "c" + constants++;
  }

  String add(String operator, List<String> inputs, AttributeProto... attributes) {
    String output = PREFIX + "n" + nodes.size();
    nodes.add(
        NodeProto.newBuilder()
            .setOpType(operator)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(List.of(attributes))
            .build());
    return output;
  }

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static AttributeProto ints(String name, long... values) {
    AttributeProto.Builder builder =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    LongStream.of(values).forEach(builder::addInts);
    return builder.build();
  }
}

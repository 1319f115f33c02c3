package io.espalier.onnx.carve;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.TensorSource;
import io.espalier.spi.Ints;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A shape that is computed at run time, with numbers in the place of the elements that must change.
 * Runs of elements that stay are sliced from the computed shape, so that open dimensions stay open.
 */
final class ShapeSplice {
  private static final int SLICE_WITH_INPUTS = 10;

  private final String shape;
  private final int type;
  private final int opset;
  private final UnaryOperator<String> fresh;
  private final Consumer<TensorSource> constants;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final String output;

  /**
   * Splices a shape.
   *
   * @param shape the name of the computed tensor
   * @param type of what type it is, int64 or int32
   * @param ints its elements
   * @param patches the numbers, by position
   * @param opset the version of the standard domain
   * @param fresh makes names that are not taken
   * @param constants takes the constants that are needed
   */
  ShapeSplice(
      String shape,
      int type,
      Ints ints,
      Map<Integer, Long> patches,
      int opset,
      UnaryOperator<String> fresh,
      Consumer<TensorSource> constants) {
    this.shape = shape;
    this.type = type;
    this.opset = opset;
    this.fresh = fresh;
    this.constants = constants;
    if (ints.shape().size() > 1) {
      throw new IllegalStateException(
          "shape \"" + shape + "\" has more than one axis and cannot be patched");
    }
    List<String> parts = new ArrayList<>();
    int at = 0;
    while (at < ints.size()) {
      int end = at + 1;
      boolean patched = patches.containsKey(at);
      while (end < ints.size() && patches.containsKey(end) == patched) {
        end++;
      }
      parts.add(patched ? numbers(patches, at, end, ints.shape().isEmpty()) : slice(at, end));
      at = end;
    }
    this.output = parts.size() == 1 ? parts.get(0) : concat(parts);
  }

  /** The nodes to insert behind the one that computes the shape. */
  List<NodeProto> nodes() {
    return nodes;
  }

  /** The name of the spliced shape. */
  String output() {
    return output;
  }

  private String numbers(Map<Integer, Long> patches, int from, int to, boolean scalar) {
    long[] values = new long[to - from];
    for (int i = from; i < to; i++) {
      values[i - from] = patches.getOrDefault(i, 0L);
    }
    long[] dims = scalar ? new long[0] : new long[] {values.length};
    String name = fresh.apply(shape + "_number");
    constants.accept(Tensors.integers(name, type, values, dims));
    return name;
  }

  private String position(long value) {
    String name = fresh.apply(shape + "_position");
    constants.accept(TensorSource.ofLongs(name, new long[] {value}, 1));
    return name;
  }

  private String slice(int from, int to) {
    String name = fresh.apply(shape + "_slice");
    NodeProto.Builder node =
        NodeProto.newBuilder().setOpType("Slice").setName(name).addInput(shape).addOutput(name);
    if (opset >= SLICE_WITH_INPUTS) {
      node.addInput(position(from)).addInput(position(to));
    } else {
      node.addAttribute(ints("starts", from)).addAttribute(ints("ends", to));
    }
    nodes.add(node.build());
    return name;
  }

  private static AttributeProto ints(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addInts(value)
        .build();
  }

  private String concat(List<String> parts) {
    String name = fresh.apply(shape + "_spliced");
    nodes.add(
        NodeProto.newBuilder()
            .setOpType("Concat")
            .setName(name)
            .addAllInput(parts)
            .addOutput(name)
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("axis")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(0))
            .build());
    return name;
  }
}

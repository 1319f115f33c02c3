package io.espalier.onnx.calibrate;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.TensorSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Builds nodes that spell out what the window of a convolution covers: for each element of the
 * window what it lies over, so that no more is held at a time than what is kept, and one copy of
 * what the convolution reads.
 */
final class Windows {
  private static final int AXES_AS_INPUTS = 10;
  private static final int PADS_AS_INPUT = 11;

  private final MomentNodes nodes;
  private final NodeProto convolution;
  private final long channels;
  private final long[] window;
  private final int elements;

  /**
   * Windows of a node.
   *
   * @param channels of what it reads
   * @param window the extents of the window
   */
  Windows(MomentNodes nodes, NodeProto convolution, long channels, long... window) {
    this.nodes = nodes;
    this.convolution = convolution;
    this.channels = channels;
    this.window = window;
    this.elements = Math.toIntExact(LongStream.of(window).reduce(1, Math::multiplyExact));
  }

  /**
   * [samples, channels x elements of the window, places].
   *
   * @param step only every so manieth place is kept
   */
  String spelledOut(int step) {
    String data = nodes.cast(convolution.getInput(0));
    long[] strides = numbers("strides", 1);
    long[] pads = pads(strides);
    if (pads == null) {
      return nodes.thinPlaces(nodes.reshape(multiplied(data), nodes.longs(0, 0, -1)), step);
    }
    String padded = padded(data, pads);
    List<String> parts = new ArrayList<>();
    for (int element = 0; element < elements; element++) {
      String covered = strided(shifted(padded, element), strides);
      String places = nodes.thinPlaces(nodes.reshape(covered, nodes.longs(0, 0, -1)), step);
      parts.add(nodes.reshape(places, nodes.longs(0, channels, 1, -1)));
    }
    String all = nodes.add("Concat", parts, MomentNodes.integer("axis", 2));
    return nodes.reshape(all, nodes.longs(0, channels * elements, -1));
  }

  private long[] numbers(String name, long otherwise) {
    for (AttributeProto attribute : convolution.getAttributeList()) {
      if (attribute.getName().equals(name)) {
        return attribute.getIntsList().stream().mapToLong(Long::longValue).toArray();
      }
    }
    long[] numbers = new long[window.length];
    Arrays.fill(numbers, otherwise);
    return numbers;
  }

  /** Zeros before each axis, then those behind; null where they depend on the size of the data. */
  private long @Nullable [] pads(long[] strides) {
    String automatic = "NOTSET";
    for (AttributeProto attribute : convolution.getAttributeList()) {
      if (attribute.getName().equals("auto_pad")) {
        automatic = attribute.getS().toStringUtf8();
      }
    }
    int axes = window.length;
    if (automatic.equals("NOTSET") || automatic.isEmpty()) {
      long[] pads = numbers("pads", 0);
      return pads.length == 2 * axes ? pads : new long[2 * axes];
    }
    long[] pads = new long[2 * axes];
    if (automatic.equals("VALID")) {
      return pads;
    }
    if (LongStream.of(strides).anyMatch(stride -> stride != 1)) {
      return null;
    }
    for (int i = 0; i < axes; i++) {
      long both = reach(i);
      long less = both / 2;
      boolean upper = automatic.equals("SAME_UPPER");
      pads[i] = upper ? less : both - less;
      pads[axes + i] = both - pads[i];
    }
    return pads;
  }

  /** How far the last element of the window is from the first. */
  private long reach(int axis) {
    return numbers("dilations", 1)[axis] * (window[axis] - 1);
  }

  private String padded(String data, long... pads) {
    if (LongStream.of(pads).allMatch(pad -> pad == 0)) {
      return data;
    }
    int axes = window.length;
    long[] all = new long[2 * axes + 4];
    System.arraycopy(pads, 0, all, 2, axes);
    System.arraycopy(pads, axes, all, axes + 4, axes);
    return nodes.opset() >= PADS_AS_INPUT
        ? nodes.add("Pad", List.of(data, nodes.longs(all)))
        : nodes.add("Pad", List.of(data), MomentNodes.ints("pads", all));
  }

  /** What an element of the window lies over if the window is moved by one place at a time. */
  private String shifted(String padded, int element) {
    int axes = window.length;
    long[] dilations = numbers("dilations", 1);
    long[] starts = new long[axes];
    long[] ends = new long[axes];
    long[] which = new long[axes];
    int rest = element;
    for (int i = axes - 1; i >= 0; i--) {
      starts[i] = rest % window[i] * dilations[i];
      rest = (int) (rest / window[i]);
      long behind = reach(i) - starts[i];
      ends[i] = behind == 0 ? Integer.MAX_VALUE : -behind;
      which[i] = i + 2L;
    }
    if (elements == 1) {
      return padded;
    }
    return nodes.opset() >= AXES_AS_INPUTS
        ? nodes.add(
            "Slice", List.of(padded, nodes.longs(starts), nodes.longs(ends), nodes.longs(which)))
        : nodes.add(
            "Slice",
            List.of(padded),
            MomentNodes.ints("starts", starts),
            MomentNodes.ints("ends", ends),
            MomentNodes.ints("axes", which));
  }

  private String strided(String tensor, long... strides) {
    if (LongStream.of(strides).allMatch(stride -> stride == 1)) {
      return tensor;
    }
    long[] ones = new long[window.length];
    Arrays.fill(ones, 1);
    return nodes.add(
        "AveragePool",
        List.of(tensor),
        MomentNodes.ints("kernel_shape", ones),
        MomentNodes.ints("strides", strides));
  }

  /** The same by a convolution that copies, which knows itself how much it pads. */
  private String multiplied(String data) {
    int count = Math.toIntExact(channels);
    float[] unit = new float[count * elements * elements];
    for (int c = 0; c < count; c++) {
      for (int p = 0; p < elements; p++) {
        unit[(c * elements + p) * elements + p] = 1;
      }
    }
    long[] dims = new long[window.length + 2];
    dims[0] = channels * elements;
    dims[1] = 1;
    System.arraycopy(window, 0, dims, 2, window.length);
    String weight = nodes.name();
    nodes.constant(TensorSource.ofFloats(weight, unit, dims));
    List<AttributeProto> attributes = new ArrayList<>();
    for (AttributeProto attribute : convolution.getAttributeList()) {
      if (!attribute.getName().equals("group")) {
        attributes.add(attribute);
      }
    }
    attributes.add(MomentNodes.integer("group", channels));
    return nodes.add("Conv", List.of(data, weight), attributes.toArray(AttributeProto[]::new));
  }
}

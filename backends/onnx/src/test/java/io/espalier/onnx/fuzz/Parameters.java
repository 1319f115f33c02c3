package io.espalier.onnx.fuzz;

import static io.espalier.onnx.fuzz.Sketch.with;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Parameters in the forms that files hold them: stored, shared, or computed from what is stored.
 */
final class Parameters {
  private static final int QUANTISED_BY_AXIS = 13;

  private final Sketch s;
  private final OnnxGraphBuilder builder;
  private final Map<String, String> made = new HashMap<>();

  Parameters(Sketch s, OnnxGraphBuilder builder) {
    this.s = s;
    this.builder = builder;
  }

  /** Weights of a layer: outputs, inputs, kernel. */
  String weights(String layer, long... dims) {
    if (s.chance(0.05)) {
      return normalised(layer, dims);
    }
    return s.opset() >= QUANTISED_BY_AXIS && s.chance(0.05)
        ? quantised(layer, dims)
        : builder.weights(layer + ".weight", dims);
  }

  /** A direction and a length, as they are trained. */
  private String normalised(String layer, long... dims) {
    List<Long> shape = Arrays.stream(dims).boxed().toList();
    Wire direction = new Wire(builder.weights(layer + ".weight_v", dims), shape);
    int[] others = IntStream.range(1, dims.length).toArray();
    Wire norm = s.reduce("ReduceL2", direction, true, others);
    long[] lengths = norm.dims().stream().mapToLong(Long::longValue).toArray();
    String length = builder.random(layer + ".weight_g", 1, 0.3, lengths);
    return s.op("Mul", s.op("Div", direction, norm.name()), length).name();
  }

  /** Bytes with a scale and a zero point for each output. */
  private String quantised(String layer, long... dims) {
    TensorProto.Builder bytes = bytes(layer + ".weight_q", dims);
    TensorProto.Builder zeros = bytes(layer + ".weight_zero", dims[0]);
    long size = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    for (int i = 0; i < size; i++) {
      bytes.addInt32Data(s.between(-90, 90));
    }
    for (int i = 0; i < dims[0]; i++) {
      zeros.addInt32Data(s.between(-9, 9));
    }
    double scale = Math.sqrt(2.0 * dims[0] / size) / 50;
    String scales = builder.random(layer + ".weight_scale", scale, scale / 4, dims[0]);
    List<String> inputs =
        List.of(builder.initializer(bytes.build()), scales, builder.initializer(zeros.build()));
    return s.node("DequantizeLinear", with("axis", 0), inputs);
  }

  private static TensorProto.Builder bytes(String name, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(DataTypes.INT8);
    Arrays.stream(dims).forEach(tensor::addDims);
    return tensor;
  }

  /**
   * Weights of a layer that reads them as inputs, outputs: stored like that or the other way round,
   * now and then those of another layer.
   */
  String columns(String layer, long in, long out) {
    String here = "columns " + in + " " + out;
    String there = "columns " + out + " " + in;
    if (made.containsKey(here) && s.chance(0.15)) {
      return made.get(here);
    }
    if (made.containsKey(there) && s.chance(0.15)) {
      return turned(made.get(there));
    }
    if (s.chance(0.3)) {
      return turned(weights(layer, out, in));
    }
    String stored = builder.random(layer + ".weight", 0, Math.sqrt(2.0 / in), in, out);
    made.put(here, stored);
    return stored;
  }

  private String turned(String matrix) {
    return s.node("Transpose", with("perm", new long[] {1, 0}), List.of(matrix));
  }

  /** Any other parameter; now and then one that another layer has, as exporters merge them. */
  String parameter(String name, double mean, double deviation, long... dims) {
    String kind = mean + " " + deviation + " " + Arrays.toString(dims);
    if (made.containsKey(kind) && s.chance(0.2)) {
      String shared = made.get(kind);
      return s.chance(0.3) ? s.node("Identity", Map.of(), List.of(shared)) : shared;
    }
    made.put(kind, name);
    String stored = builder.random(name, mean, deviation, dims);
    return s.chance(0.05) ? computed(stored, dims) : stored;
  }

  /** A parameter behind nodes that work on parameters alone. */
  private String computed(String stored, long... dims) {
    List<Long> shape = Arrays.stream(dims).boxed().toList();
    Wire x = new Wire(stored, shape);
    if (s.chance(0.3)) {
      return s.op("Add", s.op("Mul", x, s.number(1.5f)), s.number(0.01f)).name();
    }
    if (s.chance(0.5)) {
      Wire wide = s.op("Cast", with("to", DataTypes.DOUBLE), shape, x);
      return s.op("Cast", with("to", DataTypes.FLOAT), shape, wide).name();
    }
    return shape.isEmpty() ? stored : s.squeeze(s.unsqueeze(x, 0), 0).name();
  }
}

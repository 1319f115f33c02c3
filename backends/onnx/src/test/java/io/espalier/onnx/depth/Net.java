package io.espalier.onnx.depth;

import io.espalier.onnx.build.OnnxGraphBuilder;
import java.util.List;
import java.util.Map;

/** A network over x [N, 6, 8, 8] whose nodes and parameters have no names to speak of. */
final class Net {
  static final int WIDTH = 6;

  final OnnxGraphBuilder b;
  private int weights;

  Net() {
    this.b = new OnnxGraphBuilder("depth", 17, 3);
  }

  /** The input, through a first convolution. */
  String stem() {
    return node("Relu", conv(b.input("x", "N", 3, 8, 8), 3, WIDTH));
  }

  String node(String operator, String... inputs) {
    return b.node(operator, "n", List.of(inputs));
  }

  String node(String operator, Map<String, ?> attributes, String... inputs) {
    return b.node(operator, "n", List.of(inputs), attributes);
  }

  String conv(String x, int in, int out) {
    String weight = b.random("w" + weights++, 0, Math.sqrt(1.0 / (9 * in)), out, in, 3, 3);
    return node("Conv", Map.of("pads", new long[] {1, 1, 1, 1}), x, weight);
  }

  String conv(String x) {
    return conv(x, WIDTH, WIDTH);
  }

  /** relu(x + conv(relu(conv(x)))). */
  String block(String x) {
    return node("Relu", node("Add", branch(x), x));
  }

  /** A branch of two convolutions with a width of its own between. */
  String branch(String x) {
    return conv(node("Relu", conv(x, WIDTH, 5)), 5, WIDTH);
  }

  String vector(double mean, long... dims) {
    return b.random("w" + weights++, mean, 0.2, dims);
  }

  String scalar(float value) {
    return b.floats("w" + weights++, new float[] {value});
  }

  /** A norm over each pixel's channels, in elementary operators. */
  String norm(String x) {
    Map<String, ?> over = Map.of("axes", new long[] {1}, "keepdims", 1);
    String centred = node("Sub", x, node("ReduceMean", over, x));
    String square = node("ReduceMean", over, node("Pow", centred, scalar(2)));
    String root = node("Sqrt", node("Add", square, scalar(1e-5f)));
    String scaled = node("Mul", node("Div", centred, root), vector(1, WIDTH, 1, 1));
    return node("Add", scaled, vector(0, WIDTH, 1, 1));
  }

  /** The whole, through a last convolution. */
  OnnxGraphBuilder head(String x) {
    return b.output("y", conv(x, WIDTH, 2), "N", 2, 8, 8);
  }
}

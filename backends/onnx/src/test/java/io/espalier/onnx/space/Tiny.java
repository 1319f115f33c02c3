package io.espalier.onnx.space;

import io.espalier.core.SearchSpace;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A network of a few nodes in the making. */
final class Tiny {
  final OnnxGraphBuilder b;
  private int made;

  Tiny(int opset) {
    b = new OnnxGraphBuilder("tiny", opset, 3);
  }

  /** Attributes by turns of name and value. */
  static Map<String, Object> with(Object... attributes) {
    Map<String, Object> map = new HashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      map.put((String) attributes[i], attributes[i + 1]);
    }
    return map;
  }

  static long[] list(long... numbers) {
    return numbers;
  }

  /** An image of 8 x 8 pixels with 3 channels. */
  String image() {
    return b.input("input", "N", 3, 8, 8);
  }

  String op(String operator, String... inputs) {
    return op(operator, Map.of(), inputs);
  }

  String op(String operator, Map<String, ?> attributes, String... inputs) {
    return b.node(operator, operator + made++, List.of(inputs), attributes);
  }

  List<String> several(String operator, int outputs, Map<String, ?> attributes, String... inputs) {
    return b.nodes(operator, operator + made++, List.of(inputs), attributes, outputs);
  }

  /** A convolution that keeps the size of an image. */
  String conv(String layer, String x, long out, long in) {
    return conv(layer, x, out, in, 1);
  }

  /** The same in groups; {@code in} counts the channels of one of them. */
  String conv(String layer, String x, long out, long in, long groups) {
    return op(
        "Conv",
        with("pads", list(1, 1, 1, 1), "group", groups),
        x,
        b.weights(layer + ".weight", out, in, 3, 3),
        b.random(layer + ".bias", 0, 0.3, out));
  }

  /** A convolution with a kernel of one element. */
  String conv1(String layer, String x, long out, long in) {
    return op(
        "Conv",
        x,
        b.weights(layer + ".weight", out, in, 1, 1),
        b.random(layer + ".bias", 0, 0.3, out));
  }

  /** A matrix product and a bias. */
  String linear(String layer, String x, long in, long out) {
    String weight = b.random(layer + ".weight", 0, Math.sqrt(2.0 / in), in, out);
    return op("Add", op("MatMul", x, weight), b.random(layer + ".bias", 0, 0.3, out));
  }

  /** A parameter around a mean. */
  String parameter(double mean, long... dims) {
    return b.random("parameter" + made++, mean, 0.3, dims);
  }

  String ints(long... values) {
    return b.longs("ints" + made++, values, values.length);
  }

  String number(float value) {
    return b.floats("number" + made++, new float[] {value});
  }

  /** The model; what comes out has these dimensions. */
  OnnxModel model(String value, Object... dims) {
    return b.output("output", value, dims).build();
  }

  /** The proved space of the model. */
  SearchSpace proved(String value, Object... dims) {
    return Cuts.prove(model(value, dims));
  }
}

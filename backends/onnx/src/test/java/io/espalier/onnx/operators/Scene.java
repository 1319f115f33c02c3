package io.espalier.onnx.operators;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.RandomInputs;
import io.espalier.onnx.runtime.ShapeProbe;
import io.espalier.onnx.runtime.ValueSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * What stands around an operator: an image [2, 3, 8, 8] goes through two convolutions, whose output
 * [2, 16, 8, 8] the operator reads; a linear layer reads every element of what comes out.
 */
final class Scene {
  static final int BATCH = 2;
  static final int CHANNELS = 16;
  static final int SIZE = 8;
  private static final int HIDDEN = 6;
  private static final int OUTPUTS = 5;

  private final OnnxGraphBuilder builder;
  private final SplittableRandom random;
  private final String hidden;
  private final String features;
  private int made;

  Scene(int opset, long seed) {
    this.builder = new OnnxGraphBuilder("scene", opset, seed);
    this.random = new SplittableRandom(seed);
    String input = builder.input("input", BATCH, 3, SIZE, SIZE);
    hidden = op("LeakyRelu", convolve("conv0", input, HIDDEN, 3, 3, same(1)));
    features = convolve("conv1", hidden, CHANNELS, HIDDEN, 3, same(1));
  }

  /** What the operator reads, [2, 16, 8, 8]: both signs, of the order of 1. */
  String x() {
    return features;
  }

  /** A second value of the same shape, which shares its input only. */
  String other() {
    return convolve("branch" + made++, hidden, CHANNELS, HIDDEN, 3, same(1));
  }

  /** The features, squeezed into a range. */
  String within(double low, double high) {
    return within(low, high, features);
  }

  /** A value, squeezed into a range. */
  String within(double low, double high, String value) {
    String scaled = op("Mul", op("Sigmoid", value), floats((float) (high - low)));
    return op("Add", scaled, floats((float) low));
  }

  /** A random number, both ends included. */
  int between(int low, int high) {
    return random.nextInt(low, high + 1);
  }

  /** One of two numbers. */
  int either(int one, int other) {
    return random.nextBoolean() ? one : other;
  }

  /** As many random numbers as are asked for. */
  long[] several(int count, int low, int high) {
    return random.longs(count, low, high + 1).toArray();
  }

  /** Attributes by turns of name and value. */
  static Map<String, Object> with(Object... attributes) {
    Map<String, Object> map = new java.util.HashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      map.put((String) attributes[i], attributes[i + 1]);
    }
    return map;
  }

  static long[] list(long... numbers) {
    return numbers;
  }

  /** Padding that keeps an image as large as it is. */
  static Map<String, Object> same(long pad) {
    return with("pads", list(pad, pad, pad, pad));
  }

  String op(String operator, String... inputs) {
    return op(operator, Map.of(), inputs);
  }

  String op(String operator, Map<String, ?> attributes, String... inputs) {
    return several(operator, 1, attributes, inputs).get(0);
  }

  /** A node of several outputs. */
  List<String> several(String operator, int outputs, Map<String, ?> attributes, String... inputs) {
    return builder.nodes(operator, operator + made++, List.of(inputs), attributes, outputs);
  }

  /** A two-dimensional convolution with a bias; {@code in} counts the channels of one group. */
  String convolve(
      String name, String x, int out, int in, int kernel, Map<String, Object> attributes) {
    return op(
        "Conv",
        attributes,
        x,
        builder.weights(name + ".weight", out, in, kernel, kernel),
        builder.random(name + ".bias", 0, 0.3, out));
  }

  /** Weights for a layer, [outputs, inputs, kernel...]. */
  String weights(String name, long... dims) {
    return builder.weights(name, dims);
  }

  /** Random numbers around a mean. */
  String random(double mean, double deviation, long... dims) {
    return builder.random("random" + made++, mean, deviation, dims);
  }

  /** Random numbers around a mean, as the value of an attribute. */
  TensorProto tensor(double mean, double deviation, long... dims) {
    long size = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(DataTypes.FLOAT);
    Arrays.stream(dims).forEach(tensor::addDims);
    for (int i = 0; i < size; i++) {
      tensor.addFloatData((float) (mean + deviation * (2 * random.nextDouble() - 1)));
    }
    return tensor.build();
  }

  /** A list of integers. */
  String ints(long... values) {
    return builder.longs("ints" + made++, values, values.length);
  }

  /** Integers of a given shape, row-major. */
  String shaped(long[] values, long... dims) {
    return builder.longs("ints" + made++, values, dims);
  }

  /** One integer, without an axis. */
  String scalar(long value) {
    return builder.longs("scalar" + made++, list(value));
  }

  /** Floats: a scalar if there is one, a list otherwise. */
  String floats(float... values) {
    return values.length == 1 ? builder.floats("real" + made++, values) : floatList(values);
  }

  /** A list of floats. */
  String floatList(float... values) {
    return builder.floats("reals" + made++, values, values.length);
  }

  /** Numbers of any type that is stored as 32-bit integers in text, such as the 8-bit ones. */
  String typed(int dataType, int[] values, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName("typed" + made++).setDataType(dataType);
    Arrays.stream(dims).forEach(tensor::addDims);
    Arrays.stream(values).forEach(tensor::addInt32Data);
    return builder.initializer(tensor.build());
  }

  String cast(String value, int dataType) {
    return op("Cast", with("to", dataType), value);
  }

  String asFloats(String value) {
    return cast(value, DataTypes.FLOAT);
  }

  String transpose(String value, long... order) {
    return op("Transpose", with("perm", order), value);
  }

  String reshape(String value, long... shape) {
    return op("Reshape", value, ints(shape));
  }

  /** The model, in which a linear layer reads everything that a network made of this scene. */
  static OnnxModel model(OperatorCase operatorCase) {
    Function<Scene, String> network = operatorCase.network();
    Scene probe = operatorCase.scene();
    String probed = network.apply(probe);
    OnnxModel open = probe.builder.output("probe", probe.hidden, BATCH, HIDDEN, SIZE, SIZE).build();
    Map<String, io.espalier.onnx.runtime.Tensor> inputs =
        RandomInputs.seeded(0)
            .forInputs(
                List.of(
                    new ValueSpec(
                        "input",
                        DataTypes.FLOAT,
                        List.of((long) BATCH, 3L, (long) SIZE, (long) SIZE))),
                Map.of());
    ValueSpec spec = ShapeProbe.probe(open, inputs, List.of(probed)).get(probed);
    if (spec == null) {
      throw new IllegalStateException(operatorCase + " makes no tensor");
    }
    Scene scene = operatorCase.scene();
    return scene.read(network.apply(scene), spec);
  }

  private OnnxModel read(String value, ValueSpec spec) {
    long size = spec.dims().stream().reduce(1L, (a, b) -> a * b);
    String real = spec.dataType() == DataTypes.FLOAT ? value : asFloats(value);
    String row =
        !spec.dims().isEmpty() ? op("Flatten", with("axis", 0), real) : reshape(real, 1, -1);
    String head = builder.random("head.weight", 0, Math.sqrt(1.0 / size), size, OUTPUTS);
    return builder.output("output", op("MatMul", row, head), 1, OUTPUTS).build();
  }
}

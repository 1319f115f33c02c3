package io.espalier.onnx.build;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Layers arranged and named as PyTorch's exporter does it: parameters {@code
 * layer1.0.conv1.weight}, nodes {@code /layer1/layer1.0/conv1/Conv}. Each method takes the dotted
 * name of the module and the value that goes in, and returns the value that comes out.
 */
public final class TorchLayers {
  private static final double EPSILON = 1e-5;

  private final OnnxGraphBuilder builder;
  private boolean foldNorms;
  private final Set<String> lists = new HashSet<>();
  private int foldedNames = 100;

  /** Layers that are added to a builder. */
  public TorchLayers(OnnxGraphBuilder builder) {
    this.builder = builder;
  }

  /**
   * From here on a BatchNorm after a convolution is folded into it, as the exporter does by
   * default; the parameters then lose their names to {@code onnx::Conv_101} and the like.
   */
  public TorchLayers foldingNorms() {
    foldNorms = true;
    return this;
  }

  /**
   * Declares that a module is a ModuleList: its children show in node names, but it does not
   * itself.
   */
  public TorchLayers moduleList(String module) {
    lists.add(module);
    return this;
  }

  /**
   * The start of the names of a module's nodes: {@code layer1.0.conv1} is {@code
   * /layer1/layer1.0/conv1}.
   */
  public String scope(String module) {
    StringBuilder scope = new StringBuilder();
    String path = "";
    String component = "";
    for (String token : module.split("\\.", -1)) {
      path = path.isEmpty() ? token : path + "." + token;
      component = Character.isDigit(token.charAt(0)) ? component + "." + token : token;
      if (!lists.contains(path)) {
        scope.append('/').append(component);
      }
    }
    return scope.toString();
  }

  /**
   * A node of a module: {@code relu("layer1.0.relu", x)} is {@code node("Relu", "layer1.0.relu",
   * x)}.
   */
  public String node(String operator, String module, Map<String, ?> attributes, String... inputs) {
    String prefix = module.isEmpty() ? "" : scope(module);
    return builder.node(operator, prefix + "/" + operator, List.of(inputs), attributes);
  }

  /** A node of a module, without attributes. */
  public String node(String operator, String module, String... inputs) {
    return node(operator, module, Map.of(), inputs);
  }

  public String relu(String module, String x) {
    return node("Relu", module, x);
  }

  /** A convolution with He-initialised weights. */
  public String conv(String module, String x, Convolution shape) {
    return conv(module, x, shape, module + ".weight", module + ".bias");
  }

  private String conv(String module, String x, Convolution shape, String weight, String bias) {
    int kernel = shape.kernel();
    builder.weights(
        weight, shape.outChannels(), shape.inChannels() / shape.groups(), kernel, kernel);
    Map<String, Object> attributes =
        Map.of(
            "dilations", new long[] {1, 1},
            "group", shape.groups(),
            "kernel_shape", new long[] {kernel, kernel},
            "pads", repeat(shape.padding(), 4),
            "strides", repeat(shape.stride(), 2));
    if (!shape.bias()) {
      return node("Conv", module, attributes, x, weight);
    }
    builder.random(bias, 0, 0.1, shape.outChannels());
    return node("Conv", module, attributes, x, weight, bias);
  }

  /** A convolution and the BatchNorm behind it, which may be folded into it. */
  public String convNorm(String convModule, String normModule, String x, Convolution shape) {
    return convNorm(convModule, normModule, x, shape, 1);
  }

  /**
   * A convolution and the BatchNorm behind it, which may be folded into it.
   *
   * @param gain mean of the norm's weights: less than 1 before a residual sum keeps deep sums from
   *     growing
   */
  public String convNorm(
      String convModule, String normModule, String x, Convolution shape, double gain) {
    if (!foldNorms) {
      return batchNorm(normModule, conv(convModule, x, shape), shape.outChannels(), gain);
    }
    String weight = "onnx::Conv_" + ++foldedNames;
    return conv(convModule, x, shape.withBias(), weight, "onnx::Conv_" + ++foldedNames);
  }

  /** A BatchNorm whose statistics fit inputs of mean 0 and variance 1. */
  public String batchNorm(String module, String x, int channels) {
    return batchNorm(module, x, channels, 1);
  }

  private String batchNorm(String module, String x, int channels, double gain) {
    return node(
        "BatchNormalization",
        module,
        Map.of("epsilon", EPSILON, "momentum", 0.9),
        x,
        builder.random(module + ".weight", gain, 0.2 * gain, channels),
        builder.random(module + ".bias", 0, 0.1, channels),
        builder.random(module + ".running_mean", 0, 0.1, channels),
        builder.random(module + ".running_var", 1, 0.2, channels));
  }

  /** A LayerNorm over the last axis. */
  public String layerNorm(String module, String x, int features) {
    return node(
        "LayerNormalization",
        module,
        Map.of("axis", -1, "epsilon", EPSILON),
        x,
        builder.random(module + ".weight", 1, 0.2, features),
        builder.random(module + ".bias", 0, 0.1, features));
  }

  /** A linear layer on a matrix: a Gemm with weights [out, in]. */
  public String linear(String module, String x, int inFeatures, int outFeatures) {
    return node(
        "Gemm",
        module,
        Map.of("alpha", 1.0, "beta", 1.0, "transB", 1),
        x,
        builder.weights(module + ".weight", outFeatures, inFeatures),
        builder.random(module + ".bias", 0, 0.1, outFeatures));
  }

  /**
   * A linear layer on a tensor of more axes: a MatMul with weights [in, out] that lost their name,
   * and an Add.
   */
  public String projection(String module, String x, int inFeatures, int outFeatures) {
    String product = projectionWithoutBias(module, x, inFeatures, outFeatures);
    return node("Add", module, builder.random(module + ".bias", 0, 0.1, outFeatures), product);
  }

  /** A linear layer without bias on a tensor of more axes: a MatMul with weights [in, out]. */
  public String projectionWithoutBias(String module, String x, int inFeatures, int outFeatures) {
    String weight = "onnx::MatMul_" + ++foldedNames;
    double deviation = Math.sqrt(1.5 / inFeatures);
    return node("MatMul", module, x, builder.random(weight, 0, deviation, inFeatures, outFeatures));
  }

  public String maxPool(String module, String x, int kernel, int stride) {
    return node(
        "MaxPool",
        module,
        Map.of(
            "ceil_mode", 0,
            "kernel_shape", repeat(kernel, 2),
            "pads", repeat(kernel % 2 == 0 ? 0 : kernel / 2, 4),
            "strides", repeat(stride, 2)),
        x);
  }

  /** A mean over squares that do not overlap. */
  public String averagePool(String module, String x, int kernel) {
    return node(
        "AveragePool",
        module,
        Map.of(
            "kernel_shape", repeat(kernel, 2),
            "pads", repeat(0, 4),
            "strides", repeat(kernel, 2)),
        x);
  }

  /**
   * A transposed convolution that doubles height and width, with weights [in, out, 2, 2] and a
   * bias.
   */
  public String upsample(String module, String x, int inChannels, int outChannels) {
    double deviation = Math.sqrt(2.0 / inChannels);
    return node(
        "ConvTranspose",
        module,
        Map.of(
            "dilations", new long[] {1, 1},
            "group", 1,
            "kernel_shape", new long[] {2, 2},
            "pads", repeat(0, 4),
            "strides", new long[] {2, 2}),
        x,
        builder.random(module + ".weight", 0, deviation, inChannels, outChannels, 2, 2),
        builder.random(module + ".bias", 0, 0.1, outChannels));
  }

  /** The mean over height and width, flattened to [N, channels]. */
  public String globalPool(String module, String x) {
    return node("Flatten", "", Map.of("axis", 1), node("GlobalAveragePool", module, x));
  }

  private static long[] repeat(long value, int times) {
    long[] values = new long[times];
    Arrays.fill(values, value);
    return values;
  }
}

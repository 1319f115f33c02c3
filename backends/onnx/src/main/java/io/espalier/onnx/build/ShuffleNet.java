package io.espalier.onnx.build;

import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import java.util.Map;

/**
 * Channel split and channel shuffle as in ShuffleNet V2: a unit works on one half of the channels,
 * and the halves are interleaved by Reshape, Transpose, Reshape, whose targets are computed from
 * the input's shape. Input {@code input} [N, 3, imageSize, imageSize], output {@code output} [N,
 * classes].
 *
 * @param channels channels of each stage, even numbers
 * @param units units in each stage, the first of which halves height and width
 * @param classes number of outputs
 * @param imageSize height and width of the input
 */
public record ShuffleNet(List<Integer> channels, List<Integer> units, int classes, int imageSize) {
  private static final int STEM = 24;

  public ShuffleNet {
    channels = List.copyOf(channels);
    units = List.copyOf(units);
  }

  OnnxModel build() {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("shufflenet", 17);
    TorchLayers layers = new TorchLayers(builder);
    String x = builder.input("input", "N", 3, imageSize, imageSize);
    x = layers.convNorm("conv1.0", "conv1.1", x, Convolution.of(3, STEM, 3).withStride(2));
    x = layers.relu("conv1.2", x);
    int width = STEM;
    for (int stage = 0; stage < channels.size(); stage++) {
      int out = channels.get(stage);
      for (int i = 0; i < units.get(stage); i++) {
        String name = "stage" + (stage + 2) + "." + i;
        x = i == 0 ? reduce(layers, name, x, width, out) : unit(builder, layers, name, x, out);
        x = shuffle(builder, layers, name, x);
        width = out;
      }
    }
    x = layers.linear("fc", layers.globalPool("", x), width, classes);
    return builder.output("output", x, "N", classes).build();
  }

  /** Both branches read everything and halve height and width. */
  private static String reduce(TorchLayers layers, String name, String x, int in, int out) {
    int half = out / 2;
    String first = name + ".branch1.";
    Convolution spatial = Convolution.depthwise(in, 3).withStride(2);
    String left = layers.convNorm(first + "0", first + "1", x, spatial);
    left = layers.convNorm(first + "2", first + "3", left, Convolution.of(in, half, 1));
    left = layers.relu(first + "4", left);
    String right = branch(layers, name + ".branch2.", x, in, half, 2);
    return layers.node("Concat", name, Map.of("axis", 1), left, right);
  }

  /** One half of the channels goes through a branch, the other stays. */
  private static String unit(
      OnnxGraphBuilder builder, TorchLayers layers, String name, String x, int channels) {
    int half = channels / 2;
    String sizes = builder.constant(layers.scope(name) + "/Constant", new long[] {half, half}, 2);
    List<String> halves =
        builder.nodes(
            "Split", layers.scope(name) + "/Split", List.of(x, sizes), Map.of("axis", 1), 2);
    String right = branch(layers, name + ".branch2.", halves.get(1), half, half, 1);
    return layers.node("Concat", name, Map.of("axis", 1), halves.get(0), right);
  }

  private static String branch(
      TorchLayers layers, String prefix, String x, int in, int out, int stride) {
    String y = layers.convNorm(prefix + "0", prefix + "1", x, Convolution.of(in, out, 1));
    y = layers.relu(prefix + "2", y);
    Convolution spatial = Convolution.depthwise(out, 3).withStride(stride);
    y = layers.convNorm(prefix + "3", prefix + "4", y, spatial);
    y = layers.convNorm(prefix + "5", prefix + "6", y, Convolution.of(out, out, 1));
    return layers.relu(prefix + "7", y);
  }

  private static String shuffle(
      OnnxGraphBuilder builder, TorchLayers layers, String name, String x) {
    ShapeArithmetic shapes = new ShapeArithmetic(builder, layers.scope(name));
    String batch = shapes.dim(x, 0);
    String channels = shapes.dim(x, 1);
    String height = shapes.dim(x, 2);
    String width = shapes.dim(x, 3);
    String groups = shapes.number(2);
    String perGroup = shapes.divide(channels, groups);
    String grouped = shapes.list(batch, groups, perGroup, height, width);
    String y = layers.node("Reshape", name, x, grouped);
    y = layers.node("Transpose", name, Map.of("perm", new long[] {0, 2, 1, 3, 4}), y);
    return layers.node("Reshape", name, y, shapes.list(batch, shapes.number(-1), height, width));
  }
}

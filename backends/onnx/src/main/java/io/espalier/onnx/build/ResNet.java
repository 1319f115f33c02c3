package io.espalier.onnx.build;

import io.espalier.onnx.file.OnnxModel;
import java.util.List;

/**
 * A residual network as torchvision builds it. Input {@code input} [N, 3, imageSize, imageSize],
 * output {@code output} [N, classes].
 *
 * @param bottleneck blocks of three convolutions that widen four times, or of two
 * @param baseWidth channels of the first stage; each later one doubles it
 * @param blocks blocks in each stage
 * @param classes number of outputs
 * @param imageSize height and width of the input
 * @param foldNorms whether BatchNorms are folded into the convolutions
 */
public record ResNet(
    boolean bottleneck,
    int baseWidth,
    List<Integer> blocks,
    int classes,
    int imageSize,
    boolean foldNorms) {
  private static final int EXPANSION = 4;

  /**
   * Mean of the last norm's weights in a block: the sum of a dozen blocks must not drown the first.
   */
  private static final double RESIDUAL_GAIN = 0.5;

  public ResNet {
    blocks = List.copyOf(blocks);
  }

  OnnxModel build() {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("resnet", 17);
    TorchLayers layers = new TorchLayers(builder);
    if (foldNorms) {
      layers.foldingNorms();
    }
    String x = builder.input("input", "N", 3, imageSize, imageSize);
    x = layers.convNorm("conv1", "bn1", x, Convolution.of(3, baseWidth, 7).withStride(2));
    x = layers.maxPool("maxpool", layers.relu("relu", x), 3, 2);
    int channels = baseWidth;
    for (int stage = 0; stage < blocks.size(); stage++) {
      int width = baseWidth << stage;
      int out = bottleneck ? EXPANSION * width : width;
      for (int i = 0; i < blocks.get(stage); i++) {
        int stride = i == 0 && stage > 0 ? 2 : 1;
        x = block(layers, "layer" + (stage + 1) + "." + i, x, channels, width, stride);
        channels = out;
      }
    }
    x = layers.globalPool("avgpool", x);
    x = layers.linear("fc", x, channels, classes);
    return builder.output("output", x, "N", classes).build();
  }

  private String block(
      TorchLayers layers, String name, String x, int channels, int width, int stride) {
    int out = bottleneck ? EXPANSION * width : width;
    String y =
        bottleneck
            ? bottleneck(layers, name, x, channels, width, stride)
            : basic(layers, name, x, channels, width, stride);
    String skip = x;
    if (stride != 1 || channels != out) {
      skip =
          layers.convNorm(
              name + ".downsample.0",
              name + ".downsample.1",
              x,
              Convolution.of(channels, out, 1).withStride(stride));
    }
    return layers.relu(name + ".relu", layers.node("Add", name, y, skip));
  }

  private static String basic(
      TorchLayers layers, String name, String x, int channels, int width, int stride) {
    Convolution first = Convolution.of(channels, width, 3).withStride(stride);
    String y = layers.convNorm(name + ".conv1", name + ".bn1", x, first);
    y = layers.relu(name + ".relu", y);
    Convolution second = Convolution.of(width, width, 3);
    return layers.convNorm(name + ".conv2", name + ".bn2", y, second, RESIDUAL_GAIN);
  }

  private static String bottleneck(
      TorchLayers layers, String name, String x, int channels, int width, int stride) {
    String y =
        layers.convNorm(name + ".conv1", name + ".bn1", x, Convolution.of(channels, width, 1));
    y = layers.relu(name + ".relu", y);
    Convolution second = Convolution.of(width, width, 3).withStride(stride);
    y = layers.relu(name + ".relu", layers.convNorm(name + ".conv2", name + ".bn2", y, second));
    Convolution third = Convolution.of(width, EXPANSION * width, 1);
    return layers.convNorm(name + ".conv3", name + ".bn3", y, third, RESIDUAL_GAIN);
  }
}

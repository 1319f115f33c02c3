package io.espalier.onnx.build;

import io.espalier.onnx.file.OnnxModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Dense blocks as torchvision builds them: every layer reads the concatenation of all that came
 * before it in its block. Input {@code input} [N, 3, imageSize, imageSize], output {@code output}
 * [N, classes].
 *
 * @param growth channels that a layer adds
 * @param blocks layers in each block
 * @param initialChannels channels of the first convolution
 * @param classes number of outputs
 * @param imageSize height and width of the input
 */
public record DenseNet(
    int growth, List<Integer> blocks, int initialChannels, int classes, int imageSize) {
  private static final int BOTTLENECK = 4;

  public DenseNet {
    blocks = List.copyOf(blocks);
  }

  OnnxModel build() {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("densenet", 17);
    TorchLayers layers = new TorchLayers(builder);
    String x = builder.input("input", "N", 3, imageSize, imageSize);
    x =
        layers.convNorm(
            "features.conv0",
            "features.norm0",
            x,
            Convolution.of(3, initialChannels, 7).withStride(2));
    x = layers.maxPool("features.pool0", layers.relu("features.relu0", x), 3, 2);
    int channels = initialChannels;
    for (int i = 0; i < blocks.size(); i++) {
      x = block(layers, "features.denseblock" + (i + 1), x, channels, blocks.get(i));
      channels += blocks.get(i) * growth;
      if (i + 1 < blocks.size()) {
        x = transition(layers, "features.transition" + (i + 1), x, channels);
        channels /= 2;
      }
    }
    x = layers.relu("", layers.batchNorm("features.norm5", x, channels));
    x = layers.linear("classifier", layers.globalPool("", x), channels, classes);
    return builder.output("output", x, "N", classes).build();
  }

  private String block(TorchLayers layers, String name, String x, int channels, int count) {
    List<String> features = new ArrayList<>(List.of(x));
    for (int i = 0; i < count; i++) {
      String layer = name + ".denselayer" + (i + 1);
      int width = channels + i * growth;
      String y = layers.batchNorm(layer + ".norm1", concat(layers, layer, features), width);
      y = layers.relu(layer + ".relu1", y);
      Convolution narrow = Convolution.of(width, BOTTLENECK * growth, 1);
      y = layers.convNorm(layer + ".conv1", layer + ".norm2", y, narrow);
      y = layers.relu(layer + ".relu2", y);
      Convolution growing = Convolution.of(BOTTLENECK * growth, growth, 3);
      features.add(layers.conv(layer + ".conv2", y, growing));
    }
    return concat(layers, name, features);
  }

  private static String concat(TorchLayers layers, String module, List<String> values) {
    return layers.node("Concat", module, Map.of("axis", 1), values.toArray(String[]::new));
  }

  private static String transition(TorchLayers layers, String name, String x, int channels) {
    String y = layers.relu(name + ".relu", layers.batchNorm(name + ".norm", x, channels));
    y = layers.conv(name + ".conv", y, Convolution.of(channels, channels / 2, 1));
    return layers.averagePool(name + ".pool", y, 2);
  }
}

package io.espalier.onnx.build;

import io.espalier.onnx.file.OnnxModel;
import java.util.List;

/**
 * Inverted residuals with depthwise convolutions and squeeze-and-excitation, as in MobileNetV3.
 * Input {@code input} [N, 3, imageSize, imageSize], output {@code output} [N, classes].
 *
 * @param widths channels of each block; where one equals the one before, the block is residual,
 *     else it halves height and width
 * @param expansion how many times a block widens inside
 * @param classes number of outputs
 * @param imageSize height and width of the input
 */
public record MobileNet(List<Integer> widths, int expansion, int classes, int imageSize) {
  private static final int STEM = 16;
  private static final int SQUEEZE = 4;

  public MobileNet {
    widths = List.copyOf(widths);
  }

  OnnxModel build() {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("mobilenet", 17);
    TorchLayers layers = new TorchLayers(builder);
    String x = builder.input("input", "N", 3, imageSize, imageSize);
    Convolution stem = Convolution.of(3, STEM, 3).withStride(2);
    x = layers.convNorm("features.0.0", "features.0.1", x, stem);
    x = layers.node("HardSwish", "features.0.2", x);
    int channels = STEM;
    for (int i = 0; i < widths.size(); i++) {
      x = block(layers, "features." + (i + 1), x, channels, widths.get(i));
      channels = widths.get(i);
    }
    int last = expansion * channels;
    String head = "features." + (widths.size() + 1);
    x = layers.convNorm(head + ".0", head + ".1", x, Convolution.of(channels, last, 1));
    x = layers.node("HardSwish", head + ".2", x);
    x = layers.linear("classifier.0", layers.globalPool("avgpool", x), last, 2 * last);
    x =
        layers.linear(
            "classifier.3", layers.node("HardSwish", "classifier.1", x), 2 * last, classes);
    return builder.output("output", x, "N", classes).build();
  }

  private String block(TorchLayers layers, String name, String x, int in, int out) {
    int inner = expansion * in;
    String prefix = name + ".block.";
    String y = layers.convNorm(prefix + "0.0", prefix + "0.1", x, Convolution.of(in, inner, 1));
    y = layers.node("HardSwish", prefix + "0.2", y);
    Convolution spatial = Convolution.depthwise(inner, 5).withStride(in == out ? 1 : 2);
    y = layers.convNorm(prefix + "1.0", prefix + "1.1", y, spatial);
    y = layers.node("HardSwish", prefix + "1.2", y);
    y = squeezeAndExcite(layers, prefix + "2", y, inner);
    y = layers.convNorm(prefix + "3.0", prefix + "3.1", y, Convolution.of(inner, out, 1), 2);
    return in == out ? layers.node("Add", name, y, x) : y;
  }

  private static String squeezeAndExcite(TorchLayers layers, String name, String x, int channels) {
    int squeezed = channels / SQUEEZE;
    String y = layers.node("GlobalAveragePool", name + ".avgpool", x);
    y = layers.conv(name + ".fc1", y, Convolution.of(channels, squeezed, 1).withBias());
    y = layers.relu(name + ".activation", y);
    y = layers.conv(name + ".fc2", y, Convolution.of(squeezed, channels, 1).withBias());
    return layers.node("Mul", name, layers.node("HardSigmoid", name + ".scale_activation", y), x);
  }
}

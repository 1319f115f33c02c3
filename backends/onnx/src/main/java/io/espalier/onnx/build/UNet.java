package io.espalier.onnx.build;

import io.espalier.onnx.file.OnnxModel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * An encoder and a decoder with skip connections: transposed convolutions, and concatenations
 * across the network. Input {@code input} [N, 3, imageSize, imageSize], output {@code output} [N,
 * classes, imageSize, imageSize].
 *
 * @param baseWidth channels at full resolution; each level down doubles it
 * @param depth levels below the first
 * @param classes channels of the output
 * @param imageSize height and width, divisible by 2 to the power of the depth
 */
public record UNet(int baseWidth, int depth, int classes, int imageSize) {

  OnnxModel build() {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("unet", 17);
    TorchLayers layers = new TorchLayers(builder);
    String x = builder.input("input", "N", 3, imageSize, imageSize);
    Deque<String> skips = new ArrayDeque<>();
    int channels = 3;
    for (int level = 0; level < depth; level++) {
      x = doubleConvolution(layers, "down." + level, x, channels, baseWidth << level);
      skips.push(x);
      x = layers.maxPool("pool", x, 2, 2);
      channels = baseWidth << level;
    }
    x = doubleConvolution(layers, "bottom", x, channels, baseWidth << depth);
    for (int level = depth - 1; level >= 0; level--) {
      int width = baseWidth << level;
      x = layers.upsample("up." + level, x, 2 * width, width);
      x = layers.node("Concat", "", Map.of("axis", 1), skips.pop(), x);
      x = doubleConvolution(layers, "merge." + level, x, 2 * width, width);
    }
    x = layers.conv("head", x, Convolution.of(baseWidth, classes, 1).withBias());
    return builder.output("output", x, "N", classes, imageSize, imageSize).build();
  }

  private static String doubleConvolution(
      TorchLayers layers, String name, String x, int in, int out) {
    String y = layers.convNorm(name + ".0", name + ".1", x, Convolution.of(in, out, 3));
    y = layers.relu(name + ".2", y);
    y = layers.convNorm(name + ".3", name + ".4", y, Convolution.of(out, out, 3));
    return layers.relu(name + ".5", y);
  }
}

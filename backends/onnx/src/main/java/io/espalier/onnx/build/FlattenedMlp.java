package io.espalier.onnx.build;

import io.espalier.onnx.file.OnnxModel;
import java.util.Map;

/**
 * Two convolutions, a Flatten, and linear layers: the channels of the last convolution are one
 * factor of the features of the first linear layer. Input {@code input} [N, 1, imageSize,
 * imageSize], output {@code output} [N, classes].
 *
 * @param channels channels of the first convolution; the second doubles them
 * @param hidden features between the linear layers
 * @param classes number of outputs
 * @param imageSize height and width of the input, divisible by 4
 */
public record FlattenedMlp(int channels, int hidden, int classes, int imageSize) {

  OnnxModel build() {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("mlp", 17);
    TorchLayers layers = new TorchLayers(builder);
    String x = builder.input("input", "N", 1, imageSize, imageSize);
    x = layers.conv("conv1", x, Convolution.of(1, channels, 3).withBias());
    x = layers.maxPool("pool", layers.relu("relu", x), 2, 2);
    x = layers.conv("conv2", x, Convolution.of(channels, 2 * channels, 3).withBias());
    x = layers.maxPool("pool", layers.relu("relu", x), 2, 2);
    int side = imageSize / 4;
    x = layers.node("Flatten", "", Map.of("axis", 1), x);
    x = layers.relu("relu", layers.linear("fc1", x, 2 * channels * side * side, hidden));
    x = layers.relu("relu", layers.linear("fc2", x, hidden, hidden));
    x = layers.linear("fc3", x, hidden, classes);
    return builder.output("output", x, "N", classes).build();
  }
}

package io.espalier.onnx.build;

import io.espalier.onnx.file.OnnxModel;

/**
 * A detector-like network whose layers' names are made for rules: six backbone stages in a
 * ModuleList ({@code backbone.stages.0.spatial_conv1}), a Sequential of four residual blocks that
 * may be skipped ({@code neck.0}), three detection blocks ({@code det_blocks.0.spatial_conv}), and
 * a linear {@code head}. Input {@code input} [N, 3, 32, 32], output {@code output} [N, 10].
 */
final class RulesFixture {
  private static final int STAGES = 6;
  private static final int NECK_BLOCKS = 4;
  private static final int DETECTION_BLOCKS = 3;
  private static final int WIDTH = 48;
  private static final int HIDDEN = 48;
  private static final int CLASSES = 10;

  private final OnnxGraphBuilder builder = new OnnxGraphBuilder("rules", 17);
  private final TorchLayers layers =
      new TorchLayers(builder).moduleList("backbone.stages").moduleList("det_blocks");

  OnnxModel build() {
    String x = builder.input("input", "N", 3, 32, 32);
    x = layers.convNorm("stem.conv", "stem.bn", x, Convolution.of(3, WIDTH, 3).withStride(2));
    x = layers.relu("stem.relu", x);
    for (int i = 0; i < STAGES; i++) {
      x = stage("backbone.stages." + i, x, i == 2 || i == 4 ? 2 : 1);
    }
    for (int i = 0; i < NECK_BLOCKS; i++) {
      x = residualBlock("neck." + i, x);
    }
    for (int i = 0; i < DETECTION_BLOCKS; i++) {
      String name = "det_blocks." + i;
      Convolution shape = Convolution.of(WIDTH, WIDTH, 3);
      x = layers.convNorm(name + ".spatial_conv", name + ".bn", x, shape);
      x = layers.relu(name + ".relu", x);
    }
    x = layers.linear("head", layers.globalPool("pool", x), WIDTH, CLASSES);
    return builder.output("output", x, "N", CLASSES).build();
  }

  private String stage(String name, String x, int stride) {
    Convolution first = Convolution.of(WIDTH, HIDDEN, 5).withStride(stride);
    Convolution second = Convolution.of(HIDDEN, WIDTH, 3);
    String y = layers.convNorm(name + ".spatial_conv1", name + ".bn1", x, first);
    y = layers.relu(name + ".relu", y);
    y = layers.convNorm(name + ".spatial_conv2", name + ".bn2", y, second);
    return layers.relu(name + ".relu", y);
  }

  private String residualBlock(String name, String x) {
    Convolution wide = Convolution.of(WIDTH, HIDDEN, 3);
    Convolution narrow = Convolution.of(HIDDEN, WIDTH, 3);
    String y = layers.convNorm(name + ".conv1", name + ".bn1", x, wide);
    y = layers.relu(name + ".relu", y);
    y = layers.convNorm(name + ".conv2", name + ".bn2", y, narrow, 0.5);
    return layers.relu(name + ".relu", layers.node("Add", name, y, x));
  }
}

package io.espalier.modules.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.modules.Net;
import io.espalier.modules.Solved;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the modules call the widths of their layers. */
class LayersTest {
  private static final String CHANNELS = " channels_ratio channel_divisor";
  private static final String FEATURES = " features_ratio feature_divisor";

  /** An image with this many spatial axes, and a pointwise convolution to 16 channels. */
  private static Net stem(int spatial) {
    long[] x = new long[spatial + 2];
    long[] w = new long[spatial + 2];
    for (int i = 0; i < spatial; i++) {
      x[i + 2] = 4;
      w[i + 2] = 1;
    }
    x[0] = 1;
    x[1] = 3;
    w[0] = 16;
    w[1] = 3;
    return new Net().input("x", x).weight("w", w).node("Conv", "c", "x, w");
  }

  @Test
  void convolution() {
    Solved net =
        stem(2)
            .weight("v", 8, 16, 3, 3)
            .weight("b", 8, 1, 1)
            .node("Conv", "d", "c, v", "pads", new long[] {1, 1, 1, 1})
            .node("Add", "y", "d, b")
            .layer("conv", "Conv", 2)
            .solve();

    assertEquals("nn.Conv2d", net.key());
    assertEquals(
        List.of(
            "kernel_size c(3..1), d(3..1) kernel_size",
            "out_channels b(8)" + CHANNELS,
            "in_channels a(16)" + CHANNELS,
            "consumes Conv 1.1"),
        net.described());
  }

  @Test
  void groupedConvolutionReadsNoImportance() {
    Solved net =
        stem(1)
            .weight("v", 32, 4, 1)
            .node("Conv", "d", "c, v", "group", 4)
            .layer("conv", "Conv", 1)
            .solve();

    assertEquals("nn.Conv1d", net.key());
    assertEquals(
        List.of(
            "kernel_size 1 kernel_size",
            "out_channels a(4) x 8" + CHANNELS,
            "in_channels a(4) x 4" + CHANNELS,
            "group_width 4" + CHANNELS),
        net.described());
  }

  @Test
  void transposedConvolution() {
    Solved net =
        stem(3)
            .weight("v", 16, 8, 1, 1, 1)
            .node("ConvTranspose", "d", "c, v")
            .layer("up", "ConvTranspose", 1)
            .solve();

    assertEquals("nn.ConvTranspose3d", net.key());
    assertEquals(
        List.of(
            "kernel_size 1, 1, 1 kernel_size",
            "out_channels b(8)" + CHANNELS,
            "in_channels a(16)" + CHANNELS,
            "consumes ConvTranspose 1.0"),
        net.described());
  }

  @Test
  void refusedConvolutionShowsWhatIsKnown() {
    Solved net =
        stem(2)
            .weight("v", 8, 5, 3, 3)
            .node("Conv", "d", "c, v", "group", 3)
            .layer("conv", "Conv", 1)
            .solve();

    assertEquals(
        List.of(
            "kernel_size 3, 3 kernel_size",
            "in_channels 16" + CHANNELS,
            "group_width 5" + CHANNELS),
        net.described());
  }

  private static Net tokens() {
    return new Net().input("x", 2, 4).weight("w", 4, 16).node("MatMul", "h", "x, w");
  }

  @ParameterizedTest
  @CsvSource({
    "Gemm, 0, 1.0",
    "Gemm, 1, 1.1",
    "MatMul, 0, 1.0",
  })
  void linear(String operator, int transposed, String consumes) {
    long[] dims = transposed == 1 ? new long[] {8, 16} : new long[] {16, 8};
    Solved net =
        tokens()
            .weight("v", dims)
            .weight("b", 8)
            .node(operator, "g", "h, v", "transB", transposed)
            .node("Add", "y", "g, b")
            .layer("fc", operator, 2)
            .solve();

    assertEquals("nn.Linear", net.key());
    assertEquals(
        List.of(
            "in_features a(16)" + FEATURES,
            "out_features b(8)" + FEATURES,
            "consumes " + operator + " " + consumes),
        net.described());
  }

  @Test
  void linearWithItsWeightOnTheLeft() {
    Solved net =
        tokens()
            .weight("v", 8, 16)
            .node("Transpose", "t", "h")
            .node("MatMul", "y", "v, t")
            .layer("fc", "MatMul", 1)
            .solve();

    assertEquals(
        List.of(
            "in_features a(16)" + FEATURES, "out_features b(8)" + FEATURES, "consumes MatMul 0.1"),
        net.described());
  }

  @Test
  void stackedMatricesAreALinearLayer() {
    Solved net =
        new Net()
            .input("x", 3, 2, 4)
            .weight("w", 3, 4, 16)
            .node("MatMul", "h", "x, w")
            .layer("experts", "MatMul", 1)
            .solve();

    assertEquals("nn.Linear", net.key());
  }

  @ParameterizedTest
  @CsvSource({
    "BatchNormalization, 1, nn.BatchNorm1d",
    "BatchNormalization, 2, nn.BatchNorm2d",
    "BatchNormalization, 3, nn.BatchNorm3d",
    "InstanceNormalization, 1, nn.InstanceNorm1d",
    "InstanceNormalization, 2, nn.InstanceNorm2d",
    "InstanceNormalization, 3, nn.InstanceNorm3d",
  })
  void normsOfChannels(String operator, int spatial, String key) {
    String inputs = operator.startsWith("Batch") ? "c, p, p, p, p" : "c, p, p";
    Solved net =
        stem(spatial)
            .weight("p", 16)
            .node(operator, "y", inputs)
            .layer("norm", operator, 1)
            .solve();

    assertEquals(key, net.key());
    assertEquals(List.of("num_features a(16)" + FEATURES), net.described());
  }

  @Test
  void batchNormalizationOfAMatrixIsOneDimensional() {
    Solved net =
        tokens()
            .weight("p", 16)
            .node("BatchNormalization", "y", "h, p, p, p, p")
            .layer("norm", "BatchNormalization", 1)
            .solve();

    assertEquals("nn.BatchNorm1d", net.key());
  }

  @Test
  void batchNormalizationIsSharedOnlyWhereTheTracerSaysSo() {
    Solved net =
        stem(2)
            .weight("p", 16)
            .node("BatchNormalization", "y", "c, p, p, p, p")
            .layer("norm", "nn.SyncBatchNorm", 1)
            .solve();

    assertEquals("nn.SyncBatchNorm", net.key());
    assertEquals(List.of("num_features a(16)" + FEATURES), net.described());
  }

  @Test
  void groupNormalization() {
    Solved net =
        stem(2)
            .weight("p", 4)
            .node("GroupNormalization", "y", "c, p, p", "num_groups", 4)
            .layer("norm", "GroupNormalization", 1)
            .solve();

    assertEquals("nn.GroupNorm", net.key());
    assertEquals(List.of("num_channels a(4) x 4" + CHANNELS), net.described());
  }

  @Test
  void layerNormalization() {
    Solved net =
        tokens()
            .weight("p", 16)
            .node("LayerNormalization", "y", "h, p, p")
            .layer("norm", "LayerNormalization", 1)
            .solve();

    assertEquals("nn.LayerNorm", net.key());
    assertEquals(List.of("num_features a(16)" + FEATURES), net.described());
  }

  @Test
  void decomposedLayerNormalization() {
    Solved net =
        tokens()
            .reals("two", 2)
            .reals("eps", 1e-5)
            .weight("gamma", 16)
            .weight("beta", 16)
            .node("ReduceMean", "m", "h", "axes", new long[] {-1})
            .node("Sub", "d", "h, m")
            .node("Pow", "q", "d, two")
            .node("ReduceMean", "v", "q", "axes", new long[] {-1})
            .node("Add", "ve", "v, eps")
            .node("Sqrt", "s", "ve")
            .node("Div", "n", "d, s")
            .node("Mul", "g", "n, gamma")
            .node("Add", "y", "g, beta")
            .layer("norm", "Mul", 9)
            .solve();

    assertEquals("nn.LayerNorm", net.key());
    assertEquals(List.of("num_features a(16)" + FEATURES), net.described());
  }

  @Test
  void scaleAloneIsNoNorm() {
    Solved net =
        tokens().weight("gamma", 16).node("Mul", "y", "h, gamma").layer("scale", "Mul", 1).solve();

    assertEquals("", net.key());
  }

  @Test
  void sequentialHasADepth() {
    Solved net = tokens().container("blocks", "blocks.0", "blocks.1").solve();

    assertEquals("nn.Sequential", net.key());
    assertEquals(List.of("depth blocks.0, blocks.1 min_depth"), net.described());
  }

  @Test
  void aChainOfBlocksHasADepth() {
    Solved net = tokens().chain("layers", "layers.0", "layers.1").solve();

    assertEquals("blocks", net.key());
    assertEquals(List.of("depth layers.0, layers.1 min_depth"), net.described());
  }
}

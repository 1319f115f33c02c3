package io.espalier.onnx.build;

import io.espalier.onnx.file.OnnxModel;
import java.util.List;

/**
 * Networks built in code, with seeded random weights scaled layer by layer so that every layer
 * matters at the output. In a network whose signal dies out, a wrong cut would hide below any
 * tolerance.
 */
public final class SampleNetworks {
  private SampleNetworks() {}

  /**
   * ResNet-50 at full size: 25,557,032 parameters, input {@code input} [N, 3, 224, 224], 1000
   * classes.
   */
  public static OnnxModel resnet50() {
    return resnet(new ResNet(true, 64, List.of(3, 4, 6, 3), 1000, 224, false));
  }

  /** A residual network of any size. */
  public static OnnxModel resnet(ResNet shape) {
    return shape.build();
  }

  /** Basic residual blocks, BatchNorms kept, 8 channels at first, images of 32 x 32. */
  public static OnnxModel thinResnet() {
    return resnet(new ResNet(false, 8, List.of(2, 2, 2), 10, 32, false));
  }

  /**
   * Bottleneck blocks with folded BatchNorms, whose parameters have lost their names, images of 32
   * x 32.
   */
  public static OnnxModel thinBottleneckResnet() {
    return resnet(new ResNet(true, 8, List.of(2, 2, 2), 10, 32, true));
  }

  /**
   * Layers named for rules, with a Sequential that may lose blocks: {@code
   * backbone.stages.0.spatial_conv1} to {@code backbone.stages.5.spatial_conv2}, {@code neck.0} to
   * {@code neck.3}, {@code det_blocks.0.spatial_conv} to {@code det_blocks.2.spatial_conv}, {@code
   * head}. Input {@code input} [N, 3, 32, 32].
   */
  public static OnnxModel rulesFixture() {
    return new RulesFixture().build();
  }

  /** Concatenations within concatenations: three dense blocks, images of 32 x 32. */
  public static OnnxModel densenet() {
    return densenet(new DenseNet(8, List.of(3, 4, 3), 16, 10, 32));
  }

  /** Dense blocks of any size. */
  public static OnnxModel densenet(DenseNet shape) {
    return shape.build();
  }

  /** Channel splits and shuffles, images of 32 x 32. */
  public static OnnxModel shufflenet() {
    return shufflenet(new ShuffleNet(List.of(32, 64), List.of(3, 3), 10, 32));
  }

  /** Channel splits and shuffles of any size. */
  public static OnnxModel shufflenet(ShuffleNet shape) {
    return shape.build();
  }

  /** Depthwise convolutions, inverted residuals, squeeze-and-excitation, images of 32 x 32. */
  public static OnnxModel mobilenet() {
    return mobilenet(new MobileNet(List.of(16, 24, 24, 32), 4, 10, 32));
  }

  /** Inverted residuals of any size. */
  public static OnnxModel mobilenet(MobileNet shape) {
    return shape.build();
  }

  /** Transposed convolutions and concatenations across the network, images of 32 x 32. */
  public static OnnxModel unet() {
    return unet(new UNet(8, 2, 4, 32));
  }

  /** An encoder and a decoder of any size. */
  public static OnnxModel unet(UNet shape) {
    return shape.build();
  }

  /** Convolutions, flattened into linear layers, images of 16 x 16 with one channel. */
  public static OnnxModel flattenedMlp() {
    return flattenedMlp(new FlattenedMlp(8, 64, 10, 16));
  }

  /** Convolutions and linear layers of any size. */
  public static OnnxModel flattenedMlp(FlattenedMlp shape) {
    return shape.build();
  }
}

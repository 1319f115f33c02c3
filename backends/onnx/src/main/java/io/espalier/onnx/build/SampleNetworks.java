package io.espalier.onnx.build;

import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import java.util.Map;

/**
 * Networks built in code, with seeded random weights scaled layer by layer so that every layer
 * matters at the output. In a network whose signal dies out, a wrong cut would hide below any
 * tolerance.
 */
public final class SampleNetworks {
  private SampleNetworks() {}

  /** One small network of every kind, for what must hold for each. */
  public static List<SampleNetwork> all() {
    return List.of(
        images("thin resnet", thinResnet(), 3, 32),
        images("thin bottleneck resnet", thinBottleneckResnet(), 3, 32),
        images("densenet", densenet(), 3, 32),
        images("shufflenet", shufflenet(), 3, 32),
        images("mobilenet", mobilenet(), 3, 32),
        images("unet", unet(), 3, 32),
        images("flattened mlp", flattenedMlp(), 1, 16),
        images("rules fixture", rulesFixture(), 3, 32),
        images("vision transformer", visionTransformer(), 3, 32),
        tokens("grouped-query transformer", groupedQueryTransformer(), "input_ids"),
        tokens("lstm tagger", lstmTagger(), "ids"));
  }

  private static SampleNetwork images(String name, OnnxModel model, int channels, int size) {
    return new SampleNetwork(name, model, Map.of("input", new long[] {2, channels, size, size}));
  }

  private static SampleNetwork tokens(String name, OnnxModel model, String input) {
    return new SampleNetwork(name, model, Map.of(input, new long[] {2, 9}));
  }

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

  /** Attention with a fused projection, images of 32 x 32. */
  public static OnnxModel visionTransformer() {
    return visionTransformer(new VisionTransformer(48, 4, 2, 8, 10, 32));
  }

  /** A vision transformer of any size. */
  public static OnnxModel visionTransformer(VisionTransformer shape) {
    return shape.build();
  }

  /** Two key-value heads for four query heads, token ids below 100, sequences of up to 32. */
  public static OnnxModel groupedQueryTransformer() {
    return groupedQueryTransformer(new GroupedQueryTransformer(48, 4, 2, 16, 96, 2, 100, 32));
  }

  /** A grouped-query transformer of any size. */
  public static OnnxModel groupedQueryTransformer(GroupedQueryTransformer shape) {
    return shape.build();
  }

  /** Recurrent layers, token ids below 100. */
  public static OnnxModel lstmTagger() {
    return lstmTagger(new LstmTagger(100, 24, 32, 5));
  }

  /** Recurrent layers of any size. */
  public static OnnxModel lstmTagger(LstmTagger shape) {
    return shape.build();
  }
}

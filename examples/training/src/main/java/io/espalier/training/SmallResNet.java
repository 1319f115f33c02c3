package io.espalier.training;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** A residual network for small grey images: three stages of one block each. */
public final class SmallResNet {
  /** The shape of its input, the batch left open. */
  public static final Shape INPUT = new Shape(-1, 1, Digits.SIZE, Digits.SIZE);

  private SmallResNet() {}

  /**
   * The network with random weights.
   *
   * @param width channels of the first stage; the others have twice and four times as many
   * @param manager holds the weights
   * @param seed of the weights
   */
  public static Block of(int width, NDManager manager, int seed) {
    manager.getEngine().setRandomSeed(seed);
    Block block = layers(width);
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 1, Digits.SIZE, Digits.SIZE));
    return block;
  }

  private static Block layers(int width) {
    SequentialBlock net = new SequentialBlock();
    for (int stage = 0; stage < 3; stage++) {
      int channels = width << stage;
      net.add(convolution(channels, 3, 2)).add(Activation.reluBlock());
      net.add(residual(channels)).add(Activation.reluBlock());
    }
    return net.add(Pool.globalAvgPool2dBlock())
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(Digits.CLASSES).build());
  }

  private static Block residual(int channels) {
    Block branch =
        new SequentialBlock()
            .add(convolution(channels, 3, 1))
            .add(Activation.reluBlock())
            .add(convolution(channels, 3, 1));
    return new ParallelBlock(
        outputs -> new NDList(NDArrays.add(outputs.get(0).head(), outputs.get(1).head())),
        List.of(branch, Blocks.identityBlock()));
  }

  /** A square convolution that keeps the size of the image, but for its stride; then a norm. */
  static Block convolution(int channels, int kernel, int stride) {
    return new SequentialBlock()
        .add(
            Conv2d.builder()
                .setKernelShape(new Shape(kernel, kernel))
                .setFilters(channels)
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(kernel / 2, kernel / 2))
                .optBias(false)
                .build())
        .add(BatchNorm.builder().build());
  }
}

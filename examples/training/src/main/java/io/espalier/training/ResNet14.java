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
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/**
 * A residual network of 15 convolutions for images of digits: a stem, then three stages of two
 * blocks each. The first block of the second and the third stage halves the image, and its shortcut
 * is a convolution.
 */
public final class ResNet14 {
  /** Channels of the first stage; the others have twice and four times as many. */
  public static final int WIDTH = 16;

  private static final int STAGES = 3;

  private ResNet14() {}

  /** The network without values, of the usual width; a file of parameters gives it some. */
  public static Block block() {
    return layers(WIDTH);
  }

  /**
   * The network with random weights.
   *
   * @param width channels of the first stage
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
    net.add(SmallResNet.convolution(width, 3, 2)).add(Activation.reluBlock());
    for (int stage = 0; stage < STAGES; stage++) {
      int channels = width << stage;
      net.add(residual(channels, stage == 0 ? 1 : 2)).add(Activation.reluBlock());
      net.add(residual(channels, 1)).add(Activation.reluBlock());
    }
    return net.add(Pool.globalAvgPool2dBlock())
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(Digits.CLASSES).build());
  }

  private static Block residual(int channels, int stride) {
    Block branch =
        new SequentialBlock()
            .add(SmallResNet.convolution(channels, 3, stride))
            .add(Activation.reluBlock())
            .add(SmallResNet.convolution(channels, 3, 1));
    Block shortcut =
        stride == 1 ? Blocks.identityBlock() : SmallResNet.convolution(channels, 1, stride);
    return new ParallelBlock(
        outputs -> new NDList(NDArrays.add(outputs.get(0).head(), outputs.get(1).head())),
        List.of(branch, shortcut));
  }
}

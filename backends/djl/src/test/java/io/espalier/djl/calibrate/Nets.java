package io.espalier.djl.calibrate;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
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
import io.espalier.djl.DjlBlock;
import io.espalier.djl.export.Exported;
import java.util.List;

/** Small blocks with numbers of their own. */
final class Nets {
  private Nets() {}

  private static DjlBlock of(NDManager manager, Block block, long seed, Shape... shapes) {
    DjlBlock made = io.espalier.djl.Blocks.initialized(manager, block, shapes);
    Exported.randomise(block, seed);
    return made;
  }

  static Block convolution(int channels, int kernel, int stride, int dilation, int groups) {
    return Conv2d.builder()
        .setKernelShape(new Shape(kernel, kernel))
        .setFilters(channels)
        .optStride(new Shape(stride, stride))
        .optPadding(new Shape(kernel / 2, kernel / 2))
        .optDilation(new Shape(dilation, dilation))
        .optGroups(groups)
        .build();
  }

  /** Four kinds of convolutions, a residual sum, and a linear layer, of 3 x 10 x 10 images. */
  static DjlBlock convolutions(NDManager manager, long seed) {
    Block branch =
        new SequentialBlock()
            .add(convolution(16, 3, 1, 1, 1))
            .add(BatchNorm.builder().build())
            .add(Activation.reluBlock())
            .add(convolution(16, 3, 1, 1, 16))
            .add(convolution(16, 1, 1, 1, 1));
    SequentialBlock net =
        new SequentialBlock()
            .add(convolution(16, 3, 2, 1, 1))
            .add(Activation.reluBlock())
            .add(
                new ParallelBlock(
                    lists -> new NDList(NDArrays.add(lists.get(0).head(), lists.get(1).head())),
                    List.of(branch, Blocks.identityBlock())))
            .add(Activation.reluBlock())
            .add(convolution(24, 3, 1, 2, 2))
            .add(Activation.reluBlock())
            .add(Pool.globalAvgPool2dBlock())
            .add(Blocks.batchFlattenBlock())
            .add(Linear.builder().setUnits(5).build());
    return of(manager, net, seed, new Shape(1, 3, 10, 10));
  }

  /** Three linear layers, of which the first two have batch norms, of 12 numbers. */
  static DjlBlock mlp(NDManager manager, long seed) {
    SequentialBlock net =
        new SequentialBlock()
            .add(Linear.builder().setUnits(32).build())
            .add(BatchNorm.builder().build())
            .add(Activation.reluBlock())
            .add(Linear.builder().setUnits(32).build())
            .add(BatchNorm.builder().build())
            .add(Activation.reluBlock())
            .add(Linear.builder().setUnits(4).build());
    return of(manager, net, seed, new Shape(1, 12));
  }

  /** Two linear layers that run over sequences of any length, of 8 numbers each. */
  static DjlBlock sequence(NDManager manager, long seed) {
    SequentialBlock net =
        new SequentialBlock()
            .add(Linear.builder().setUnits(24).build())
            .add(Activation.geluBlock())
            .add(Linear.builder().setUnits(6).build());
    DjlBlock made = of(manager, net, seed, new Shape(1, 5, 8));
    return DjlBlock.of(made.block(), new Shape(-1, -1, 8));
  }
}

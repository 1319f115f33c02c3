package io.espalier.customblock;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import io.espalier.testkit.BlockContract;

/** What is said of the fields of a gated depthwise block is right. */
class GatedDepthwiseContractTest extends BlockContract {
  static Block between(Block block, NDManager manager) {
    Engine.getInstance().setRandomSeed(3);
    SequentialBlock network = new SequentialBlock().add(pointwise(8)).add(block).add(pointwise(4));
    network.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 6, 6));
    return network;
  }

  private static Block pointwise(int filters) {
    return Conv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(filters).build();
  }

  @Override
  protected Class<? extends Block> type() {
    return GatedDepthwise.class;
  }

  @Override
  protected Block block(NDManager manager) {
    return between(new GatedDepthwise(12, 16), manager);
  }
}

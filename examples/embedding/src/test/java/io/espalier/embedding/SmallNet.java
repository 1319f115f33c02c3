package io.espalier.embedding;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.espalier.djl.DjlBlock;
import java.util.function.Supplier;

/** A block with seeded weights. */
public final class SmallNet implements Supplier<Object> {
  @Override
  public Object get() {
    Block block =
        new SequentialBlock()
            .add(Linear.builder().setUnits(32).build())
            .add(Activation.reluBlock())
            .add(Linear.builder().setUnits(16).build())
            .add(Activation.reluBlock())
            .add(Linear.builder().setUnits(4).build());
    NDManager manager = NDManager.newBaseManager();
    manager.getEngine().setRandomSeed(1);
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 8));
    return DjlBlock.of(block, new Shape(-1, 8));
  }
}

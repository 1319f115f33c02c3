package com.acme;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.IdEmbedding;

/** Makes blocks, as an application may. */
public final class Nets {
  private Nets() {}

  /** A perceptron that knows its input. */
  public static Block perceptron() {
    Block block =
        new SequentialBlock()
            .add(Linear.builder().setUnits(32).build())
            .add(Activation::relu)
            .add(Linear.builder().setUnits(16).build())
            .add(Activation::relu)
            .add(Linear.builder().setUnits(4).build());
    block.initialize(NDManager.newBaseManager(), DataType.FLOAT32, new Shape(1, 12));
    return block;
  }

  /** Words to scores. */
  public static Block words() {
    return new SequentialBlock()
        .add(new IdEmbedding.Builder().setDictionarySize(20).setEmbeddingSize(8).build())
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(4).build());
  }

  /** A smaller one of its kind. */
  public static Block small() {
    return new SmallNet(4, 6);
  }

  /** Works on the data itself. */
  public static Block strange() {
    return new SequentialBlock()
        .add(Linear.builder().setUnits(4).build())
        .addSingleton(x -> x.mul(x.toFloatArray()[0]));
  }

  /** Fails. */
  public static Block broken() {
    Block block = perceptron();
    if (block.isInitialized()) {
      throw new IllegalStateException("there are no weights today");
    }
    return block;
  }

  /** Makes no block. */
  public static String text() {
    return "perceptron";
  }
}

package com.acme;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;

/** A small network for images. */
public final class SmallNet extends SequentialBlock {
  /** With random parameters to come. */
  public SmallNet() {
    this(8, 16);
  }

  SmallNet(int first, int second) {
    add(conv(first));
    add(BatchNorm.builder().build());
    add(Activation::relu);
    add(conv(second));
    add(Activation::relu);
    add(Blocks.batchFlattenBlock());
    add(Linear.builder().setUnits(10).build());
  }

  private static Conv2d conv(int filters) {
    return Conv2d.builder()
        .setKernelShape(new Shape(3, 3))
        .optStride(new Shape(2, 2))
        .setFilters(filters)
        .build();
  }
}

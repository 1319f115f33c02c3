package com.acme;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** A layer that reads the data itself, so that nobody can follow what it does with them. */
public final class Opaque extends AbstractBlock {
  private final Parameter weight;

  /** With 6 outputs. */
  public Opaque() {
    weight =
        addParameter(Parameter.builder().setName("weight").setType(Parameter.Type.WEIGHT).build());
  }

  @Override
  protected void prepare(Shape[] inputShapes) {
    weight.setShape(new Shape(inputShapes[0].tail(), 6));
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDArray x = inputs.singletonOrThrow();
    float scale = x.toFloatArray()[0] > 0 ? 1 : 2;
    return new NDList(x.dot(store.getValue(weight, x.getDevice(), training)).mul(scale));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {new Shape(inputShapes[0].get(0), 6)};
  }

  /** Initialised, for inputs of 5 features. */
  public static Opaque ready() {
    Opaque block = new Opaque();
    block.initialize(NDManager.newBaseManager(), DataType.FLOAT32, new Shape(1, 5));
    return block;
  }
}

package io.espalier.djl.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/** Two matrices that the forward pass multiplies with itself, in place and with slices. */
final class OwnForward extends AbstractBlock {
  private final Parameter first =
      addParameter(
          Parameter.builder()
              .setName("first")
              .setType(Parameter.Type.WEIGHT)
              .optShape(new Shape(4, 6))
              .build());
  private final Parameter second =
      addParameter(
          Parameter.builder()
              .setName("second")
              .setType(Parameter.Type.WEIGHT)
              .optShape(new Shape(6, 3))
              .build());

  @Override
  protected NDList forwardInternal(
      ParameterStore store,
      NDList inputs,
      boolean training,
      @Nullable PairList<String, Object> params) {
    NDArray x = inputs.head();
    NDArray a = x.matMul(store.getValue(first, x.getDevice(), training));
    NDArray hidden = changed(a);
    NDArray y = hidden.matMul(store.getValue(second, x.getDevice(), training));
    return new NDList(y.get(new NDIndex(":, 1:")));
  }

  private static NDArray changed(NDArray a) {
    NDArray hidden = a.mul(0.5f);
    hidden.addi(1).muli(a.getManager().full(new Shape(1), 3f));
    return hidden.maximum(0);
  }

  /** What the second matrix reads. */
  NDArray hidden(NDArray x) {
    return changed(x.matMul(first.getArray()));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputs) {
    return new Shape[] {new Shape(inputs[0].get(0), 2)};
  }
}

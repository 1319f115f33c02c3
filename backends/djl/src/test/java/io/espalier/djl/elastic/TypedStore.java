package io.espalier.djl.elastic;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import org.jspecify.annotations.Nullable;

/** Hands out weights as numbers of one type: blocks that run in doubles differ by no rounding. */
class TypedStore extends ParameterStore {
  private final NDManager manager;
  private final DataType type;

  TypedStore(NDManager manager, DataType type) {
    super(manager, false);
    this.manager = manager;
    this.type = type;
  }

  final DataType type() {
    return type;
  }

  @Override
  public @Nullable NDArray getValue(
      @Nullable Parameter parameter, Device device, boolean training) {
    NDArray array = super.getValue(parameter, device, training);
    NDArray typed = array == null ? null : array.toType(type, false);
    if (typed != null && typed != array) {
      typed.attach(manager); // else it would live as long as the parameter
    }
    return typed;
  }
}

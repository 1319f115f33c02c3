package io.espalier.djl.trace.session;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import org.jspecify.annotations.Nullable;

/** Hands out a symbolic array for each parameter. */
final class SymbolicStore extends ParameterStore {
  private final Session session;

  SymbolicStore(Session session) {
    super(session.manager(), false);
    this.session = session;
  }

  @Override
  public @Nullable NDArray getValue(
      @Nullable Parameter parameter, Device device, boolean training) {
    return parameter == null ? null : session.parameter(parameter);
  }
}

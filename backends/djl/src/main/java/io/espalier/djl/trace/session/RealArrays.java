package io.espalier.djl.trace.session;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.espalier.djl.trace.values.Literal;
import io.espalier.djl.trace.values.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The real arrays behind the symbolic ones of a run that was fed data. */
public final class RealArrays {
  private final NDManager manager;
  private final Map<Integer, NDArray> known = new HashMap<>();

  /**
   * Real arrays.
   *
   * @param manager owns what is computed
   */
  public RealArrays(NDManager manager) {
    this.manager = manager;
  }

  /** Makes an array of a constant. */
  static NDArray of(Literal literal, NDManager manager) {
    float[] elements = new float[Math.toIntExact(literal.shape().size())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) literal.element(i);
    }
    return manager.create(elements, literal.shape()).toType(literal.type(), false);
  }

  /** The array that a value stands for, where a method or a block has given it. */
  public Optional<NDArray> find(Value value) {
    if (value.source() instanceof Value.Stored stored) {
      return Optional.of(stored.parameter().getArray());
    }
    if (value.source() instanceof Value.Given given) {
      return Optional.of(known.computeIfAbsent(value.index(), key -> of(given.literal(), manager)));
    }
    return Optional.ofNullable(known.get(value.index()));
  }

  NDArray get(Value value) {
    return find(value)
        .orElseThrow(
            () -> new IllegalStateException("nothing has computed value " + value.index()));
  }

  void put(Value value, NDArray array) {
    known.put(value.index(), array);
  }

  /** Forgets the values from an index on, which are recorded anew. */
  void forget(int from) {
    known.keySet().removeIf(index -> index >= from);
  }

  /** What a call gives on real arrays is what its symbolic results stand for. */
  void follow(RealCall call, @Nullable Object result) {
    NDList symbolic = list(result);
    List<Value> values = symbolic.stream().map(SymbolicArray::from).map(RealArrays::value).toList();
    if (values.stream().allMatch(value -> find(value).isPresent())) {
      return;
    }
    NDList real = list(call.make());
    for (NDArray array : real) {
      if (!call.reads(array)) {
        array.attach(manager);
      }
    }
    put(values, real);
  }

  /** Runs a block that could not be traced. */
  void follow(Block block, List<Value> inputs, List<Value> outputs) {
    NDList fed = new NDList();
    inputs.forEach(input -> fed.add(own(get(input))));
    put(outputs, block.forward(new ParameterStore(manager, false), fed, false));
  }

  /** A copy that a block may do with as it likes. */
  NDArray own(NDArray array) {
    NDArray copy = array.duplicate();
    copy.attach(manager);
    return copy;
  }

  private void put(List<Value> values, NDList arrays) {
    if (values.size() != arrays.size()) {
      throw new IllegalStateException(
          arrays.size() + " arrays were computed in the place of " + values.size());
    }
    for (int i = 0; i < arrays.size(); i++) {
      put(values.get(i), arrays.get(i));
    }
  }

  private static Value value(@Nullable SymbolicArray array) {
    if (array == null) {
      throw new IllegalStateException("a symbolic call gives a real array");
    }
    return array.value();
  }

  private static NDList list(@Nullable Object result) {
    if (result instanceof NDList list) {
      return list;
    }
    return result instanceof NDArray array ? new NDList(array) : new NDList();
  }
}

package io.espalier.djl.trace.session;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.espalier.djl.trace.values.Untraceable;
import io.espalier.djl.trace.values.Value;
import io.espalier.trace.TraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs what cannot be traced on real arrays, for the shapes of what it computes. It runs twice, on
 * zeros and on other numbers: a shape that differs depends on the data.
 */
final class RealRun {
  /**
   * What comes out.
   *
   * @param shapes the shape of each array
   * @param types the type of the elements of each
   * @param list whether a list was returned, and not one array
   */
  record Outputs(List<Shape> shapes, List<DataType> types, boolean list) {
    Outputs {
      shapes = List.copyOf(shapes);
      types = List.copyOf(types);
    }

    static Outputs of(Object result) {
      NDList arrays = result instanceof NDArray array ? new NDList(array) : (NDList) result;
      return new Outputs(
          arrays.stream().map(NDArray::getShape).toList(),
          arrays.stream().map(NDArray::getDataType).toList(),
          result instanceof NDList);
    }
  }

  private RealRun() {}

  /** What a method gives. */
  static Outputs of(Invocation call) {
    String what = "method " + call.name() + " of an array of shape " + call.self().shape();
    return twice(what, null, feeds -> new RealCall(call, feeds::array).make());
  }

  /** What a block gives. */
  static Outputs of(Block block, List<Value> inputs, RuntimeException cause) {
    return twice(
        "block " + block.getClass().getName(),
        cause,
        feeds ->
            block.forward(new ParameterStore(feeds.manager(), false), feeds.list(inputs), false));
  }

  private static Outputs twice(
      String what, @Nullable RuntimeException cause, Function<Feeds, Object> run) {
    List<Outputs> found = new ArrayList<>();
    for (int filling = 0; filling < 2; filling++) {
      try (NDManager manager = NDManager.newBaseManager()) {
        found.add(Outputs.of(run.apply(new Feeds(manager, filling))));
      } catch (RuntimeException e) {
        throw new TraceException(
            what
                + " cannot be traced"
                + (cause == null ? "" : " (" + why(cause) + ")")
                + ", and cannot be run on an engine either, which would have told the shapes that"
                + " come out of it: "
                + message(e),
            e);
      }
    }
    if (!found.get(0).equals(found.get(1))) {
      throw new Untraceable("computes arrays whose shapes depend on the data (" + what + ")");
    }
    return found.get(0);
  }

  private static String why(RuntimeException cause) {
    return (cause instanceof Untraceable ? "it " : "") + message(cause);
  }

  private static String message(RuntimeException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** Real arrays in place of symbolic ones. */
  private record Feeds(NDManager manager, int filling) {
    NDList list(List<Value> values) {
      NDList list = new NDList();
      values.forEach(value -> list.add(array(value)));
      return list;
    }

    NDArray array(Value value) {
      if (value.source() instanceof Value.Stored stored) {
        return stored.parameter().getArray();
      }
      if (value.source() instanceof Value.Given given) {
        return RealArrays.of(given.literal(), manager);
      }
      float[] elements = new float[Math.toIntExact(value.shape().size())];
      for (int i = 0; i < elements.length; i++) {
        // as indices 0 and 1 are as small as can be
        elements[i] = (float) filling * (i % 3 == 0 ? 1 : i % 2);
      }
      return manager.create(elements, value.shape()).toType(value.type(), false);
    }
  }
}

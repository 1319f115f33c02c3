package io.espalier.djl.trace.session;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexTake;
import io.espalier.djl.trace.values.Value;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A call of a method on a symbolic array, made on real arrays. */
final class RealCall {
  private final Invocation call;
  private final NDArray self;
  private final @Nullable Object[] args;

  /**
   * Prepares a call; what its arrays stand for is looked up now, and may change later.
   *
   * @param arrays the real array for what a symbolic one stands for
   */
  RealCall(Invocation call, Function<Value, NDArray> arrays) {
    this.call = call;
    this.self = arrays.apply(call.self());
    this.args = new @Nullable Object[call.count()];
    for (int i = 0; i < args.length; i++) {
      args[i] = real(call.arg(i), arrays);
    }
  }

  private @Nullable Object real(@Nullable Object arg, Function<Value, NDArray> arrays) {
    if (arg instanceof NDArray array) {
      return real(array, arrays);
    } else if (arg instanceof NDList list) {
      NDList real = new NDList();
      list.forEach(array -> real.add(real(array, arrays)));
      return real;
    } else if (arg instanceof NDIndex index) {
      return index.stream().anyMatch(NDIndexTake.class::isInstance) ? real(index, arrays) : index;
    } else if (arg instanceof Object[] several) {
      // what stands for the braces of an index in words
      return Arrays.stream(several).map(one -> real(one, arrays)).toArray();
    }
    return arg instanceof NDManager ? self.getManager() : arg;
  }

  private static NDIndex real(NDIndex index, Function<Value, NDArray> arrays) {
    NDIndex real = new NDIndex();
    int count = index.getIndices().size();
    for (int i = 0; i <= count; i++) {
      if (i == index.getEllipsisIndex()) {
        real.addEllipseDim();
      }
      if (i < count) {
        NDIndexElement element = index.get(i);
        real.addAllDim();
        real.getIndices()
            .set(
                i,
                element instanceof NDIndexTake take
                    ? new NDIndexTake(real(take.getIndex(), arrays))
                    : element);
      }
    }
    return real;
  }

  private static NDArray real(NDArray array, Function<Value, NDArray> arrays) {
    SymbolicArray symbolic = SymbolicArray.from(array);
    return symbolic == null ? array : arrays.apply(symbolic.value());
  }

  /** Makes the call; none of its arrays is changed. */
  Object make() {
    NDArray on = Methods.isInPlace(call.name()) ? self.duplicate() : self;
    try {
      boolean ofArray = call.method().getDeclaringClass().isInstance(on);
      return call.method().invoke(ofArray ? on : on.getNDArrayInternal(), args);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether an array takes part in the call, so that it is no new one where it comes out. */
  boolean reads(NDArray array) {
    for (Object arg : args) {
      if (arg == array || (arg instanceof NDList list && list.stream().anyMatch(a -> a == array))) {
        return true;
      }
    }
    return self == array;
  }
}

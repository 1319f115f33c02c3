package io.espalier.djl.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call of a method on a symbolic array. */
final class Invocation {
  private final SymbolicArray self;
  private final Method method;
  private final @Nullable Object[] args;

  Invocation(SymbolicArray self, Method method, @Nullable Object[] args) {
    this.self = self;
    this.method = method;
    this.args = args;
  }

  SymbolicArray array() {
    return self;
  }

  Session session() {
    return self.session();
  }

  Ops ops() {
    return self.session().ops();
  }

  Tape tape() {
    return self.session().tape();
  }

  Method method() {
    return method;
  }

  String name() {
    return method.getName();
  }

  @Nullable Object[] args() {
    return args;
  }

  int count() {
    return args.length;
  }

  Value self() {
    return self.value();
  }

  @Nullable Object arg(int index) {
    return args[index];
  }

  boolean has(int index, Class<?> type) {
    return index < args.length && type.isInstance(args[index]);
  }

  private <T> T get(int index, Class<T> type) {
    return type.cast(
        Objects.requireNonNull(
            args[index], () -> "argument " + index + " of " + name() + " is null"));
  }

  int integer(int index) {
    return get(index, Number.class).intValue();
  }

  double real(int index) {
    return get(index, Number.class).doubleValue();
  }

  boolean flag(int index) {
    return get(index, Boolean.class);
  }

  Shape shape(int index) {
    return get(index, Shape.class);
  }

  DataType type(int index) {
    return get(index, DataType.class);
  }

  int[] ints(int index) {
    return get(index, int[].class);
  }

  long[] longs(int index) {
    return get(index, long[].class);
  }

  float[] floats(int index) {
    return get(index, float[].class);
  }

  /** An array, or a number as an array of one element. */
  Value value(int index) {
    if (args[index] instanceof Number number) {
      return tape().scalar(number.doubleValue(), type(number));
    }
    return session().value(get(index, NDArray.class));
  }

  /** An argument that is a symbolic array; null for a real one. */
  @Nullable SymbolicArray symbolic(int index) {
    return SymbolicArray.from(get(index, NDArray.class));
  }

  /** An array that may be left out. */
  @Nullable Value optional(int index) {
    return args[index] instanceof NDArray array ? session().value(array) : null;
  }

  List<Value> values(int index) {
    return BlockRunner.values(session(), get(index, NDList.class));
  }

  private static DataType type(Number number) {
    if (number instanceof Integer) {
      return DataType.INT32;
    } else if (number instanceof Long) {
      return DataType.INT64;
    } else if (number instanceof Byte) {
      return DataType.INT8;
    }
    return number instanceof Double ? DataType.FLOAT64 : DataType.FLOAT32;
  }

  NDArray result(Value value) {
    return SymbolicArray.of(session(), value);
  }

  /** A result that shares the memory of the array it was called on. */
  NDArray view(Value value) {
    return value.index() == self().index() ? self.proxy() : self.view(value);
  }

  NDList results(List<Value> values) {
    NDList list = new NDList(values.size());
    values.forEach(value -> list.add(result(value)));
    return list;
  }

  NDList results(Value value) {
    return results(List.of(value));
  }
}

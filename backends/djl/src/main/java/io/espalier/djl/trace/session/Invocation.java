package io.espalier.djl.trace.session;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.djl.trace.tape.Ops;
import io.espalier.djl.trace.tape.Tape;
import io.espalier.djl.trace.values.Value;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call of a method on a symbolic array. */
public final class Invocation {
  private final SymbolicArray self;
  private final Method method;
  private final @Nullable Object[] args;

  Invocation(SymbolicArray self, Method method, @Nullable Object[] args) {
    this.self = self;
    this.method = method;
    this.args = args;
  }

  public SymbolicArray array() {
    return self;
  }

  public Session session() {
    return self.session();
  }

  public Ops ops() {
    return self.session().ops();
  }

  public Tape tape() {
    return self.session().tape();
  }

  Method method() {
    return method;
  }

  public String name() {
    return method.getName();
  }

  @Nullable Object[] args() {
    return args;
  }

  public int count() {
    return args.length;
  }

  public Value self() {
    return self.value();
  }

  public @Nullable Object arg(int index) {
    return args[index];
  }

  public boolean has(int index, Class<?> type) {
    return index < args.length && type.isInstance(args[index]);
  }

  private <T> T get(int index, Class<T> type) {
    return type.cast(
        Objects.requireNonNull(
            args[index], () -> "argument " + index + " of " + name() + " is null"));
  }

  public int integer(int index) {
    return get(index, Number.class).intValue();
  }

  public double real(int index) {
    return get(index, Number.class).doubleValue();
  }

  public boolean flag(int index) {
    return get(index, Boolean.class);
  }

  public Shape shape(int index) {
    return get(index, Shape.class);
  }

  public DataType type(int index) {
    return get(index, DataType.class);
  }

  public int[] ints(int index) {
    return get(index, int[].class);
  }

  public long[] longs(int index) {
    return get(index, long[].class);
  }

  public float[] floats(int index) {
    return get(index, float[].class);
  }

  /** An array, or a number as an array of one element. */
  public Value value(int index) {
    if (args[index] instanceof Number number) {
      return tape().scalar(number.doubleValue(), type(number));
    }
    return session().value(get(index, NDArray.class));
  }

  /** An argument that is a symbolic array; null for a real one. */
  public @Nullable SymbolicArray symbolic(int index) {
    return SymbolicArray.from(get(index, NDArray.class));
  }

  /** An array that may be left out. */
  public @Nullable Value optional(int index) {
    return args[index] instanceof NDArray array ? session().value(array) : null;
  }

  public List<Value> values(int index) {
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

  public NDArray result(Value value) {
    return SymbolicArray.of(session(), value);
  }

  /** A result that shares the memory of the array it was called on. */
  public NDArray view(Value value) {
    return value.index() == self().index() ? self.proxy() : self.view(value);
  }

  public NDList results(List<Value> values) {
    NDList list = new NDList(values.size());
    values.forEach(value -> list.add(result(value)));
    return list;
  }

  public NDList results(Value value) {
    return results(List.of(value));
  }
}

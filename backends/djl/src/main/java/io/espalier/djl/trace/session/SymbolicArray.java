package io.espalier.djl.trace.session;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.internal.NDArrayEx;
import io.espalier.djl.trace.values.Untraceable;
import io.espalier.djl.trace.values.Value;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * An array without elements: what is done to it is recorded. Arrays that would share memory share a
 * store here, so that a change made in place through one of them is noticed where another is read.
 */
public final class SymbolicArray implements InvocationHandler {
  /** The memory that an array and its views would share; counts the changes made to it. */
  private static final class Memory {
    private int changes;
  }

  private final Session session;
  private final NDArray proxy;
  private final Memory memory;
  private Value value;
  private int seen;
  private @Nullable String name;

  private SymbolicArray(Session session, Value value, Memory memory) {
    this.session = session;
    this.value = value;
    this.memory = memory;
    this.seen = memory.changes;
    this.proxy =
        (NDArray)
            Proxy.newProxyInstance(
                SymbolicArray.class.getClassLoader(),
                new Class<?>[] {NDArray.class, NDArrayEx.class},
                this);
  }

  static NDArray of(Session session, Value value) {
    return new SymbolicArray(session, value, new Memory()).proxy;
  }

  /** The symbolic array that an array is; null for a real one. */
  public static @Nullable SymbolicArray from(NDArray array) {
    return Proxy.isProxyClass(array.getClass())
            && Proxy.getInvocationHandler(array) instanceof SymbolicArray symbolic
        ? symbolic
        : null;
  }

  /** An array that looks at the same memory. */
  public NDArray view(Value other) {
    return new SymbolicArray(session, other, memory).proxy;
  }

  Session session() {
    return session;
  }

  public NDArray proxy() {
    return proxy;
  }

  /** What it stands for now. */
  Value value() {
    if (seen != memory.changes) {
      throw new Untraceable(
          "changes an array in place while another array that shares its memory is still read; use"
              + " add instead of addi, and so on");
    }
    return value;
  }

  /** Changes it in place. */
  public void become(Value other) {
    value();
    if (value.source() instanceof Value.Stored) {
      throw new Untraceable("changes a parameter in place");
    }
    memory.changes++;
    seen = memory.changes;
    value = other;
  }

  public @Nullable String name() {
    return name;
  }

  public void rename(@Nullable String other) {
    name = other;
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, Object @Nullable [] args)
      throws Throwable {
    return session.invoke(new Invocation(this, method, args == null ? new Object[0] : args));
  }
}

package io.espalier.onnx.file;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value computed when it is first asked for, once, whichever threads ask. */
public final class Lazy<T> {
  private @Nullable Supplier<T> supplier;
  private volatile @Nullable T value;

  /**
   * A value.
   *
   * @param supplier computes it
   */
  public Lazy(Supplier<T> supplier) {
    this.supplier = supplier;
  }

  /** The value. */
  public T get() {
    T known = value;
    return known != null ? known : compute();
  }

  private synchronized T compute() {
    T known = value;
    if (known != null) {
      return known;
    }
    if (supplier == null) {
      throw new IllegalStateException("the supplier gave no value");
    }
    T computed = supplier.get();
    value = computed;
    supplier = null;
    return computed;
  }
}

package io.espalier.djl.elastic;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import io.espalier.djl.carve.ParameterSlice;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The slices of one config at one version of the parameters. They are closed when they were dropped
 * and the last pass that uses them has ended.
 */
final class CachedSlices {
  private final long version;
  private final Map<String, NDArray> slices = new ConcurrentHashMap<>();
  private int users;
  private boolean dropped;

  CachedSlices(long version) {
    this.version = version;
  }

  /** The version of the parameters that they are of. */
  long version() {
    return version;
  }

  /** Whether a pass may use them; it then has to {@link #release} them. */
  synchronized boolean acquire() {
    if (dropped) {
      return false;
    }
    users++;
    return true;
  }

  synchronized void release() {
    users--;
    close();
  }

  synchronized void drop() {
    dropped = true;
    close();
  }

  private void close() {
    if (dropped && users == 0) {
      slices.values().forEach(NDArray::close);
      slices.clear();
    }
  }

  /** A slice in one piece. It lives as long as the array it is of. */
  NDArray of(NDArray array, ParameterSlice slice) {
    return slices.computeIfAbsent(array.getUid(), uid -> slice(array, slice));
  }

  private static NDArray slice(NDArray array, ParameterSlice slice) {
    // a scope of the caller must not close what others use
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDArray part =
          slice.isContiguous()
              ? slice.of(array, array.getManager())
              : slice.copy(array, array.getManager());
      NDScope.unregister(part);
      return part;
    }
  }

  boolean holds(NDArray array) {
    return slices.values().stream().anyMatch(slice -> slice == array);
  }
}

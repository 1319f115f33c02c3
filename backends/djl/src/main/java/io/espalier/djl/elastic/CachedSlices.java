package io.espalier.djl.elastic;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import io.espalier.djl.carve.ParameterSlice;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The slices of one config at one version of the parameters. They are closed when they were dropped
 * and the last pass that uses them has ended.
 */
final class CachedSlices {
  private final long version;
  private final Map<String, NDArray> slices = new ConcurrentHashMap<>();
  private final Map<String, NDArray> recorded = new ConcurrentHashMap<>();
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
      for (Map<String, NDArray> all : List.of(slices, recorded)) {
        all.values().forEach(NDArray::close);
        all.clear();
      }
    }
  }

  /** A slice in one piece. It lives as long as the array it is of. */
  NDArray of(NDArray array, ParameterSlice slice) {
    return slices.computeIfAbsent(array.getUid(), uid -> slice(array, slice));
  }

  /**
   * The same, through which gradients reach the array. Only for what a view shows: an engine goes
   * back through that as often as it is asked to, but through gathered indices once.
   */
  NDArray recorded(NDArray array, ParameterSlice slice) {
    return recorded.computeIfAbsent(array.getUid(), uid -> slice(array, slice));
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
    return Stream.of(slices, recorded)
        .flatMap(all -> all.values().stream())
        .anyMatch(slice -> slice == array);
  }
}

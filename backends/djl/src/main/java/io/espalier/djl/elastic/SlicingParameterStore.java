package io.espalier.djl.elastic;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.espalier.djl.carve.ParameterSlice;
import io.espalier.djl.carve.ParameterSlices;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Hands out slices of what another store holds, for one forward pass. Where gradients are recorded
 * they reach the whole parameter; what a pass writes into running statistics does so too, once the
 * pass has ended.
 */
final class SlicingParameterStore extends ParameterStore {
  private final ParameterStore whole;
  private final ParameterSlices slices;
  private final NDManager manager;
  private final @Nullable CachedSlices cache;
  private final Map<Parameter, NDArray> parts = new ConcurrentHashMap<>();
  private final Map<Parameter, NDArray> written = new ConcurrentHashMap<>();
  private volatile @Nullable Boolean recording;

  /**
   * A store.
   *
   * @param whole holds the whole parameters
   * @param slices what to hand out
   * @param manager what slices that are made for this pass belong to
   * @param cache where to find slices that were made before; null in training
   */
  SlicingParameterStore(
      ParameterStore whole,
      ParameterSlices slices,
      NDManager manager,
      @Nullable CachedSlices cache) {
    super(whole.getManager(), false);
    this.whole = whole;
    this.slices = slices;
    this.manager = manager;
    this.cache = cache;
  }

  @Override
  public @Nullable NDArray getValue(
      @Nullable Parameter parameter, Device device, boolean training) {
    NDArray array = whole.getValue(parameter, device, training);
    ParameterSlice slice = parameter == null ? null : slices.find(parameter).orElse(null);
    if (parameter == null || slice == null) {
      return array;
    }
    CachedSlices cached = cache;
    if (cached != null && !isRecorded(array, slice)) {
      return cached.of(array, slice);
    }
    if (cached != null && slice.isView()) {
      return cached.recorded(array, slice);
    }
    return parts.computeIfAbsent(parameter, key -> part(key, array, slice));
  }

  private NDArray part(Parameter parameter, NDArray array, ParameterSlice slice) {
    NDArray part = slice.of(array, manager);
    if (!slice.isView() && isWritten(parameter)) {
      written.put(parameter, array);
    }
    return part;
  }

  /** Whether a pass may write into a parameter. */
  private static boolean isWritten(Parameter parameter) {
    return switch (parameter.getType()) {
      case RUNNING_MEAN, RUNNING_VAR -> true;
      case OTHER -> !parameter.requiresGradient();
      default -> false;
    };
  }

  /** Whether what is computed from a parameter now will be asked for its gradient. */
  private boolean isRecorded(NDArray array, ParameterSlice slice) {
    if (!array.hasGradient()) {
      return false;
    }
    Boolean known = recording;
    if (known == null) {
      try (NDArray part = slice.of(array, manager)) {
        known = part.hasGradient();
      }
      recording = known;
    }
    return known;
  }

  /** Brings what the pass has written to where it belongs. */
  void finish() {
    written.forEach(
        (parameter, array) -> {
          ParameterSlice slice = slices.find(parameter).orElseThrow();
          NDArray part = parts.get(parameter);
          if (part != null) {
            slice.write(part, array);
          }
        });
  }

  @Override
  public NDManager getManager() {
    return whole.getManager();
  }

  @Override
  public void updateAllParameters() {
    whole.updateAllParameters();
  }

  @Override
  public void sync() {
    whole.sync();
  }
}

package io.espalier.djl.elastic;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import io.espalier.djl.carve.ParameterSlice;
import io.espalier.djl.carve.ParameterSlices;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Whether the parameters of a block are being trained, and may change between two forward passes
 * without notice. They may from the first pass of a trainer on until that trainer is closed.
 */
final class Training {
  private final Set<NDManager> trainers = ConcurrentHashMap.newKeySet();
  private final AtomicLong version = new AtomicLong();
  private final List<ParameterSlices> passes = new ArrayList<>();
  private boolean stepped;

  /** Whether an optimizer asks for parts; else they are not kept, as nobody would drop them. */
  private boolean watched;

  /** Whether a pass since the last step was not kept. */
  private boolean missed;

  /** Says that an optimizer will ask which parts the passes use. */
  void watch() {
    synchronized (passes) {
      watched = true;
    }
  }

  /** Takes note of a training pass with a parameter store of this manager. */
  void pass(NDManager trainer, ParameterSlices slices) {
    trainers.add(trainer);
    version.incrementAndGet();
    synchronized (passes) {
      if (stepped) {
        passes.clear();
        stepped = false;
        missed = false;
      }
      if (watched) {
        passes.add(slices);
      } else {
        missed = true;
      }
    }
  }

  /**
   * Takes note of a step of an optimizer, and finds the part of a parameter that it has to change.
   *
   * @return null unless the passes since the step before all used one part, which a view shows
   */
  @Nullable ParameterSlice step(Parameter parameter) {
    synchronized (passes) {
      stepped = true;
      if (missed) {
        return null;
      }
      ParameterSlice used = null;
      for (ParameterSlices slices : passes) {
        ParameterSlice slice = slices.find(parameter).orElse(null);
        if (slice == null || !slice.isView() || (used != null && !used.isSame(slice))) {
          return null;
        }
        used = slice;
      }
      return used;
    }
  }

  /** How many passes the next step has to look at. */
  int passes() {
    synchronized (passes) {
      return passes.size();
    }
  }

  /** The parameters are what they are from now on, until the next training pass. */
  void settle() {
    trainers.clear();
    version.incrementAndGet();
  }

  boolean isOn() {
    if (trainers.isEmpty()) {
      return false;
    }
    trainers.removeIf(trainer -> !trainer.isOpen());
    return !trainers.isEmpty();
  }

  /** A number that has grown whenever parameters may have changed. */
  long version() {
    return version.get();
  }
}

package io.espalier.djl.elastic;

import ai.djl.ndarray.NDManager;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether the parameters of a block are being trained, and may change between two forward passes
 * without notice. They may from the first pass of a trainer on until that trainer is closed.
 */
final class Training {
  private final Set<NDManager> trainers = ConcurrentHashMap.newKeySet();
  private final AtomicLong version = new AtomicLong();

  /** Takes note of a training pass with a parameter store of this manager. */
  void pass(NDManager trainer) {
    trainers.add(trainer);
    version.incrementAndGet();
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

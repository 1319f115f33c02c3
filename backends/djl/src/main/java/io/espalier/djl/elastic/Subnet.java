package io.espalier.djl.elastic;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.espalier.core.values.Config;
import io.espalier.djl.carve.BlockCut;
import io.espalier.djl.carve.ParameterSlices;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A block as it runs at one config. Safe for use by several threads. */
final class Subnet {
  private final Config config;
  private final Block skeleton;
  private final ParameterSlices slices;
  private final Training training;
  private volatile CachedSlices cache;
  private volatile boolean closed;

  Subnet(Config config, BlockCut cut, Training training) {
    this.config = config;
    this.skeleton = cut.skeleton();
    this.slices = cut.slices();
    this.training = training;
    this.cache = new CachedSlices(training.version());
  }

  Config config() {
    return config;
  }

  Block skeleton() {
    return skeleton;
  }

  /** A training pass: slices are views, or gathered so that gradients reach the parameters. */
  NDList train(ParameterStore store, NDList inputs, Function<ParameterStore, NDList> pass) {
    training.pass(store.getManager(), slices);
    if (slices.isEmpty()) {
      return pass.apply(store);
    }
    SlicingParameterStore slicing =
        new SlicingParameterStore(store, slices, manager(store, inputs), null);
    NDList outputs = pass.apply(slicing);
    slicing.finish();
    return outputs;
  }

  /** A pass of inference: slices lie in one piece, and are kept while parameters do not change. */
  NDList infer(ParameterStore store, NDList inputs, Function<ParameterStore, NDList> pass) {
    if (slices.isEmpty()) {
      return pass.apply(store);
    }
    CachedSlices acquired = training.isOn() ? null : acquire();
    CachedSlices found = acquired == null ? new CachedSlices(0) : acquired;
    try {
      SlicingParameterStore slicing =
          new SlicingParameterStore(store, slices, manager(store, inputs), found);
      return own(pass.apply(slicing), found);
    } finally {
      if (acquired != null) {
        found.release();
      } else {
        found.drop();
      }
    }
  }

  /** Slices to keep; null where none are kept any more. */
  private @Nullable CachedSlices acquire() {
    while (!closed) {
      CachedSlices now = cache;
      if (now.version() == training.version() && now.acquire()) {
        return now;
      }
      renew(now);
    }
    return null;
  }

  /** Closes the slices that are kept, as soon as no pass needs them, and keeps none from now on. */
  synchronized void close() {
    closed = true;
    cache.drop();
  }

  private synchronized void renew(CachedSlices old) {
    if (cache == old && !closed) {
      cache = new CachedSlices(training.version());
      old.drop();
    }
  }

  /** A parameter that comes out as it is must not go away with the slices. */
  private static NDList own(NDList outputs, CachedSlices slices) {
    NDList own = new NDList();
    for (NDArray output : outputs) {
      own.add(slices.holds(output) ? output.duplicate() : output);
    }
    return own;
  }

  private static NDManager manager(ParameterStore store, NDList inputs) {
    return inputs.isEmpty() ? store.getManager() : inputs.head().getManager();
  }
}

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

/** A block as it runs at one config. Safe for use by several threads. */
final class Subnet {
  private final Config config;
  private final Block skeleton;
  private final ParameterSlices slices;
  private final Training training;
  private volatile CachedSlices cache;

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
    boolean kept = !training.isOn();
    CachedSlices found = kept ? acquire() : new CachedSlices(0);
    try {
      SlicingParameterStore slicing =
          new SlicingParameterStore(store, slices, manager(store, inputs), found);
      return own(pass.apply(slicing), found);
    } finally {
      if (kept) {
        found.release();
      } else {
        found.drop();
      }
    }
  }

  private CachedSlices acquire() {
    while (true) {
      CachedSlices now = cache;
      if (now.version() == training.version() && now.acquire()) {
        return now;
      }
      renew(now);
    }
  }

  private synchronized void renew(CachedSlices old) {
    if (cache == old) {
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

package io.espalier.core.calibration;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.moments.Probe;
import io.espalier.core.values.Sum;
import io.espalier.trace.Constant;
import io.espalier.trace.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A hash of all that decides what is measured of a network. */
final class MomentsKey {
  /** To be raised whenever the same question may be answered by other numbers, or written anew. */
  private static final int VERSION = 2;

  private static final int BATCH = 32;

  private final IdentityHashMap<DataModel, byte[]> models = new IdentityHashMap<>();
  private final IdentityHashMap<Samples, Map<List<Integer>, byte[]>> contents =
      new IdentityHashMap<>();

  /** The hash; what is asked for aims at nothing. */
  byte[] of(DataModel model, Probe.Request request, Samples data, List<int[]> sets) {
    Sum sum = new Sum();
    sum.number(VERSION);
    sum.text(String.valueOf(MomentsKey.class.getPackage().getImplementationVersion()));
    sum.text(model.getClass().getName());
    sum.bytes(models.computeIfAbsent(model, MomentsKey::content));
    sum.text(request.toString());
    sum.number(sets.size());
    for (int[] set : sets) {
      sum.number(set.length);
      for (int sample : set) {
        sum.number(sample);
      }
    }
    int[] all = sets.stream().flatMapToInt(Arrays::stream).sorted().toArray();
    List<Integer> which = Arrays.stream(all).boxed().toList();
    sum.bytes(
        contents
            .computeIfAbsent(data, key -> new HashMap<>())
            .computeIfAbsent(which, key -> content(data, all)));
    return sum.digest();
  }

  /** The structure of a network, and every byte of its weights. */
  private static byte[] content(DataModel model) {
    Sum sum = new Sum();
    sum.text(model.fingerprint());
    for (Tensor tensor : model.graph().tensors()) {
      Constant constant = tensor.constant();
      if (constant == null) {
        continue;
      }
      sum.text(tensor.name());
      if (model.isStored(tensor.name())) {
        sum.bytes(model.stored(tensor.name()));
      } else if (constant.integer()) {
        Arrays.stream(constant.longs()).forEach(sum::number);
      } else {
        var floats = constant.floats().duplicate();
        while (floats.hasRemaining()) {
          sum.number(Float.floatToRawIntBits(floats.get()));
        }
      }
    }
    return sum.digest();
  }

  private static byte[] content(Samples data, int[] samples) {
    Sum sum = new Sum();
    try (Samples.Batches batches = data.read(samples, BATCH)) {
      for (var next = batches.next(); next.isPresent(); next = batches.next()) {
        Batch batch = next.get();
        for (int sample : batch.samples()) {
          sum.number(sample);
        }
        new TreeMap<>(batch.arrays()).forEach((name, array) -> add(sum, name, array));
      }
    }
    return sum.digest();
  }

  private static void add(Sum sum, String name, DataArray array) {
    sum.text(name);
    sum.text(array.type().name());
    for (long extent : array.shape()) {
      sum.number(extent);
    }
    if (array.isFloating()) {
      var floats = array.floats();
      while (floats.hasRemaining()) {
        sum.number(Float.floatToRawIntBits(floats.get()));
      }
    } else {
      var longs = array.longs();
      while (longs.hasRemaining()) {
        sum.number(longs.get());
      }
    }
  }
}

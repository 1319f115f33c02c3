package io.espalier.djl.calibrate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.RememberedPass;
import io.espalier.core.data.Samples;
import io.espalier.djl.trace.TracedBlock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Rows that the network to be matched computes. It is only run where they are not known from an
 * earlier pass over the same samples.
 */
final class BlockTargets {
  private final TracedBlock reference;
  private final Map<String, Integer> names;
  private final Set<Target> targets = new LinkedHashSet<>();

  /**
   * Rows of a tensor.
   *
   * @param mask an input that is 0 at those which count for nothing; empty where all count
   */
  record Target(String tensor, int axis, String mask, int step) {}

  /** What results are known under. */
  private record Key(
      TracedBlock reference, List<Target> targets, List<Integer> samples, int size) {}

  BlockTargets(TracedBlock reference) {
    this.reference = reference;
    this.names = ObservedTensors.names(reference);
  }

  /** Asks for rows. */
  void add(Target wanted) {
    if (!names.containsKey(wanted.tensor())) {
      throw new IllegalArgumentException("the block computes no '" + wanted.tensor() + "'");
    }
    targets.add(wanted);
  }

  /**
   * Starts a pass over some samples.
   *
   * @param data which may keep results
   * @param size how many go into a batch
   */
  RememberedPass pass(Samples data, int[] samples, int size) {
    List<Integer> some = Arrays.stream(samples).boxed().toList();
    return new RememberedPass(data, new Key(reference, List.copyOf(targets), some, size));
  }

  /** Rows for the next batch of a pass, in doubles. */
  Map<Target, NDArray> next(RememberedPass pass, NDList inputs, NDManager manager) {
    Map<Target, NDArray> arrays = new HashMap<>();
    if (targets.isEmpty()) {
      return arrays;
    }
    List<DataArray> known = pass.next(targets.size(), () -> computed(inputs, manager));
    int next = 0;
    for (Target wanted : targets) {
      arrays.put(wanted, DataArrays.of(known.get(next++), manager));
    }
    return arrays;
  }

  private List<DataArray> computed(NDList inputs, NDManager manager) {
    Set<Integer> tensors = new HashSet<>();
    targets.forEach(wanted -> tensors.add(Objects.requireNonNull(names.get(wanted.tensor()))));
    try (NDScope scope = new NDScope()) {
      ObservedTensors all = ObservedTensors.of(reference, names, tensors, inputs, manager);
      List<DataArray> arrays = targets.stream().map(wanted -> array(all, wanted)).toList();
      scope.suppressNotUsedWarning();
      return arrays;
    }
  }

  private static DataArray array(ObservedTensors all, Target wanted) {
    NDArray mask = Rows.mask(wanted.mask(), all);
    NDArray array = Rows.masked(all.get(wanted.tensor()), wanted.axis(), mask, wanted.step());
    return DataArray.ofFloats(
        ElementType.FLOAT32, DataArrays.floats(array), array.getShape().getShape());
  }
}

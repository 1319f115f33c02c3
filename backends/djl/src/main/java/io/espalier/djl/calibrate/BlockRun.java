package io.espalier.djl.calibrate;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.Samples;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.spi.EspalierException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Runs a block on data, as at inference. */
public final class BlockRun {
  private BlockRun() {}

  /**
   * Runs a block.
   *
   * @param samples which of the data, ascending
   * @param listener is given every batch with the outputs, by the names that the graph has for them
   * @throws EspalierException if the block does not run on the data
   */
  public static void of(
      ObservableBlock network,
      Samples data,
      int[] samples,
      BiConsumer<Batch, Map<String, DataArray>> listener) {
    TracedBlock traced = network.traced();
    try (Samples.Batches batches = data.read(samples, BlockInputs.batch(traced))) {
      for (var next = batches.next(); next.isPresent(); next = batches.next()) {
        if (BlockInputs.isWhole(traced, next.get())) {
          try (NDManager manager = network.newManager()) {
            NDList inputs = BlockInputs.arrays(traced, next.get(), manager);
            listener.accept(next.get(), outputs(traced, forward(network, inputs, manager)));
          }
        }
      }
    }
  }

  private static NDList forward(ObservableBlock network, NDList inputs, NDManager manager) {
    try {
      return network.block().forward(new ParameterStore(manager, false), inputs, false);
    } catch (RuntimeException e) {
      throw new EspalierException(
          network.description() + " does not run on the data: " + e.getMessage(), e);
    }
  }

  private static Map<String, DataArray> outputs(TracedBlock traced, NDList arrays) {
    List<Integer> outputs = traced.graph().outputs();
    if (arrays.size() != outputs.size()) {
      throw new EspalierException(
          "the block gives "
              + arrays.size()
              + " arrays for the data, and gave "
              + outputs.size()
              + " when it was traced");
    }
    Map<String, DataArray> named = new LinkedHashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      String name = traced.graph().tensor(outputs.get(i)).name();
      named.put(name, DataArrays.of(arrays.get(i), name));
    }
    return named;
  }
}

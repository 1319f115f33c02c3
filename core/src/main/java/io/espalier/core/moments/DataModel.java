package io.espalier.core.moments;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.EspalierException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** A network that a backend can run on data, and observe while it runs. */
public interface DataModel extends TracedModel {
  /** What the network reads. */
  List<InputSpec> inputs();

  /**
   * Runs the network.
   *
   * @param samples which of the data, ascending
   * @param listener is given every batch with the outputs by name
   */
  void run(Samples data, int[] samples, BiConsumer<Batch, Map<String, DataArray>> listener);

  /**
   * The same on one thread, so that several networks can run side by side, and what comes out does
   * not depend on how many there are.
   */
  default void runOnOneThread(
      Samples data, int[] samples, BiConsumer<Batch, Map<String, DataArray>> listener) {
    run(data, samples, listener);
  }

  /**
   * Runs the network, and gives out integers that it computes inside, or is given.
   *
   * @param tensors their names
   * @param listener is given every batch with them by name
   * @throws io.espalier.spi.EspalierException if the backend gives out nothing that is inside
   */
  default void follow(
      Set<String> tensors,
      Samples data,
      int[] samples,
      BiConsumer<Batch, Map<String, DataArray>> listener) {
    throw new EspalierException(
        description() + " gives out nothing that it computes inside; leave the data out");
  }

  /**
   * Takes moments of a network that was cut from this one, while both run on the same data.
   *
   * @param observed the network that probes and pairs speak of; this one itself may be given
   * @param request what to observe
   * @param folds which of the data to run, in sets whose moments are added up apart
   */
  Measured measure(DataModel observed, Probe.Request request, Samples data, List<int[]> folds);

  /** Whether a parameter of this name is stored, so that it can be given other values. */
  boolean isStored(String parameter);

  /**
   * The elements of a stored parameter as they are written: little-endian, in row-major order, in
   * the type that they are stored in.
   *
   * @throws IllegalArgumentException if none of this name is stored
   */
  ByteBuffer stored(String parameter);

  /** Whether the window of a node can be spelled out in columns. */
  boolean hasWindows(String reader);

  /**
   * The same network with other values in stored parameters.
   *
   * @param values for names of parameters as they are stored, the new values in row-major order;
   *     they are converted to the stored type
   */
  DataModel withValues(Map<String, float[]> values);
}

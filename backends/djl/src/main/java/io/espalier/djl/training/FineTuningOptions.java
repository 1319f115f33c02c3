package io.espalier.djl.training;

import io.espalier.spi.EspalierException;
import java.util.Optional;

/**
 * How a smaller network is trained further.
 *
 * @param epochs how often it sees the data; at least 1
 * @param rate the learning rate at the start, which falls to nothing along a cosine
 * @param batch how many samples a step sees
 * @param seed of the order of samples
 * @param labels the class of each of the data, which counts beside what the original says; the
 *     first output must hold logits then. Empty for none
 */
@SuppressWarnings("ArrayRecordComponent") // labels are not compared
public record FineTuningOptions(
    int epochs, double rate, int batch, long seed, Optional<int[]> labels) {
  private static final double RATE = 1e-3;
  private static final int BATCH = 32;

  public FineTuningOptions {
    if (epochs < 1 || batch < 1 || !(rate > 0) || Double.isInfinite(rate)) {
      throw new EspalierException(
          "training takes at least one epoch, batches of at least one sample and a positive rate,"
              + " not "
              + epochs
              + ", "
              + batch
              + " and "
              + rate);
    }
  }

  /** The usual rate and batch, without labels. */
  public static FineTuningOptions of(int epochs) {
    return new FineTuningOptions(epochs, RATE, BATCH, 0, Optional.empty());
  }

  public FineTuningOptions withRate(double other) {
    return new FineTuningOptions(epochs, other, batch, seed, labels);
  }

  public FineTuningOptions withBatch(int size) {
    return new FineTuningOptions(epochs, rate, size, seed, labels);
  }

  public FineTuningOptions withSeed(long other) {
    return new FineTuningOptions(epochs, rate, batch, other, labels);
  }

  public FineTuningOptions withLabels(int[] classes) {
    return new FineTuningOptions(epochs, rate, batch, seed, Optional.of(classes.clone()));
  }
}

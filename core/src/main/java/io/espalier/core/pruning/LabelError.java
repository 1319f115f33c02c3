package io.espalier.core.pruning;

import io.espalier.core.data.DataArray;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.spi.EspalierException;
import java.util.Map;

/**
 * How often a network is wrong about the class of a sample: the part of the samples whose label is
 * not where the first output is largest. Of networks that are wrong equally often the one is better
 * whose outputs are nearer to the original's.
 */
final class LabelError implements Judge {
  /** What the outputs weigh beside a share of samples. */
  private static final double OUTPUTS = 1e-3;

  private final Samples data;
  private final int[] samples;
  private final int[] labels;
  private final int count;
  private final Judge outputs;

  /**
   * @param samples which of the data, copies of images among them
   * @param labels of the data without copies
   */
  LabelError(Samples data, int[] samples, int[] labels, Judge outputs) {
    this.data = data;
    this.samples = samples;
    this.labels = labels;
    this.count = labels.length;
    this.outputs = outputs;
  }

  @Override
  public double of(DataModel network) {
    int[] wrong = new int[1];
    network.run(data, samples, (batch, found) -> wrong[0] += wrong(batch.samples(), found));
    double distance = outputs.of(network);
    return wrong[0] / (double) samples.length + OUTPUTS * distance / (1 + distance);
  }

  private int wrong(int[] batch, Map<String, DataArray> outputs) {
    DataArray scores = outputs.values().iterator().next();
    int classes = scores.size() / batch.length;
    if (!scores.isFloating() || classes < 2) {
      throw new EspalierException(
          "labels say which of several scores is to be the largest, and the first output of the"
              + " network has no such; leave --labels out");
    }
    int wrong = 0;
    for (int i = 0; i < batch.length; i++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = scores.number(i * classes + c) > scores.number(i * classes + best) ? c : best;
      }
      wrong += best == labels[batch[i] % count] ? 0 : 1;
    }
    return wrong;
  }
}

package io.espalier.djl.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.Batch;
import io.espalier.spi.EspalierException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Measures the running statistics of batch norms anew. They differ from config to config, so that
 * those of a network that was trained together with others, or cut from one, are wrong.
 *
 * <p>An elastic block is measured at its active config, and the statistics of units that this
 * config leaves out stay what they are; a carved block is measured as it is. Weights are not
 * touched. Dropout is active meanwhile, as in training.
 */
public final class BatchNormRecalibration {
  private BatchNormRecalibration() {}

  /**
   * Replaces the running statistics by their mean over batches.
   *
   * @param block the block; one without batch norms is left as it is
   * @param batches data to run; those that are used are closed
   * @param most how many batches to use at most; at least 1
   * @throws EspalierException if there is no batch
   */
  public static void run(Block block, Iterable<Batch> batches, int most) {
    List<Statistic> statistics =
        block.getParameters().values().stream()
            .filter(BatchNormRecalibration::isStatistic)
            .map(parameter -> new Statistic(parameter.getArray()))
            .toList();
    if (statistics.isEmpty()) {
      return;
    }
    boolean measured = false;
    try {
      measure(block, batches, most, statistics);
      measured = true;
    } finally {
      // a pass that fails must not leave the marks of this measurement behind
      statistics.forEach(measured ? Statistic::finish : Statistic::restore);
    }
  }

  private static void measure(
      Block block, Iterable<Batch> batches, int most, List<Statistic> statistics) {
    int count = 0;
    for (Batch batch : batches) {
      try (batch) {
        if (count == 0) {
          statistics.forEach(Statistic::mark);
          forward(block, batch.getData());
          statistics.forEach(Statistic::readMark);
        }
        statistics.forEach(Statistic::clear);
        forward(block, batch.getData());
        statistics.forEach(Statistic::read);
      }
      count++;
      if (count >= most) {
        break;
      }
    }
    if (count == 0) {
      throw new EspalierException(
          "batch norms cannot be recalibrated without data; give at least one batch");
    }
  }

  private static boolean isStatistic(Parameter parameter) {
    return parameter.getType() == Parameter.Type.RUNNING_MEAN
        || parameter.getType() == Parameter.Type.RUNNING_VAR;
  }

  private static void forward(Block block, NDList data) {
    try (NDManager manager = data.head().getManager().newSubManager()) {
      NDList inputs = new NDList();
      data.forEach(
          array -> {
            NDArray input = array.duplicate();
            input.attach(manager);
            inputs.add(input);
          });
      block.forward(new ParameterStore(manager, false), inputs, true);
    }
  }

  /**
   * One array of running statistics. A pass makes r to m * r + (1 - m) * b with a momentum m and
   * the statistic b of the batch. A pass that starts from a mark, and one that starts from 0, tell
   * m, and which elements belong to units that are active.
   */
  private static final class Statistic {
    /** Far above any statistic. */
    private static final float MARK = 1e6f;

    private final NDArray array;
    private final float[] original;
    private final double[] sum;
    private float[] marked = {};
    private float[] first = {};
    private int count;

    Statistic(NDArray array) {
      this.array = array;
      this.original = array.toFloatArray();
      this.sum = new double[original.length];
    }

    void mark() {
      float[] marks = new float[original.length];
      Arrays.fill(marks, MARK);
      array.set(FloatBuffer.wrap(marks));
    }

    void readMark() {
      marked = array.toFloatArray();
    }

    void clear() {
      array.set(FloatBuffer.wrap(new float[original.length]));
    }

    void read() {
      float[] now = array.toFloatArray();
      if (count == 0) {
        first = now;
      }
      for (int i = 0; i < now.length; i++) {
        sum[i] += now[i];
      }
      count++;
    }

    void restore() {
      array.set(FloatBuffer.wrap(original));
    }

    void finish() {
      float[] means = original.clone();
      for (int i = 0; i < means.length; i++) {
        boolean active = marked[i] != MARK;
        double momentum = ((double) marked[i] - first[i]) / MARK;
        if (active) {
          means[i] = (float) (sum[i] / count / (1 - momentum));
        }
      }
      array.set(FloatBuffer.wrap(means));
    }
  }
}

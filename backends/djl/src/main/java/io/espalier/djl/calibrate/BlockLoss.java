package io.espalier.djl.calibrate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.espalier.core.data.Batch;
import io.espalier.core.data.DataException;
import java.util.Arrays;
import java.util.Optional;

/** Losses of what a block computes from a batch, as means over its samples. */
public final class BlockLoss {
  private BlockLoss() {}

  /**
   * The classes of a batch's samples.
   *
   * @param labels one for each of the data, which may hold moved copies behind them; empty for none
   * @return none where there are no labels
   */
  public static int[] classes(Optional<int[]> labels, Batch batch) {
    int[] all = labels.orElse(new int[0]);
    return all.length == 0
        ? all
        : Arrays.stream(batch.samples()).map(sample -> all[sample % all.length]).toArray();
  }

  /**
   * The cross-entropy of classes.
   *
   * @param outputs the first one holds logits, of shape [samples, .., classes]
   * @param classes one for each sample
   * @throws DataException if the output has none for some class
   */
  public static NDArray ofClasses(NDList outputs, int... classes) {
    NDArray logits = outputs.head();
    Shape shape = logits.getShape();
    int last = shape.dimension() - 1;
    long count = last < 1 ? 0 : shape.get(last);
    int most = Arrays.stream(classes).max().orElse(0);
    int least = Arrays.stream(classes).min().orElse(0);
    if (!logits.getDataType().isFloating()
        || shape.size() != count * classes.length
        || least < 0
        || most >= count) {
      throw new DataException(
          "labels from "
              + least
              + " to "
              + most
              + " do not fit the first output, of shape "
              + shape
              + " for "
              + classes.length
              + " samples; it must hold a number for each class, or leave labels out");
    }
    NDArray wanted = logits.getManager().create(classes).oneHot(Math.toIntExact(count));
    return logits
        .reshape(classes.length, count)
        .logSoftmax(-1)
        .mul(wanted)
        .sum()
        .div(-classes.length);
  }

  /** The squared norm of all outputs that are no integers. */
  public static NDArray squares(NDList outputs) {
    NDArray sum = null;
    for (NDArray output : outputs) {
      if (output.getDataType().isFloating()) {
        NDArray own = output.square().sum().div(Math.max(1, output.getShape().get(0)));
        sum = sum == null ? own : sum.add(own);
      }
    }
    if (sum == null) {
      throw new DataException(
          "the outputs hold integers alone, which have no gradients; choose another criterion");
    }
    return sum;
  }
}

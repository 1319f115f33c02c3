package io.espalier.djl.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.TokenMask;
import io.espalier.djl.DjlNetwork;
import io.espalier.spi.EspalierException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How far what a network computes from a batch is from what the original does: the mean squared
 * difference of each output as a part of its variance, averaged over outputs. What a mask among the
 * inputs hides counts for nothing.
 */
final class OutputLoss {
  private OutputLoss() {}

  /**
   * The loss, whose gradients reach what the network computes.
   *
   * @param variances of the original's outputs, by name; others do not count
   * @throws EspalierException if an output has another shape
   */
  static NDArray of(
      DjlNetwork network, Map<String, Double> variances, Batch batch, NDList wanted, NDList now) {
    List<Integer> outputs = network.graph().outputs();
    NDArray sum = null;
    for (int i = 0; i < wanted.size(); i++) {
      String name = network.graph().tensor(outputs.get(i)).name();
      Double variance = variances.get(name);
      if (variance == null) {
        continue;
      }
      if (!wanted.get(i).getShape().equals(now.get(i).getShape())) {
        throw new EspalierException(
            network.description()
                + " gives "
                + now.get(i).getShape()
                + " for output \""
                + name
                + "\", and the original "
                + wanted.get(i).getShape()
                + "; train a network that was cut from it");
      }
      float part = variance > 0 ? variance.floatValue() : 1;
      NDArray own = difference(batch, wanted.get(i), now.get(i)).div(part);
      sum = sum == null ? own : sum.add(own);
    }
    if (sum == null) {
      throw new EspalierException(
          network.description() + " gives none of the outputs " + variances.keySet());
    }
    return sum.div(variances.size());
  }

  /** The mean square over what is shown. */
  private static NDArray difference(Batch batch, NDArray wanted, NDArray now) {
    NDArray squares = now.sub(wanted).square();
    float[] ones = new float[Math.toIntExact(wanted.size())];
    Arrays.fill(ones, 1);
    long[] shape = wanted.getShape().getShape();
    TokenMask mask = TokenMask.of(batch);
    DataArray all = DataArray.ofFloats(ElementType.FLOAT32, ones, shape);
    DataArray shown = mask.blanked(all);
    if (shown == all) {
      return squares.mean();
    }
    float[] weights = new float[ones.length];
    shown.floats().get(weights);
    NDArray weight = now.getManager().create(weights, wanted.getShape());
    return squares.mul(weight).sum().div(Math.max(1, mask.shown(all)));
  }
}

package io.espalier.djl.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import io.espalier.djl.DjlNetwork;
import io.espalier.spi.EspalierException;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Use;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * First-order Taylor importance (Molchanov et al., Importance Estimation for Neural Network
 * Pruning, 2019): how much the loss would change without the weights that read a unit. That is
 * their sum of weight times gradient; it is squared, averaged over batches, and its root taken.
 *
 * <p>Choose it with {@link io.espalier.core.SearchSpace#setCriterion(ImportanceCriterion)}. It says
 * nothing of a weight that the network reads in another shape than it is stored in.
 */
public final class TaylorImportance implements ImportanceCriterion {
  private final Map<String, Parameter> readers;
  private final IdentityHashMap<Parameter, Sums> sums = new IdentityHashMap<>();

  private TaylorImportance(Map<String, Parameter> readers) {
    this.readers = readers;
    readers.values().forEach(p -> sums.computeIfAbsent(p, Sums::new));
  }

  /**
   * Runs batches forward, as at inference, and backward through the whole network. Parameters are
   * not changed; their gradients are zero afterwards.
   *
   * @param network the network
   * @param loss what it was trained for
   * @param batches data and labels; those that are used are closed
   * @param most how many batches to use at most; at least 1
   * @throws EspalierException if there is no batch
   */
  public static TaylorImportance of(
      DjlNetwork network, Loss loss, Iterable<Batch> batches, int most) {
    TaylorImportance importance = new TaylorImportance(Readers.of(network.traced()));
    Block block = network.traced().source().block();
    int count = 0;
    for (Batch batch : batches) {
      try (batch;
          NDManager manager = batch.getManager().newSubManager()) {
        importance.measure(block, loss, batch, manager);
      }
      count++;
      if (count >= most) {
        break;
      }
    }
    if (count == 0) {
      throw new EspalierException(
          "importance by gradients cannot be measured without data; give at least one batch");
    }
    return importance;
  }

  private void measure(Block block, Loss loss, Batch batch, NDManager manager) {
    // an engine adds to what an earlier backward pass has left
    sums.keySet().forEach(parameter -> clear(parameter.getArray(), manager));
    try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
      NDList outputs = block.forward(new ParameterStore(manager, false), batch.getData(), false);
      collector.backward(loss.evaluate(batch.getLabels(), outputs));
    }
    sums.forEach((parameter, sum) -> sum.add(parameter.getArray(), manager));
  }

  private static void clear(NDArray weight, NDManager manager) {
    if (weight.hasGradient()) {
      NDArray gradient = weight.getGradient();
      // the number that it is set to stays with its manager
      gradient.attach(manager);
      gradient.set(new NDIndex("..."), 0);
    }
  }

  @Override
  public String key() {
    return "taylor";
  }

  @Override
  public double[] score(Use use, int axis) {
    Parameter parameter = readers.get(use.node().inputs().get(use.input()).name());
    Sums found = parameter == null ? null : sums.get(parameter);
    return found == null ? new double[0] : found.along(axis, use.shape());
  }

  /** Squared sums of weight times gradient, for each index along each axis. */
  private static final class Sums {
    private final long[] shape;
    private final double[] @Nullable [] squares;
    private int batches;

    Sums(Parameter parameter) {
      this.shape = parameter.getArray().getShape().getShape().clone();
      this.squares = new double[shape.length][];
    }

    void add(NDArray weight, NDManager manager) {
      if (!weight.hasGradient()) {
        return;
      }
      NDArray gradient = weight.getGradient();
      gradient.attach(manager);
      NDArray values = weight.stopGradient();
      values.attach(manager);
      NDArray product = values.mul(gradient);
      for (int axis = 0; axis < shape.length; axis++) {
        int kept = axis;
        int[] others = IntStream.range(0, shape.length).filter(i -> i != kept).toArray();
        NDArray sum = others.length == 0 ? product : product.sum(others);
        float[] numbers = sum.toFloatArray();
        double[] total = squares[axis] == null ? new double[numbers.length] : squares[axis];
        for (int i = 0; i < numbers.length; i++) {
          total[i] += (double) numbers[i] * numbers[i];
        }
        squares[axis] = total;
      }
      clear(weight, manager);
      batches++;
    }

    double[] along(int axis, int[] use) {
      double[] total = axis < squares.length ? squares[axis] : null;
      if (total == null || !Arrays.equals(shape, Arrays.stream(use).asLongStream().toArray())) {
        return new double[0];
      }
      return Arrays.stream(total).map(square -> Math.sqrt(square / batches)).toArray();
    }
  }
}

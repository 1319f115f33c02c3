package io.espalier.djl.calibrate;

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
import io.espalier.core.data.Samples;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.spi.EspalierException;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Use;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * First-order Taylor importance (Molchanov et al., Importance Estimation for Neural Network
 * Pruning, 2019): how much the loss would change without the weights that read a unit. That is
 * their sum of weight times gradient; it is squared, averaged over batches, and its root taken.
 *
 * <p>Without labels the loss is the squared norm of the outputs, averaged over samples, by whose
 * gradients Aljundi et al. tell what matters to a network (Memory Aware Synapses: Learning What Not
 * to Forget, ECCV 2018). The distance of the outputs from the original's own says nothing: it is
 * least where nothing was changed yet, and its gradients are zero there.
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
      ObservableBlock network, Loss loss, Iterable<Batch> batches, int most) {
    TaylorImportance importance = new TaylorImportance(Readers.of(network.traced()));
    Block block = network.block();
    int count = 0;
    for (Batch batch : batches) {
      try (batch;
          NDManager manager = batch.getManager().newSubManager()) {
        importance.measure(
            block, batch.getData(), out -> loss.evaluate(batch.getLabels(), out), manager);
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

  /**
   * The same of data that were opened for a network.
   *
   * @param samples which of the data, ascending
   * @param labels the class of each of the data, once more for each round of moved copies; the
   *     first output must hold logits of the classes on its last axis. Without, all outputs tell
   * @throws EspalierException if the block does not run on the data, or what it computes is no
   *     number
   */
  public static TaylorImportance of(
      ObservableBlock network, Samples data, int[] samples, Optional<int[]> labels) {
    TracedBlock traced = network.traced();
    TaylorImportance importance = new TaylorImportance(Readers.of(traced));
    try (Samples.Batches batches = data.read(samples, BlockInputs.batch(traced))) {
      for (var next = batches.next(); next.isPresent(); next = batches.next()) {
        if (BlockInputs.isWhole(traced, next.get())) {
          try (NDManager manager = network.newManager()) {
            int[] classes = BlockLoss.classes(labels, next.get());
            importance.measure(
                network.block(),
                BlockInputs.arrays(traced, next.get(), manager),
                outputs ->
                    classes.length == 0
                        ? BlockLoss.squares(outputs)
                        : BlockLoss.ofClasses(outputs, classes),
                manager);
          }
        }
      }
    }
    importance.checkFinite(network);
    return importance;
  }

  private void checkFinite(ObservableBlock network) {
    if (sums.values().stream().anyMatch(sum -> !sum.isFinite())) {
      throw new EspalierException(
          "gradients of "
              + network.description()
              + " on the data are no finite numbers; check the data and the parameters");
    }
  }

  private void measure(
      Block block, NDList data, Function<NDList, NDArray> loss, NDManager manager) {
    List<NDArray> asked = askForGradients();
    try {
      // an engine adds to what an earlier backward pass has left
      sums.keySet().forEach(parameter -> clear(parameter.getArray(), manager));
      try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
        NDList outputs = block.forward(new ParameterStore(manager, false), data, false);
        collector.backward(loss.apply(outputs));
      }
      sums.forEach((parameter, sum) -> sum.add(parameter.getArray(), manager));
    } finally {
      asked.forEach(array -> array.setRequiresGradient(false));
    }
  }

  /** Weights that were frozen, or read from a file, ask for none by themselves. */
  private List<NDArray> askForGradients() {
    List<NDArray> asked = new ArrayList<>();
    for (Parameter parameter : sums.keySet()) {
      NDArray array = parameter.getArray();
      boolean statistic =
          parameter.getType() == Parameter.Type.RUNNING_MEAN
              || parameter.getType() == Parameter.Type.RUNNING_VAR;
      if (!statistic && array.getDataType().isFloating() && !array.hasGradient()) {
        array.setRequiresGradient(true);
        asked.add(array);
      }
    }
    return asked;
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

    boolean isFinite() {
      return Arrays.stream(squares)
          .allMatch(own -> own == null || Arrays.stream(own).allMatch(Double::isFinite));
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

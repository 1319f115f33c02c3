package io.espalier.djl.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.espalier.core.data.Batch;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.pruning.OutputError;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.calibrate.BlockInputs;
import io.espalier.djl.calibrate.BlockLoss;
import io.espalier.spi.EspalierException;
import io.espalier.trace.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Trains a smaller network further, so that it computes what the original does (distillation: Ba
 * and Caruana, Do Deep Nets Really Need to be Deep?, 2014, who match logits by their squared
 * difference; Hinton et al., Distilling the Knowledge in a Neural Network, 2015). The loss is the
 * squared difference of every output as a part of its variance; with labels a tenth of their
 * cross-entropy is added. It is trained with Adam, and runs as at inference, as the original does:
 * batch norms keep their statistics, and nothing is dropped.
 *
 * <p>A fifth of the samples is held back. After each epoch they tell how far the outputs are from
 * the original's, and the network of the best moment is taken, which may be that before any
 * training.
 *
 * <p>The same networks, data, options and number of the engine's threads give the same result.
 */
public final class FineTuning {
  private static final double HELD_BACK = 0.2;
  private static final int FEWEST = 10;

  /** What labels weigh beside the original. */
  private static final float LABELS = 0.1f;

  /**
   * An epoch that is over.
   *
   * @param number counted from 1
   * @param loss the mean over its steps
   * @param error of the outputs on the samples that were held back
   */
  public record Epoch(int number, double loss, double error) {}

  private final DjlNetwork original;
  private final DjlNetwork trained;
  private final Samples data;
  private final FineTuningOptions options;
  private final Map<String, Double> variances;
  private final List<Parameter> parameters;
  private final int batch;

  private FineTuning(
      DjlNetwork original,
      DjlNetwork trained,
      Samples data,
      FineTuningOptions options,
      Map<String, Double> variances) {
    this.original = original;
    this.trained = trained;
    this.data = data;
    this.options = options;
    this.variances = variances;
    this.parameters = parameters(trained);
    this.batch = InputSpec.batchSize(original.inputs(), options.batch());
  }

  /**
   * Trains a copy of a network.
   *
   * @param original what it is to be like; it stays as it is
   * @param small a network that was cut from it; it stays as it is
   * @param data what both read
   * @param samples which of the data, ascending
   * @param listener is told of every epoch
   * @throws EspalierException if there are too few samples, the networks do not run on them or give
   *     different outputs, or the loss is no number any more
   */
  public static FineTuned run(
      DjlNetwork original,
      DjlNetwork small,
      Samples data,
      int[] samples,
      FineTuningOptions options,
      Consumer<Epoch> listener) {
    SampleDraw.check(samples, data.count());
    if (samples.length < FEWEST) {
      throw new EspalierException(
          "there are "
              + samples.length
              + " samples to train with, and at least "
              + FEWEST
              + " are needed; give more data, or leave training out");
    }
    SampleDraw.Split split = SampleDraw.split(samples, HELD_BACK, options.seed());
    int whole = InputSpec.batchSize(original.inputs(), 1);
    if (split.heldBack().size() < whole) {
      throw new EspalierException(
          original.description()
              + " reads "
              + whole
              + " samples at a time, and "
              + split.heldBack().size()
              + " are held back; give more data, or leave its first axis open");
    }
    OutputError judge = new OutputError(original, data, split.heldBackSamples());
    if (judge.variances().isEmpty()) {
      throw new EspalierException(
          original.description() + " gives integers alone, which have no gradients");
    }
    DjlNetwork copy = small.withValues(Map.of());
    try {
      return new FineTuning(original, copy, data, options, judge.variances())
          .run(split.fittedSamples(), judge, listener);
    } catch (RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  /** The parameters that a network reads, each once, in the order in which it does. */
  private static List<Parameter> parameters(DjlNetwork network) {
    Set<Parameter> found = new LinkedHashSet<>(); // parameters are equal only to themselves
    for (Tensor tensor : network.graph().tensors()) {
      network.traced().parameter(tensor.id()).ifPresent(found::add);
    }
    return List.copyOf(found);
  }

  private FineTuned run(int[] samples, OutputError judge, Consumer<Epoch> listener) {
    double before = judge.of(trained);
    List<Double> errors = new ArrayList<>();
    int best = 0;
    try (NDManager state = trained.newManager()) {
      List<NDArray> weights = weights();
      List<NDArray> asked = weights.stream().filter(weight -> !weight.hasGradient()).toList();
      asked.forEach(weight -> weight.setRequiresGradient(true));
      Kept kept = new Kept(parameters, state);
      Steps steps = new Steps(new AdamSteps(weights, state), samples.length);
      double least = before;
      Random random = new Random(options.seed());
      for (int number = 1; number <= options.epochs(); number++) {
        double loss = epoch(shuffled(samples, random), steps);
        double error = judge.of(trained);
        errors.add(error);
        if (error < least) {
          least = error;
          best = number;
          kept.take();
        }
        listener.accept(new Epoch(number, loss, error));
      }
      kept.putBack();
      asked.forEach(weight -> weight.setRequiresGradient(false));
    }
    return new FineTuned(trained, before, errors, best, judge.samples());
  }

  /** What is trained: all that is not frozen, but no running statistics. */
  private List<NDArray> weights() {
    List<NDArray> weights = new ArrayList<>();
    for (Parameter parameter : parameters) {
      boolean statistic =
          parameter.getType() == Parameter.Type.RUNNING_MEAN
              || parameter.getType() == Parameter.Type.RUNNING_VAR;
      NDArray array = parameter.getArray();
      if (parameter.requiresGradient() && !statistic && array.getDataType().isFloating()) {
        weights.add(array);
      }
    }
    if (weights.isEmpty()) {
      throw new EspalierException(
          trained.description() + " has no parameter to train; unfreeze some, or do not train it");
    }
    return weights;
  }

  private static int[] shuffled(int[] samples, Random random) {
    int[] order = samples.clone();
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int sample = order[i];
      order[i] = order[other];
      order[other] = sample;
    }
    return order;
  }

  private double epoch(int[] order, Steps steps) {
    double loss = 0;
    int count = 0;
    for (int from = 0; from < order.length; from += batch) {
      int[] some = Arrays.copyOfRange(order, from, Math.min(from + batch, order.length));
      Arrays.sort(some);
      try (Samples.Batches batches = data.read(some, batch)) {
        for (var next = batches.next(); next.isPresent(); next = batches.next()) {
          if (BlockInputs.isWhole(original.traced(), next.get())) {
            loss += step(next.get(), steps);
            count++;
          }
        }
      }
    }
    return loss / count;
  }

  private double step(Batch some, Steps steps) {
    try (NDManager manager = trained.newManager();
        NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDList inputs = BlockInputs.arrays(original.traced(), some, manager);
      NDList wanted = original.block().forward(new ParameterStore(manager, false), inputs, false);
      steps.clear();
      double loss;
      try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
        NDList now = trained.block().forward(new ParameterStore(manager, false), inputs, false);
        NDArray value = loss(some, wanted, now);
        collector.backward(value);
        loss = value.toType(DataType.FLOAT64, true).toDoubleArray()[0];
      }
      if (!Double.isFinite(loss)) {
        throw new EspalierException(
            "the loss of " + trained.description() + " is " + loss + "; train at a smaller rate");
      }
      steps.make();
      return loss;
    }
  }

  private NDArray loss(Batch some, NDList wanted, NDList now) {
    NDArray distance = OutputLoss.of(trained, variances, some, wanted, now);
    int[] classes = BlockLoss.classes(options.labels(), some);
    return classes.length == 0
        ? distance
        : distance.add(BlockLoss.ofClasses(now, classes).mul(LABELS));
  }

  /** Steps whose rate falls to nothing. */
  private final class Steps {
    private final AdamSteps adam;
    private final int planned;
    private int made;

    Steps(AdamSteps adam, int samples) {
      this.adam = adam;
      this.planned = options.epochs() * ((samples + batch - 1) / batch);
    }

    void clear() {
      if (made == 0) {
        adam.clear();
      }
    }

    void make() {
      double gone = Math.min(1, made / (double) planned); // batches of one shape may be more
      adam.step(options.rate() * (1 + Math.cos(Math.PI * gone)) / 2);
      made++;
    }
  }

  /** The values of a moment, statistics included. */
  private static final class Kept {
    private final List<Parameter> parameters;
    private final List<NDArray> values = new ArrayList<>();

    Kept(List<Parameter> parameters, NDManager manager) {
      this.parameters = parameters;
      for (Parameter parameter : parameters) {
        NDArray copy = parameter.getArray().stopGradient().duplicate();
        copy.attach(manager);
        values.add(copy);
      }
    }

    void take() {
      for (int i = 0; i < values.size(); i++) {
        parameters.get(i).getArray().copyTo(values.get(i));
      }
    }

    void putBack() {
      for (int i = 0; i < values.size(); i++) {
        values.get(i).copyTo(parameters.get(i).getArray());
      }
    }
  }
}

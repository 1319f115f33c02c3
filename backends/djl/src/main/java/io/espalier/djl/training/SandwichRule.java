package io.espalier.djl.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.djl.elastic.ElasticBlock;
import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;

/**
 * Trains all networks of a space at once: for every batch the largest, the smallest, and some at
 * random, whose gradients are summed before the step (Yu and Huang, Universally Slimmable Networks
 * and Improved Training Techniques, 2019). Add it to the listeners of a trainer of the elastic
 * block; what trains is the trainer's own loop, whose pass is that of the largest.
 *
 * <p>Put it before the listeners that evaluate, and let nothing else select configs while a batch
 * is trained. Not thread-safe.
 */
public final class SandwichRule extends TrainingListenerAdapter {
  private final ElasticBlock block;
  private final int count;
  private final boolean distil;
  private final Random random;

  private SandwichRule(ElasticBlock block, int count, boolean distil, Random random) {
    this.block = block;
    this.count = count;
    this.distil = distil;
    this.random = random;
  }

  /**
   * The sandwich rule.
   *
   * @param block what the trainer trains
   * @param count how many networks are drawn for each batch, besides the largest and the smallest
   * @param seed of what is drawn
   */
  public static SandwichRule of(ElasticBlock block, int count, long seed) {
    if (count < 0) {
      throw new EspalierException(
          "the sandwich rule cannot draw " + count + " networks; give 0 or more");
    }
    return new SandwichRule(block, count, false, new Random(seed));
  }

  /**
   * The same, where the smaller networks learn the class probabilities that the largest gives
   * (in-place distillation), and not the labels. The block's first output must be logits, classes
   * on the last axis.
   */
  public SandwichRule distilled() {
    return new SandwichRule(block, count, true, random);
  }

  /** The config with every choice at its largest. */
  public static Config largest(SearchSpace space) {
    return all(space, Hparam::max);
  }

  /** The config with every choice at its smallest. */
  public static Config smallest(SearchSpace space) {
    return all(space, Hparam::min);
  }

  private static Config all(SearchSpace space, Function<Hparam, Choice> pick) {
    Map<String, Choice> choices = new LinkedHashMap<>();
    space.configurableHparams().forEach((name, hparam) -> choices.put(name, pick.apply(hparam)));
    return Config.of(choices);
  }

  @Override
  public void onTrainingBegin(Trainer trainer) {
    block.select(largest(block.space()));
  }

  @Override
  public void onTrainingBatch(Trainer trainer, TrainingListener.BatchData data) {
    List<Config> smaller = new ArrayList<>();
    smaller.add(smallest(block.space()));
    for (int i = 0; i < count; i++) {
      smaller.add(block.space().draw(random));
    }
    Batch[] parts = data.getBatch().split(trainer.getDevices(), false);
    for (Config config : smaller) {
      block.select(config);
      // gradients add up until the trainer makes its step
      try (GradientCollector collector = trainer.newGradientCollector()) {
        for (Batch part : parts) {
          collector.backward(loss(trainer, part, data));
        }
      }
    }
    block.select(largest(block.space()));
  }

  private NDArray loss(Trainer trainer, Batch part, TrainingListener.BatchData data) {
    NDList labels = part.getLabels();
    NDList outputs = trainer.forward(part.getData(), labels);
    if (!distil) {
      return trainer.getLoss().evaluate(labels, outputs);
    }
    NDArray logits = outputs.head();
    NDList teacher = Objects.requireNonNull(data.getPredictions().get(logits.getDevice()));
    NDArray target = teacher.head().stopGradient().softmax(-1);
    return target.mul(logits.logSoftmax(-1)).sum(new int[] {-1}).mean().neg();
  }
}

package io.espalier.benchmarks;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import com.google.inject.Guice;
import io.espalier.core.EspalierModule;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.elastic.ElasticAdam;
import io.espalier.djl.elastic.ElasticBlock;
import io.espalier.training.Digits;
import io.espalier.training.SmallResNet;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.DoubleSupplier;

/**
 * What an elastic block costs beside the plain block that computes the same: at inference, and in a
 * step of training with Adam. Both of a pair run by turns in one process, so that what else happens
 * on the machine happens to both. A whole-process benchmark and not JMH, which would run one after
 * the other.
 */
public final class ElasticCost {
  private static final int WIDTH = 64;
  private static final int SEED = 1;
  private static final int WARM_UP = 10;

  private static final Rules RULES =
      Rules.parse(
          """
          {"nn.Conv2d": {"channels_ratio": [0.5, 1]}, "nn.BatchNorm2d": {}, "nn.Linear": {}}
          """);

  private final NDManager manager = NDManager.newBaseManager(Device.cpu());
  private final SearchSpaces spaces =
      Guice.createInjector(new EspalierModule()).getInstance(SearchSpaces.class);
  private final NDArray images;
  private final NDArray labels;
  private final Deque<Runnable> open = new ArrayDeque<>();
  private final int rounds;

  private ElasticCost(int batch, int rounds) {
    this.rounds = rounds;
    images = manager.randomNormal(new Shape(batch, 1, Digits.SIZE, Digits.SIZE));
    labels = manager.zeros(new Shape(batch));
  }

  /**
   * Prints the ratios.
   *
   * @param args how many images a batch has, and how many rounds to run; 32 and 200 if not given
   */
  public static void main(String[] args) {
    int batch = args.length > 0 ? Integer.parseInt(args[0]) : 32;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 200;
    ElasticCost cost = new ElasticCost(batch, rounds);
    System.out.printf(
        "%-32s %10s %10s %14s%n", "ms, medians", "plain", "elastic", "ratio [25%, 75%]");
    cost.pair("inference, half width", cost.inference(cost.carved()), cost.inference(cost.half()));
    cost.pair("training, full width", cost.training(cost.plain()), cost.training(cost.elastic()));
    cost.pair("training, half width", cost.training(cost.carved()), cost.training(cost.half()));
    cost.open.forEach(Runnable::run);
    cost.manager.close();
  }

  private Block plain() {
    return SmallResNet.of(WIDTH, manager, SEED);
  }

  private ElasticBlock elastic() {
    return ElasticBlock.of(spaces.generate(DjlBlock.of(plain(), SmallResNet.INPUT), RULES));
  }

  private ElasticBlock half() {
    ElasticBlock block = elastic();
    SearchSpace space = block.space();
    space.sample(Samplers.min());
    block.select(space.config());
    return block;
  }

  private Block carved() {
    return ((DjlNetwork) half().space().export()).block();
  }

  private DoubleSupplier inference(Block block) {
    return () -> {
      try (NDManager scope = manager.newSubManager()) {
        long start = System.nanoTime();
        NDList inputs = new NDList(images.duplicate());
        inputs.attach(scope);
        block.forward(new ParameterStore(scope, false), inputs, false).head().toFloatArray();
        return (System.nanoTime() - start) / 1e6;
      }
    };
  }

  private DoubleSupplier training(Block block) {
    Loss loss = Loss.softmaxCrossEntropyLoss();
    Optimizer optimizer =
        block instanceof ElasticBlock elastic
            ? new ElasticAdam(elastic, Optimizer.adam())
            : Optimizer.adam().build();
    Model model = Model.newInstance("cost", Device.cpu());
    model.setBlock(block);
    Trainer trainer =
        model.newTrainer(
            new DefaultTrainingConfig(loss)
                .optOptimizer(optimizer)
                .optDevices(new Device[] {Device.cpu()}));
    trainer.initialize(images.getShape());
    open.push(model::close);
    open.push(trainer::close);
    return () -> {
      try (NDManager scope = trainer.getManager().newSubManager()) {
        NDList inputs = new NDList(images.duplicate());
        inputs.attach(scope);
        long start = System.nanoTime();
        try (GradientCollector collector = trainer.newGradientCollector()) {
          collector.backward(loss.evaluate(new NDList(labels), trainer.forward(inputs)));
        }
        trainer.step();
        return (System.nanoTime() - start) / 1e6;
      }
    };
  }

  private void pair(String what, DoubleSupplier plain, DoubleSupplier elastic) {
    double[] one = new double[rounds];
    double[] other = new double[rounds];
    double[] ratios = new double[rounds];
    for (int i = -WARM_UP; i < rounds; i++) {
      boolean plainFirst = i % 2 == 0;
      double first = (plainFirst ? plain : elastic).getAsDouble();
      double second = (plainFirst ? elastic : plain).getAsDouble();
      int at = Math.max(i, 0); // warming up is written over
      one[at] = plainFirst ? first : second;
      other[at] = plainFirst ? second : first;
      ratios[at] = other[at] / one[at];
    }
    Arrays.sort(one);
    Arrays.sort(other);
    Arrays.sort(ratios);
    System.out.printf(
        "%-32s %10.2f %10.2f %6.3f [%.3f, %.3f]%n",
        what,
        one[rounds / 2],
        other[rounds / 2],
        ratios[rounds / 2],
        ratios[rounds / 4],
        ratios[rounds * 3 / 4]);
  }
}

package io.espalier.training;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetSearch;
import io.espalier.core.search.Cost;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.elastic.ElasticBlock;
import io.espalier.djl.training.SandwichRule;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** A small residual network whose sub-networks are trained together. Not thread-safe. */
public final class SuperNetwork implements AutoCloseable {
  private static final Rules RULES =
      Rules.parse(
          """
          {"nn.Conv2d": {"channels_ratio": [0.25, 0.5, 0.75, 1]}, "nn.BatchNorm2d": {}, "nn.Linear": {}}
          """);

  /** How many configs are drawn, at most, for one that fits a budget. */
  private static final int PATIENCE = 10_000;

  private static final double CLOSE = 0.9;

  private final NDManager manager = NDManager.newBaseManager(Device.cpu());
  private final SearchSpace space;
  private final ElasticBlock elastic;

  /**
   * A network with seeded weights.
   *
   * @param width channels of the first stage, a multiple of 4
   */
  public SuperNetwork(SearchSpaces spaces, int width, int seed) {
    Block block = SmallResNet.of(width, manager, seed);
    space = spaces.generate(DjlBlock.of(block, SmallResNet.INPUT), RULES);
    elastic = ElasticBlock.of(space);
  }

  /** The space of its sub-networks. */
  public SearchSpace space() {
    return space;
  }

  /** For each batch the largest network is trained, the smallest, and two at random. */
  public void train(School school, int epochs, float rate, int seed) {
    school.train(elastic, epochs, rate, seed, SandwichRule.of(elastic, 2, seed).distilled());
  }

  /** How good a sub-network is as it stands, once its batch norms are recalibrated. */
  public double accuracy(School school, Config config) {
    elastic.select(config);
    school.recalibrate(elastic);
    return school.accuracy(elastic);
  }

  /** The config with every width at about a part of what it was. */
  public Config uniform(double ratio) {
    Map<String, Choice> choices = new LinkedHashMap<>();
    for (Map.Entry<String, Hparam> entry : space.configurableHparams().entrySet()) {
      double aim = ratio * entry.getValue().original().number();
      Choice nearest =
          entry.getValue().choices().stream()
              .min(Comparator.comparingDouble(choice -> Math.abs(choice.number() - aim)))
              .orElseThrow();
      choices.put(entry.getKey(), nearest);
    }
    return Config.of(choices);
  }

  /**
   * The most accurate of some configs that fit a budget: the one that importance suggests, and
   * others at random.
   *
   * @param macs the part of the multiply-accumulate operations that may stay
   * @param candidates how many are tried
   */
  public Config best(School judge, double macs, int candidates, long seed) {
    long all = space.macs(uniform(1));
    Random random = new Random(seed);
    Config best = BudgetSearch.find(space, Budget.of(Cost.MACS, macs)).config();
    double most = accuracy(judge, best);
    int tried = 1;
    for (int i = 0; i < PATIENCE && tried < candidates; i++) {
      Config config = space.draw(random);
      long cost = space.macs(config);
      if (cost <= macs * all && cost >= CLOSE * macs * all) {
        tried++;
        double accuracy = accuracy(judge, config);
        if (accuracy > most) {
          most = accuracy;
          best = config;
        }
      }
    }
    return best;
  }

  /**
   * Cuts a sub-network out: a plain, smaller block, with batch norms as they were measured last.
   */
  public DjlNetwork cut(Config config) {
    space.select(config);
    return (DjlNetwork) space.export();
  }

  @Override
  public void close() {
    manager.close();
  }
}

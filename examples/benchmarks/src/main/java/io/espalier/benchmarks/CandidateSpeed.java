package io.espalier.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.cost.BytesCost;
import io.espalier.core.cost.MacsCost;
import io.espalier.core.cost.ParamsCost;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSources;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.pruning.LocalRunner;
import io.espalier.core.search.Budget;
import io.espalier.core.search.Candidate;
import io.espalier.core.search.CandidateRunner;
import io.espalier.core.search.Cost;
import io.espalier.core.search.PredictedError;
import io.espalier.core.search.RandomStrategy;
import io.espalier.core.search.SearchProblem;
import io.espalier.core.search.WidthErrors;
import io.espalier.core.values.Config;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * How long a search waits for what it asks of candidates, on ResNet-50 at full size: what drawn
 * configs cost and what curves predict of them, on one thread; and how many networks of half the
 * operations are carved and run on 8 images in a minute, without repair. A whole-process benchmark
 * and not JMH: it is one search, and its scores are compared between versions.
 */
public final class CandidateSpeed {
  private static final int ROUNDS = 5;
  private static final int IMAGES = 8;
  private static final double MINUTE = 60;
  private static final double NANOS = 1e9;

  private CandidateSpeed() {}

  /**
   * Prints both.
   *
   * @param args how many configs, 10,000 if not given; how many candidates, 50 if not given; and on
   *     how many threads these run, 1 if not given
   * @throws IOException if a file cannot be written or deleted
   */
  public static void main(String[] args) throws IOException {
    int configs = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    int candidates = args.length > 1 ? Integer.parseInt(args[1]) : 50;
    int threads = args.length > 2 ? Integer.parseInt(args[2]) : 1;
    ResNet50 whole = new ResNet50();
    try {
      SearchSpace space = whole.space();
      space.sortParameters();
      costs(space, configs);
      runs(whole, space, candidates, threads);
    } finally {
      whole.delete();
    }
  }

  /** As many rounds again as are counted warm the JVM up. */
  private static void costs(SearchSpace space, int configs) {
    Dials dials = space.dials(List.of(new ParamsCost(), new MacsCost(), new BytesCost()));
    PredictedError predicted =
        PredictedError.of(
            space, WidthErrors.byImportance(space), others -> new double[others.size()]);
    double[] wall = new double[ROUNDS];
    double[] processor = new double[ROUNDS];
    double sum = 0;
    for (int round = -ROUNDS; round < ROUNDS; round++) {
      SplittableRandom random = new SplittableRandom(round);
      Watch watch = new Watch();
      for (int i = 0; i < configs; i++) {
        Config config = space.draw(random);
        sum += Arrays.stream(dials.costs(dials.setting(config))).sum() + predicted.of(config);
      }
      if (round >= 0) {
        wall[round] = watch.wall();
        processor[round] = watch.processor();
      }
    }
    Arrays.sort(wall);
    Arrays.sort(processor);
    System.out.printf(
        "%,d configs drawn, with parameters, MACs, bytes and predicted error: %.2f s (%.2f to"
            + " %.2f), %.2f s of processor time (sum %.6e)%n",
        configs, wall[ROUNDS / 2], wall[0], wall[ROUNDS - 1], processor[ROUNDS / 2], sum);
  }

  private static void runs(ResNet50 whole, SearchSpace space, int candidates, int threads) {
    Samples data =
        DataSources.discover(CandidateSpeed.class.getClassLoader())
            .open(new DataRequest("random", whole.network.inputs(), Map.of(), IMAGES, 0));
    CandidateRunner runner = LocalRunner.ofOutputs(space, data, SampleDraw.all(IMAGES), threads);
    Budget half = Budget.of(Cost.MACS, 0.5);
    search(space, half, Math.min(candidates, 2 * threads), 1, runner);
    Watch watch = new Watch();
    List<Candidate> found = search(space, half, candidates, 0, runner);
    double wall = watch.wall();
    System.out.printf(
        "%d candidates of half the MACs, carved and run on %d images, %d at a time: %.1f s, %.0f a"
            + " minute, %.1f s of processor time (sum of scores %.9e)%n",
        found.size(),
        IMAGES,
        threads,
        wall,
        MINUTE * found.size() / wall,
        watch.processor(),
        found.stream().mapToDouble(Candidate::score).sum());
    List<Config> configs = new ArrayList<>();
    found.forEach(candidate -> configs.add(candidate.config()));
    Watch carving = new Watch();
    configs.forEach(space::export);
    System.out.printf(
        "of which carving them, once more: %.1f s, %.1f s of processor time%n",
        carving.wall(), carving.processor());
  }

  private static List<Candidate> search(
      SearchSpace space, Budget budget, int evaluations, long seed, CandidateRunner runner) {
    SearchProblem problem = new SearchProblem(space, budget, List.of(), evaluations, seed);
    return new RandomStrategy().search(problem, runner);
  }

  /** Since it was made, in seconds: time, and processor time of all threads. */
  private static final class Watch {
    private final OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final long start = System.nanoTime();
    private final long processor = system.getProcessCpuTime();

    double wall() {
      return (System.nanoTime() - start) / NANOS;
    }

    double processor() {
      return (system.getProcessCpuTime() - processor) / NANOS;
    }
  }
}

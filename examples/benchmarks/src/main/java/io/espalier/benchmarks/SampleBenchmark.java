package io.espalier.benchmarks;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How long it takes to pick a sub-network at random. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SampleBenchmark {
  /** A space to sample in. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // JMH calls the setup first
  public static class Sampled {
    final SplittableRandom random = new SplittableRandom(1);
    SearchSpace space;

    /** Opens everything in ResNet-50. */
    @Setup
    public void generate(ResNet50 resnet) {
      space = resnet.space();
    }
  }

  /** Picks and selects; the config is returned, and puts itself into words when it is read. */
  @Benchmark
  public Config sample(Sampled sampled) {
    return sampled.space.sample();
  }

  /** Picks, selects, and reads the name and value of every hparam. */
  @Benchmark
  public Map<String, Choice> sampleAndRead(Sampled sampled) {
    return sampled.space.sample().choices();
  }

  /** Picks without selecting. */
  @Benchmark
  public Config draw(Sampled sampled) {
    return sampled.space.draw(sampled.random);
  }
}

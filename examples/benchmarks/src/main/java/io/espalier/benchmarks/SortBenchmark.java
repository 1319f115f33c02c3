package io.espalier.benchmarks;

import io.espalier.core.SearchSpace;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How long it takes to sort the units of every width by importance. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SortBenchmark {
  /** A space that was never sorted: one that was remembers its importances. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH calls the setup first
  public static class Unsorted {
    SearchSpace space;

    /** A new space for every measurement, which takes milliseconds and is not counted. */
    @Setup(Level.Invocation)
    public void generate(ResNet50 resnet) {
      space = resnet.space();
    }
  }

  /** Reads all weights and sorts. */
  @Benchmark
  public SearchSpace sort(Unsorted unsorted) {
    unsorted.space.sortParameters();
    return unsorted.space;
  }
}

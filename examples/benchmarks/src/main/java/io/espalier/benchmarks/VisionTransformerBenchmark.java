package io.espalier.benchmarks;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.TracedModel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How long a ViT-B takes to be sorted, and to be carved and proved. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class VisionTransformerBenchmark {
  /** A space that was never sorted: one that was remembers its importances. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH calls the setup first
  public static class Unsorted {
    SearchSpace space;

    /** A new space for every measurement, which is not counted. */
    @Setup(Level.Invocation)
    public void generate(VisionTransformerBase vit) {
      space = vit.space();
    }
  }

  /** A space with an active config. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // JMH calls the setup first
  public static class Halved {
    SearchSpace space;

    @Setup
    public void select(VisionTransformerBase vit) {
      space = vit.halved();
    }
  }

  /** Reads all weights and sorts. */
  @Benchmark
  public SearchSpace sort(Unsorted unsorted) {
    unsorted.space.sortParameters();
    return unsorted.space;
  }

  /** Carve and proof, at half of every width. */
  @Benchmark
  public TracedModel export(Halved halved) {
    return halved.space.export();
  }
}

package io.espalier.benchmarks;

import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** How long it takes to find the search space of a network. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class GenerateBenchmark {
  /** From a model that was read: trace, solve, space. */
  @Benchmark
  public SearchSpace opened(ResNet50 resnet) {
    return resnet.spaces.generate(resnet.network.model(), Rules.everything());
  }

  /** From a path: map and read the file, trace, solve, space. */
  @Benchmark
  public SearchSpace file(ResNet50 resnet) {
    return resnet.spaces.generate(resnet.file, Rules.everything());
  }
}

package io.espalier.benchmarks;

import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Cut;
import io.espalier.core.values.Prover;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.Graph;
import io.espalier.trace.Solver;
import io.espalier.trace.SymMap;
import io.espalier.trace.TrialSizes;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How the time of the analysis grows with the length of a network: {@code perNode} must stay what
 * it is. The heap has its full size from the start, or growing it is what gets measured.
 */
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms4g", "-XX:+UseParallelGC"})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ChainBenchmark {
  private static final DMRegistry REGISTRY =
      DMRegistry.discover(ChainBenchmark.class.getClassLoader());

  /** Residual and concat blocks by turns. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // JMH calls the setup first
  public static class Alternating {
    /** How long it is. */
    @Param({"1000", "100000"})
    public int nodes;

    Graph graph;

    /** Makes the chain. */
    @Setup
    public void build() {
      graph = Chain.alternating(nodes);
    }
  }

  /** Concat blocks that read everything before them. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // JMH calls the setup first
  public static class Dense {
    /** How long it is. */
    @Param({"1000", "100000"})
    public int nodes;

    Graph graph;

    /** Makes the chain. */
    @Setup
    public void build() {
      graph = Chain.dense(nodes);
    }
  }

  /** Counts nodes, so that time is given for one. */
  @State(Scope.Thread)
  @AuxCounters
  public static class Counter {
    /** Nodes analysed so far. */
    public long perNode;
  }

  /** Types every node and finds the free widths. */
  @Benchmark
  public SymMap solveAlternating(Alternating chain, Counter counter) {
    return solve(chain.graph, counter);
  }

  /** The same of axes that are made of up to 25,000 segments. */
  @Benchmark
  public SymMap solveDense(Dense chain, Counter counter) {
    return solve(chain.graph, counter);
  }

  /** Types every node, finds the free widths and names them. */
  @Benchmark
  public SearchSpace generateAlternating(Alternating chain, Counter counter) {
    SearchSpace space =
        new SearchSpace(new Traced(chain.graph), solve(chain.graph, counter), REGISTRY);
    space.generate(Rules.everything());
    return space;
  }

  private static SymMap solve(Graph graph, Counter counter) {
    counter.perNode += graph.nodes().size();
    return new Solver(REGISTRY).solve(graph, TrialSizes.automatic());
  }

  /** A network that has no file. */
  private record Traced(Graph graph) implements TracedModel {
    @Override
    public String fingerprint() {
      return "chain";
    }

    @Override
    public String description() {
      return "a chain of " + graph.nodes().size() + " nodes";
    }

    @Override
    public TracedModel carve(Cut cut, Prover prover) {
      throw new UnsupportedOperationException("it has no weights");
    }

    @Override
    public void save(Path file) {
      throw new UnsupportedOperationException("it has no weights");
    }
  }
}

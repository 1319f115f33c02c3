package io.espalier.benchmarks;

import io.espalier.core.Cut;
import io.espalier.core.Model;
import io.espalier.core.Prover;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
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
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How the time of the analysis grows with the length of a network: {@code perNode} must stay what
 * it is.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ChainBenchmark {
  private static final DMRegistry REGISTRY =
      DMRegistry.discover(ChainBenchmark.class.getClassLoader());

  /** A chain. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // JMH calls the setup first
  public static class Chained {
    /** How long it is. */
    @Param({"1000", "100000"})
    public int nodes;

    /** What it is made of. */
    @Param({"alternating", "dense"})
    public String blocks;

    Graph graph;

    /** Makes the chain. */
    @Setup
    public void build() {
      graph = blocks.equals("dense") ? Chain.dense(nodes) : Chain.alternating(nodes);
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
  public SymMap solve(Chained chain, Counter counter) {
    counter.perNode += chain.graph.nodes().size();
    return new Solver(REGISTRY).solve(chain.graph, TrialSizes.automatic());
  }

  /** The same, and names the widths. */
  @Benchmark
  public SearchSpace generate(Chained chain, Counter counter) {
    SearchSpace space = new SearchSpace(new Traced(chain.graph), solve(chain, counter), REGISTRY);
    space.generate(Rules.everything());
    return space;
  }

  /** A network that has no file. */
  private record Traced(Graph graph) implements Model {
    @Override
    public String fingerprint() {
      return "chain";
    }

    @Override
    public String description() {
      return "a chain of " + graph.nodes().size() + " nodes";
    }

    @Override
    public Model carve(Cut cut, Prover prover) {
      throw new UnsupportedOperationException("it has no weights");
    }

    @Override
    public void save(Path file) {
      throw new UnsupportedOperationException("it has no weights");
    }
  }
}

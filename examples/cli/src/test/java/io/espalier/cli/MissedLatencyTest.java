package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.data.DataArray;
import io.espalier.core.latency.LatencyLimit;
import io.espalier.core.latency.NodeTimer;
import io.espalier.core.latency.TimedModel;
import io.espalier.core.latency.Timing;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Cut;
import io.espalier.core.values.Prover;
import io.espalier.core.values.TracedModel;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.EspalierException;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.Solver;
import io.espalier.trace.Tensor;
import io.espalier.trace.TrialSizes;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A limit of latency that predictions meet, and no network that is measured. */
class MissedLatencyTest {
  private static final OnnxNetwork NETWORK =
      OnnxNetwork.of(SampleNetworks.flattenedMlp(), "a network that is slower than it looks");

  private static LatencyPrune.Found<?> prune(double missing, double least) {
    DMRegistry registry = DMRegistry.discover(MissedLatencyTest.class.getClassLoader());
    Slower model = new Slower(missing, least);
    SearchSpace space =
        new SearchSpace(
            model, new Solver(registry).solve(model.graph(), TrialSizes.automatic()), registry);
    space.generate(Rules.everything());
    space.sortParameters();
    AskedBudget asked =
        new AskedBudget(List.of(), Optional.of(new LatencyLimit(0.6, true)), 1, 0, false);
    PrintStream nowhere = new PrintStream(new ByteArrayOutputStream());
    Progress progress = Progress.of(new Terminal(nowhere, nowhere, false), true, 1);
    return new LatencyPrune(new CarveOptions(), asked, 1, List.of(), progress).withoutData(space);
  }

  @Test
  void isABudgetThatWasNotMet() {
    String said =
        String.valueOf(assertThrows(EspalierException.class, () -> prune(1, 0.7)).getMessage());
    assertTrue(said.startsWith("the budget of latency was not met: the nearest that was"), said);
    assertTrue(said.contains(" of the original's, where 0.000"), said);
    assertTrue(said.contains(" ms are allowed; allow as much, with --latency 0.70"), said);
    assertEquals(1, said.lines().count());
  }

  @Test
  void noiseIsNoMiss() {
    assertTrue(prune(1.02, 0).words().contains("latency: predicted "));
  }

  /**
   * As fast as its parameters are few, but slower by a factor, and than a part of the original,
   * whenever one looks closely.
   */
  private record Slower(double missing, double least) implements TimedModel {
    private static final int CLOSELY = 21;
    private static final double WHOLE = 1000;

    private static double weights(TracedModel model) {
      return model.graph().tensors().stream()
          .map(Tensor::constant)
          .filter(Objects::nonNull)
          .mapToDouble(Constant::size)
          .sum();
    }

    @Override
    public NodeTimer timer(Map<String, DataArray> inputs, int threads) {
      return new NodeTimer() {
        @Override
        public String conditions() {
          return "a machine that does not exist";
        }

        @Override
        public List<Timing> times(List<? extends TracedModel> networks, int turns) {
          return networks.stream().map(network -> timing(network, turns)).toList();
        }

        private Timing timing(TracedModel timed, int turns) {
          double part = weights(timed) / weights(NETWORK);
          List<Timing.NodeTime> nodes = new ArrayList<>();
          timed
              .graph()
              .nodes()
              .forEach(
                  node ->
                      nodes.add(
                          new Timing.NodeTime(
                              timed.graph().tensor(node.outputs().get(0)).name(), 1)));
          double closely = Math.max(least, part * missing);
          return new Timing(nodes, WHOLE * (turns >= CLOSELY ? closely : part), WHOLE, 0);
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public Graph graph() {
      return NETWORK.graph();
    }

    @Override
    public String fingerprint() {
      return NETWORK.fingerprint();
    }

    @Override
    public String description() {
      return NETWORK.description();
    }

    @Override
    public TracedModel carve(Cut cut, Prover prover) {
      return NETWORK.carve(cut, prover);
    }

    @Override
    public void save(Path file) {
      NETWORK.save(file);
    }
  }
}

package io.espalier.onnx.latency;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.SearchSpace;
import io.espalier.core.data.DataArray;
import io.espalier.core.latency.NodeTimer;
import io.espalier.core.latency.TimedModel;
import io.espalier.core.latency.Timing;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Cut;
import io.espalier.core.values.FileSizes;
import io.espalier.core.values.Prover;
import io.espalier.core.values.TracedModel;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.Graph;
import io.espalier.trace.Solver;
import io.espalier.trace.TrialSizes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A network on a machine that does not exist, where nobody has to wait: a convolution takes time by
 * its weights, half of it where its widths are multiples of 4.
 */
final class Synthetic implements TimedModel {
  private static final double ORIGINAL = 5000;

  private final OnnxNetwork network;

  /** How many networks were timed. */
  private int asked;

  /** From which on all are slower than they were. */
  private int slowFrom = Integer.MAX_VALUE;

  private boolean stumbles;

  Synthetic(OnnxModel model) {
    this.network = OnnxNetwork.of(model, "a synthetic network");
  }

  /** The space of a network. */
  SearchSpace space() {
    DMRegistry registry = DMRegistry.discover(Synthetic.class.getClassLoader());
    SearchSpace space =
        new SearchSpace(
            this, new Solver(registry).solve(graph(), TrialSizes.automatic()), registry);
    space.generate(Rules.everything());
    space.sortParameters();
    return space;
  }

  /** From now on everything but the original takes a quarter longer. */
  void slowDown() {
    slowFrom = asked;
  }

  /** One in ten of what is timed takes half as long again, as where something else runs. */
  void stumble() {
    stumbles = true;
  }

  int asked() {
    return asked;
  }

  /** What a run takes. */
  static double time(TracedModel carved) {
    return times(((OnnxNetwork) carved).model()).stream()
        .mapToDouble(Timing.NodeTime::nanoseconds)
        .sum();
  }

  private static List<Timing.NodeTime> times(OnnxModel model) {
    List<Timing.NodeTime> times = new ArrayList<>();
    for (NodeProto node : model.nodes()) {
      double time = 50;
      if (node.getOpType().equals("Conv")) {
        OnnxTensor weight = model.initializers().get(node.getInput(1));
        long[] dims = weight == null ? new long[] {1, 1} : weight.dims();
        long size = 1;
        for (long dim : dims) {
          size *= dim;
        }
        time += dims[0] % 4 == 0 && dims[1] % 4 == 0 ? size : 2.0 * size;
      }
      times.add(new Timing.NodeTime(node.getOutput(0), time));
    }
    return times;
  }

  @Override
  public NodeTimer timer(Map<String, DataArray> inputs, int threads) {
    return new NodeTimer() {
      @Override
      public String conditions() {
        return "a machine that does not exist, on " + threads + " threads";
      }

      @Override
      public List<Timing> times(List<? extends TracedModel> networks, int turns) {
        return networks.stream().map(this::timing).toList();
      }

      private Timing timing(TracedModel timed) {
        asked++;
        OnnxNetwork carved = timed == Synthetic.this ? network : (OnnxNetwork) timed;
        boolean slow = asked > slowFrom && timed != Synthetic.this;
        double whole = Synthetic.time(network);
        boolean stumbled = stumbles && asked % 10 == 7;
        double run = Synthetic.time(carved) * (slow ? 1.25 : 1) * (stumbled ? 1.5 : 1);
        // the machine is now quicker, now slower, and what is timed with it
        double pace = ORIGINAL * (1 + asked % 3) / whole;
        return new Timing(Synthetic.times(carved.model()), run * pace, whole * pace, 0.001);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Graph graph() {
    return network.graph();
  }

  @Override
  public String fingerprint() {
    return network.fingerprint();
  }

  @Override
  public String description() {
    return network.description();
  }

  @Override
  public FileSizes sizes() {
    return network.sizes();
  }

  @Override
  public TracedModel carve(Cut cut, Prover prover) {
    return network.carve(cut, prover);
  }

  @Override
  public void save(Path file) {
    network.save(file);
  }
}

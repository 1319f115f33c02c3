package io.espalier.onnx.runtime;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.latency.NodeTimer;
import io.espalier.core.latency.Timing;
import io.espalier.core.values.ScratchFolder;
import io.espalier.core.values.TracedModel;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Times models with ONNX Runtime: some runs with its own profile, then some without, in which the
 * model and the original take turns.
 */
public final class OnnxNodeTimer implements NodeTimer {
  private static final double PROFILED = 100e6;
  private static final double TURN = 10e6;

  /** Runs that tell how many more there are to be; one before them does not count. */
  private static final int FIRST = 3;

  private static final int MOST_PROFILED = 40;
  private static final int MOST_IN_A_TURN = 20;

  /** The original is open so many times, where that takes no more than so many bytes. */
  private static final int MOST_ORIGINALS = 3;

  private static final double BYTES_OF_ORIGINALS = 400e6;

  private final Function<TracedModel, OnnxModel> models;
  private final Map<String, Tensor> inputs;
  private final SessionSettings settings;
  private final String conditions;
  private final OnnxEdit original;
  private final int originals;

  /**
   * A timer.
   *
   * @param models what the runtime loads of a network
   * @param inputs a tensor for each input
   * @throws OnnxRunException if the original cannot be loaded
   */
  public OnnxNodeTimer(
      OnnxModel original,
      Function<TracedModel, OnnxModel> models,
      Map<String, Tensor> inputs,
      int threads) {
    this.models = models;
    this.inputs = Map.copyOf(inputs);
    this.settings = SessionSettings.fast().withThreads(threads);
    this.original = new OnnxEdit(original);
    double fitting = BYTES_OF_ORIGINALS / Math.max(1, original.byteSize());
    this.originals = (int) Math.max(1, Math.min(MOST_ORIGINALS, fitting));
    try (OnnxSession session = OnnxSession.open(this.original, settings)) {
      this.conditions = conditions(session.inputSpecs(), inputs, threads);
    }
  }

  private static String conditions(List<ValueSpec> specs, Map<String, Tensor> inputs, int threads) {
    StringBuilder shapes = new StringBuilder();
    for (ValueSpec input : specs) {
      Tensor tensor = inputs.get(input.name());
      shapes.append(", ").append(input.name());
      shapes.append(tensor == null ? "" : " " + Arrays.toString(tensor.shape()));
    }
    return "ONNX Runtime "
        + OnnxSession.version()
        + " on "
        + (threads == 1 ? "1 thread" : threads + " threads")
        + " of "
        + Processor.name()
        + shapes;
  }

  @Override
  public String conditions() {
    return conditions;
  }

  /**
   * A network whose nodes were timed.
   *
   * @param once what a run takes at about, in nanoseconds
   */
  private record Profiled(List<Timing.NodeTime> nodes, OnnxSession session, double once) {}

  @Override
  public List<Timing> times(List<? extends TracedModel> networks, int turns) {
    List<OnnxSession> wholes = new ArrayList<>();
    List<Profiled> open = new ArrayList<>();
    // a session is quicker or slower as its memory happens to lie, so one tells little of the
    // original, and an old one less
    try {
      for (int i = 0; i < originals; i++) {
        wholes.add(OnnxSession.open(original, settings));
      }
      for (TracedModel network : networks) {
        open.add(profiled(models.apply(network)));
      }
      return compared(wholes, open, turns);
    } finally {
      wholes.forEach(OnnxSession::close);
      open.forEach(network -> network.session().close());
    }
  }

  private Profiled profiled(OnnxModel model) {
    try (ScratchFolder folder =
        ScratchFolder.in(Path.of(System.getProperty("java.io.tmpdir", ".")))) {
      OnnxSession session =
          OnnxSession.openProfiled(named(model), settings, folder.path().resolve("profile"));
      try {
        double once = Math.max(1, Latency.measure(session, inputs, 1, FIRST));
        int profiled = (int) Math.max(1, Math.min(MOST_PROFILED, PROFILED / once));
        Latency.measure(session, inputs, 0, profiled);
        String profile = Files.readString(session.endProfile());
        List<Timing.NodeTime> nodes = Profile.nodes(profile, 1 + FIRST + profiled, outputs(model));
        return new Profiled(nodes, session, once);
      } catch (IOException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (IOException e) {
      throw new OnnxRunException("a profile cannot be kept: " + e.getMessage(), e);
    }
  }

  private static OnnxEdit named(OnnxModel model) {
    OnnxEdit edit = new OnnxEdit(model);
    for (int i = 0; i < model.nodes().size(); i++) {
      edit.replaceNode(i, model.nodes().get(i).toBuilder().setName(Profile.name(i)).build());
    }
    return edit;
  }

  private static List<String> outputs(OnnxModel model) {
    List<String> outputs = new ArrayList<>();
    for (NodeProto node : model.nodes()) {
      outputs.add(
          node.getOutputList().stream().filter(name -> !name.isEmpty()).findFirst().orElse(""));
    }
    return outputs;
  }

  private List<Timing> compared(List<OnnxSession> wholes, List<Profiled> networks, int turns) {
    double[][] originals = new double[networks.size()][turns];
    double[][] parts = new double[networks.size()][turns];
    for (int turn = 0; turn < turns; turn++) {
      // who comes second may find caches as it likes them: they take turns in that, too
      boolean first = turn % 2 == 0;
      OnnxSession whole = wholes.get(turn % wholes.size());
      for (int i = 0; i < parts.length; i++) {
        Profiled network = networks.get(i);
        int runs = (int) Math.max(1, Math.min(MOST_IN_A_TURN, TURN / network.once()));
        int warmup = runs > 1 ? 1 : 0;
        OnnxSession session = network.session();
        double before = Latency.measure(first ? whole : session, inputs, warmup, runs);
        double after = Latency.measure(first ? session : whole, inputs, warmup, runs);
        originals[i][turn] = first ? before : after;
        parts[i][turn] = first ? after / before : before / after;
      }
    }
    List<Timing> timings = new ArrayList<>();
    for (int i = 0; i < parts.length; i++) {
      double typical = median(originals[i]);
      double run = typical * median(parts[i]);
      timings.add(new Timing(networks.get(i).nodes(), run, typical, noise(parts[i])));
    }
    return timings;
  }

  /** By what part every second pair of turns says something else than the others. */
  private static double noise(double[] parts) {
    double[] some = pairs(parts, 0);
    double[] others = pairs(parts, 1);
    return others.length == 0 ? 0 : Math.abs(median(some) / median(others) - 1);
  }

  private static double[] pairs(double[] parts, int odd) {
    return IntStream.range(0, parts.length)
        .filter(turn -> turn / 2 % 2 == odd)
        .mapToDouble(turn -> parts[turn])
        .toArray();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Nothing is held between timings. */
  @Override
  public void close() {}
}

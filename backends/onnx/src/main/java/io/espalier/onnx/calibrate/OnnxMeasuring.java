package io.espalier.onnx.calibrate;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.data.Batch;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.ChannelMoments;
import io.espalier.core.moments.Measured;
import io.espalier.core.moments.Moments;
import io.espalier.core.moments.Probe;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One pass over data: the model to be matched computes what is aimed at, the observed one computes
 * moments from that and from what its layers read. Both are cut down to what is asked for.
 */
public final class OnnxMeasuring {
  /** What is held of a batch while moments are taken, unless a single sample takes more. */
  private static final long BYTES = 400_000_000;

  /** A matrix of rows is turned round and multiplied; so many of its size are held at a time. */
  private static final long COPIES = 3;

  private final OnnxModel observed;
  private final OnnxEdit edit;
  private final MomentNodes nodes;
  private final Map<String, NodeProto> byOutput = new HashMap<>();
  private final Targets targets;
  private final List<ProbeNames> probes = new ArrayList<>();
  private final List<PairNames> pairs = new ArrayList<>();

  /**
   * Outputs that hold what a probe asks for; those of its aim are empty where it has none.
   *
   * @param sizes how many numbers it brings into rows, and what they are made of
   */
  private record ProbeNames(
      Probe probe,
      List<String> sizes,
      String gram,
      String sums,
      String rows,
      String cross,
      String aim,
      String squares) {}

  private record PairNames(
      String size, String rows, String x, String y, String xx, String xy, String yy) {}

  private OnnxMeasuring(OnnxModel observed, Targets targets, Probe.Request request) {
    this.observed = observed;
    this.targets = targets;
    for (NodeProto node : observed.nodes()) {
      node.getOutputList().forEach(output -> byOutput.put(output, node));
    }
    Set<String> tensors = new LinkedHashSet<>();
    for (Probe probe : request.probes()) {
      tensors.add(node(probe).getInput(probe.data()));
      if (probe.aim() != null) {
        tensors.add(probe.aim().tensor());
      }
    }
    for (Probe.Pair pair : request.pairs()) {
      tensors.add(pair.from());
      tensors.add(pair.to());
    }
    this.edit = Excerpt.of(observed, tensors);
    this.nodes = new MomentNodes(edit, observed.opset(""));
    request.probes().forEach(probe -> probes.add(probe(probe)));
    request.pairs().forEach(pair -> pairs.add(pair(pair)));
    targets.names().values().forEach(name -> edit.addInput(MomentNodes.input(name, 2)));
    edit.insertNodesBefore(observed.nodes().size(), nodes.nodes());
    Set<String> outputs = new LinkedHashSet<>();
    for (ProbeNames names : probes) {
      outputs.addAll(names.sizes);
      outputs.addAll(
          Arrays.asList(names.gram, names.sums, names.rows, names.cross, names.aim, names.squares));
    }
    for (PairNames names : pairs) {
      outputs.addAll(
          Arrays.asList(names.size, names.rows, names.x, names.y, names.xx, names.xy, names.yy));
    }
    outputs.remove("");
    outputs.forEach(output -> edit.addOutput(MomentNodes.output(output)));
  }

  /**
   * Takes the moments.
   *
   * @param reference the model to be matched
   * @param observed the model that is observed
   * @param batch how many samples are run at a time
   * @param usable whether the models take a batch
   * @throws OnnxRunException if one of both does not run on the data
   */
  public static Measured measure(
      OnnxModel reference,
      OnnxModel observed,
      Probe.Request request,
      Samples data,
      List<int[]> folds,
      int batch,
      Predicate<Batch> usable) {
    try (Targets targets = new Targets(reference, data)) {
      return new OnnxMeasuring(observed, targets, request).run(data, folds, batch, usable);
    }
  }

  private NodeProto node(Probe probe) {
    NodeProto node = byOutput.get(probe.reader());
    if (node == null) {
      throw new IllegalArgumentException(observed + " computes no '" + probe.reader() + "'");
    }
    return node;
  }

  private ProbeNames probe(Probe probe) {
    NodeProto node = node(probe);
    String data = node.getInput(probe.data());
    int groups = probe.groups();
    String x;
    if (probe.windows()) {
      OnnxTensor weight =
          Objects.requireNonNull(observed.initializers().get(node.getInput(1)), "a stored weight");
      long[] window = Arrays.copyOfRange(weight.dims(), 2, weight.rank());
      x = nodes.patches(node, weight.dim(1) * groups, window, probe.step());
      if (groups > 1) {
        x = nodes.groupedRows(x, groups);
      }
    } else {
      x = nodes.rows(data, probe.rank(), probe.axis(), probe.mask(), probe.step());
    }
    List<String> sizes = List.of(nodes.size(x), nodes.size(data));
    int rank = groups > 1 ? 3 : 2;
    String gram = nodes.products(x, x, rank);
    String sums = nodes.sums(x, rank);
    String rows = nodes.count(x, groups, probe.mask(), probe.step());
    Probe.Aim aim = probe.aim();
    if (aim == null) {
      return new ProbeNames(probe, sizes, gram, sums, rows, "", "", "");
    }
    String y = missing(aim, probe.mask(), probe.step());
    if (groups > 1) {
      y = nodes.groupedRows(y, groups);
    }
    return new ProbeNames(
        probe,
        sizes,
        gram,
        sums,
        rows,
        nodes.products(x, y, rank),
        nodes.sums(y, rank),
        nodes.sums(nodes.times(y, y), rank));
  }

  /** What is missing from an aim, in rows; of the model to be matched only channels that stay. */
  private String missing(Probe.Aim aim, String mask, int step) {
    String wanted =
        targets.name(new Targets.Rows(aim.tensor(), aim.rank(), aim.axis(), mask, step));
    String target = aim.kept() == null ? wanted : nodes.gather(wanted, 1, aim.kept());
    String now = nodes.rows(aim.tensor(), aim.rank(), aim.axis(), mask, step);
    return nodes.missing(target, now, aim.rectified());
  }

  private PairNames pair(Probe.Pair pair) {
    String x = nodes.rows(pair.from(), pair.rank(), pair.axis(), pair.mask(), 1);
    String y = nodes.rows(pair.to(), pair.rank(), pair.axis(), pair.mask(), 1);
    return new PairNames(
        nodes.size(x),
        nodes.count(x, 1, pair.mask(), 1),
        nodes.sums(x, 2),
        nodes.sums(y, 2),
        nodes.sums(nodes.times(x, x), 2),
        nodes.sums(nodes.times(x, y), 2),
        nodes.sums(nodes.times(y, y), 2));
  }

  private Measured run(Samples data, List<int[]> folds, int batch, Predicate<Batch> usable) {
    @Nullable Moments[][] sums = new Moments[probes.size()][folds.size()];
    @Nullable ChannelMoments[] channels = new ChannelMoments[pairs.size()];
    try (OnnxSession session = OnnxSession.open(edit, SessionSettings.fast())) {
      int size = fitting(session, data, folds, batch, usable);
      for (int fold = 0; fold < folds.size(); fold++) {
        Targets.Pass pass = targets.pass(folds.get(fold), size);
        try (Samples.Batches batches = data.read(folds.get(fold), size)) {
          for (var next = batches.next(); next.isPresent(); next = batches.next()) {
            if (!usable.test(next.get())) {
              continue;
            }
            Map<String, Tensor> inputs = tensors(next.get());
            inputs.putAll(pass.next(inputs));
            Map<String, Tensor> outputs = session.run(inputs);
            for (int i = 0; i < sums.length; i++) {
              Moments part = moments(probes.get(i), outputs);
              Moments sum = sums[i][fold];
              sums[i][fold] = sum == null ? part : sum.add(part, 1);
            }
            for (int i = 0; i < channels.length; i++) {
              channels[i] = sum(channels[i], pairs.get(i), outputs);
            }
          }
        }
        pass.end();
      }
    }
    List<List<Moments>> moments = new ArrayList<>();
    for (@Nullable Moments[] byFold : sums) {
      List<Moments> known = new ArrayList<>();
      for (Moments fold : byFold) {
        if (fold == null) {
          throw new OnnxRunException(
              "the model reads "
                  + batch
                  + " samples at a time, and there are fewer in a part of the data; give more");
        }
        known.add(fold);
      }
      moments.add(known);
    }
    return new Measured(moments, Arrays.stream(channels).map(Objects::requireNonNull).toList());
  }

  /**
   * How many samples go into a batch: so many that what lies in memory at a time, rows and what
   * they are made of, takes no more than {@link #BYTES}, as the first sample tells; at least one.
   */
  private int fitting(
      OnnxSession session, Samples data, List<int[]> folds, int most, Predicate<Batch> usable) {
    int[] first = folds.stream().flatMapToInt(Arrays::stream).limit(1).toArray();
    if (most == 1 || first.length == 0) {
      return most;
    }
    try (Samples.Batches batches = data.read(first, 1)) {
      Optional<Batch> one = batches.next();
      if (one.isEmpty() || !usable.test(one.get())) {
        return most; // it insists on what it says
      }
      Map<String, Tensor> inputs = tensors(one.get());
      Targets.Pass pass = targets.pass(first, 1);
      Map<String, Tensor> wanted = pass.next(inputs);
      pass.end();
      inputs.putAll(wanted);
      long rows = wanted.values().stream().mapToLong(Tensor::elementCount).sum();
      long bytes = Float.BYTES * (held(session.run(inputs)) + 2 * rows);
      return (int) Math.max(1, Math.min(most, BYTES / Math.max(1, bytes)));
    }
  }

  /**
   * The numbers that lie in memory at a time: what all probes and pairs bring into rows, with what
   * these are made of, and further copies of the largest.
   */
  private long held(Map<String, Tensor> outputs) {
    long largest = 0;
    long all = 0;
    for (ProbeNames names : probes) {
      long sum = 0;
      for (String size : names.sizes) {
        sum += Objects.requireNonNull(outputs.get(size)).longs()[0];
      }
      largest = Math.max(largest, sum);
      all += sum;
    }
    for (PairNames names : pairs) {
      long sum = 2 * Objects.requireNonNull(outputs.get(names.size)).longs()[0];
      largest = Math.max(largest, sum);
      all += sum;
    }
    return all + (COPIES - 1) * largest;
  }

  private static Map<String, Tensor> tensors(Batch batch) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    batch.arrays().forEach((name, array) -> tensors.put(name, Tensor.of(array)));
    return tensors;
  }

  private static float[] floats(Map<String, Tensor> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name)).floats();
  }

  private static Moments moments(ProbeNames names, Map<String, Tensor> outputs) {
    Tensor sums = Objects.requireNonNull(outputs.get(names.sums));
    int groups = names.probe.groups();
    int columns = Math.toIntExact(sums.elementCount() / groups);
    int missing =
        names.aim.isEmpty()
            ? 0
            : Math.toIntExact(
                Objects.requireNonNull(outputs.get(names.aim)).elementCount() / groups);
    Moments moments = new Moments(columns + 1, missing, groups);
    float[] gram = floats(outputs, names.gram);
    float[] sum = sums.floats();
    double rows = floats(outputs, names.rows)[0];
    float[] cross = missing == 0 ? new float[0] : floats(outputs, names.cross);
    float[] aim = missing == 0 ? new float[0] : floats(outputs, names.aim);
    float[] squares = missing == 0 ? new float[0] : floats(outputs, names.squares);
    int n = columns + 1;
    for (int g = 0; g < groups; g++) {
      double[] to = moments.gram(g);
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < columns; j++) {
          to[i * n + j] = finite(gram[(g * columns + i) * columns + j]);
        }
        to[i * n + columns] = sum[g * columns + i];
        to[columns * n + i] = sum[g * columns + i];
      }
      to[n * n - 1] = rows;
      double[] products = moments.cross(g);
      for (int i = 0; i < columns * missing; i++) {
        products[i] = finite(cross[g * columns * missing + i]);
      }
      for (int i = 0; i < missing; i++) {
        products[columns * missing + i] = aim[g * missing + i];
        moments.squares(g)[i] = squares[g * missing + i];
      }
    }
    return moments;
  }

  private static double finite(float value) {
    if (!Float.isFinite(value)) {
      throw new OnnxRunException(
          "what the network computes from the data is not finite; check that they are what the"
              + " network was trained on");
    }
    return value;
  }

  private static ChannelMoments sum(
      @Nullable ChannelMoments before, PairNames names, Map<String, Tensor> outputs) {
    ChannelMoments part =
        new ChannelMoments(
            floats(outputs, names.rows)[0],
            doubles(outputs, names.x),
            doubles(outputs, names.y),
            doubles(outputs, names.xx),
            doubles(outputs, names.xy),
            doubles(outputs, names.yy));
    return before == null ? part : before.plus(part);
  }

  private static double[] doubles(Map<String, Tensor> outputs, String name) {
    float[] floats = floats(outputs, name);
    double[] doubles = new double[floats.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }
}

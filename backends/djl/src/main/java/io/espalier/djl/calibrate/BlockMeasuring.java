package io.espalier.djl.calibrate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.espalier.core.data.Batch;
import io.espalier.core.data.RememberedPass;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.ChannelMoments;
import io.espalier.core.moments.Measured;
import io.espalier.core.moments.Moments;
import io.espalier.core.moments.Probe;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.spi.EspalierException;
import io.espalier.trace.GraphNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One pass over data: the network to be matched and the observed one run side by side, and moments
 * are summed up batch by batch, in doubles.
 */
public final class BlockMeasuring {
  /** Windows are spelled out for so many numbers at a time, or for a single sample. */
  private static final long NUMBERS = 16_000_000;

  private final TracedBlock observed;
  private final Probe.Request request;
  private final BlockTargets targets;
  private final Map<String, Integer> names;
  private final Set<Integer> read = new HashSet<>();

  private BlockMeasuring(TracedBlock reference, TracedBlock observed, Probe.Request request) {
    this.observed = observed;
    this.request = request;
    this.targets = new BlockTargets(reference);
    this.names = ObservedTensors.names(observed);
    for (Probe probe : request.probes()) {
      read.add(reader(probe.reader()).inputs().get(probe.data()));
      Probe.Aim aim = probe.aim();
      if (aim != null) {
        read.add(number(names, aim.tensor()));
        targets.add(target(probe, aim));
      }
    }
    for (Probe.Pair pair : request.pairs()) {
      read.add(number(names, pair.from()));
      read.add(number(names, pair.to()));
    }
  }

  private static BlockTargets.Target target(Probe probe, Probe.Aim aim) {
    return new BlockTargets.Target(aim.tensor(), aim.axis(), probe.mask(), probe.step());
  }

  private static int number(Map<String, Integer> names, String tensor) {
    Integer number = names.get(tensor);
    if (number == null) {
      throw new IllegalArgumentException("the block computes no '" + tensor + "'");
    }
    return number;
  }

  /**
   * Takes the moments.
   *
   * @param reference the network to be matched
   * @param observed the network that is observed
   * @throws EspalierException if one of both does not run on the data, or computes what is not
   *     finite
   */
  public static Measured measure(
      ObservableBlock reference,
      ObservableBlock observed,
      Probe.Request request,
      Samples data,
      List<int[]> folds) {
    return new BlockMeasuring(reference.traced(), observed.traced(), request)
        .run(observed, data, folds, BlockInputs.batch(reference.traced()));
  }

  private Measured run(ObservableBlock network, Samples data, List<int[]> folds, int batch) {
    @Nullable Moments[][] sums = new Moments[request.probes().size()][folds.size()];
    @Nullable ChannelMoments[] pairs = new ChannelMoments[request.pairs().size()];
    for (int fold = 0; fold < folds.size(); fold++) {
      RememberedPass pass = targets.pass(data, folds.get(fold), batch);
      try (Samples.Batches batches = data.read(folds.get(fold), batch)) {
        for (var next = batches.next(); next.isPresent(); next = batches.next()) {
          if (BlockInputs.isWhole(observed, next.get())) {
            add(network, next.get(), pass, fold, sums, pairs);
          }
        }
      }
      pass.end();
    }
    List<List<Moments>> moments = new ArrayList<>();
    for (@Nullable Moments[] byFold : sums) {
      if (Arrays.stream(byFold).anyMatch(Objects::isNull)) {
        throw new EspalierException(
            network.description()
                + " reads "
                + batch
                + " samples at a time, and there are fewer in a part of the data; give more");
      }
      moments.add(Arrays.stream(byFold).map(Objects::requireNonNull).toList());
    }
    return new Measured(moments, Arrays.stream(pairs).map(Objects::requireNonNull).toList());
  }

  private void add(
      ObservableBlock network,
      Batch batch,
      RememberedPass pass,
      int fold,
      @Nullable Moments[][] sums,
      @Nullable ChannelMoments[] pairs) {
    try (NDManager manager = network.newManager()) {
      NDList inputs = BlockInputs.arrays(observed, batch, manager);
      ObservedTensors now = ObservedTensors.of(observed, names, read, inputs, manager);
      Map<BlockTargets.Target, NDArray> wanted = targets.next(pass, inputs, manager);
      for (int i = 0; i < sums.length; i++) {
        try (NDScope scope = new NDScope()) {
          sums[i][fold] = sum(sums[i][fold], request.probes().get(i), now, wanted);
          scope.suppressNotUsedWarning();
        }
      }
      for (int i = 0; i < pairs.length; i++) {
        try (NDScope scope = new NDScope()) {
          ChannelMoments part = part(request.pairs().get(i), now);
          ChannelMoments before = pairs[i];
          pairs[i] = before == null ? part : before.plus(part);
          scope.suppressNotUsedWarning();
        }
      }
    }
  }

  private Moments sum(
      @Nullable Moments before,
      Probe probe,
      ObservedTensors now,
      Map<BlockTargets.Target, NDArray> wanted) {
    NDArray data = now.get(reader(probe.reader()).inputs().get(probe.data()));
    NDArray mask = Rows.mask(probe.mask(), now);
    Probe.Aim aim = probe.aim();
    NDArray y = aim == null ? null : missing(aim, probe, now, wanted, mask);
    if (probe.windows()) {
      return ofWindows(before, probe, data, y);
    }
    NDArray x = Rows.masked(data, probe.axis(), mask, probe.step());
    double rows =
        mask == null ? x.getShape().get(0) : Rows.thin(mask, probe.step()).sum().toDoubleArray()[0];
    return add(before, probe, x, y, rows);
  }

  /** Windows are spelled out for some samples at a time. */
  private Moments ofWindows(
      @Nullable Moments before, Probe probe, NDArray data, @Nullable NDArray missing) {
    GraphNode reader = reader(probe.reader());
    long[] window = window(reader);
    Moments moments = before;
    long samples = data.getShape().get(0);
    long at = 1;
    for (long from = 0; from < samples; from += at) {
      try (NDScope scope = new NDScope()) {
        NDArray one = Rows.samples(data, from, from + 1);
        NDArray x = Rows.doubles(Rows.of(Rows.patches(one, reader, probe.step(), window), 1));
        long rows = x.getShape().get(0);
        at = Math.min(samples - from, Math.max(1, NUMBERS / x.size()));
        if (at > 1) {
          NDArray some = Rows.samples(data, from, from + at);
          x = Rows.doubles(Rows.of(Rows.patches(some, reader, probe.step(), window), 1));
        }
        NDArray y = missing == null ? null : Rows.samples(missing, from * rows, (from + at) * rows);
        moments = add(moments, probe, x, y, (double) x.getShape().get(0));
        scope.suppressNotUsedWarning();
      }
    }
    return Objects.requireNonNull(moments);
  }

  private Moments add(
      @Nullable Moments before, Probe probe, NDArray x, @Nullable NDArray y, double rows) {
    int groups = probe.groups();
    int columns = Math.toIntExact(x.getShape().get(1) / groups);
    int outputs = y == null ? 0 : Math.toIntExact(y.getShape().get(1) / groups);
    Moments moments = before == null ? new Moments(columns + 1, outputs, groups) : before;
    addGram(moments, x, columns, rows);
    if (y != null) {
      addCross(moments, x, y, columns);
    }
    return moments;
  }

  private GraphNode reader(String output) {
    int tensor = number(names, output);
    return observed.graph().nodes().get(observed.graph().tensor(tensor).producer());
  }

  private long[] window(GraphNode convolution) {
    long[] dims =
        Objects.requireNonNull(observed.graph().tensor(convolution.inputs().get(1)).constant())
            .dims();
    return Arrays.copyOfRange(dims, 2, dims.length);
  }

  /**
   * What is missing from a tensor; where only positive parts count, a negative number is as good as
   * any other that is wanted to be negative.
   */
  private static NDArray missing(
      Probe.Aim aim,
      Probe probe,
      ObservedTensors now,
      Map<BlockTargets.Target, NDArray> wanted,
      @Nullable NDArray mask) {
    NDArray target = Rows.doubles(Objects.requireNonNull(wanted.get(target(probe, aim))));
    if (aim.kept() != null) {
      target = Rows.columns(target, aim.kept());
    }
    NDArray current = Rows.masked(now.get(aim.tensor()), aim.axis(), mask, probe.step());
    NDArray difference = target.sub(current);
    if (!aim.rectified()) {
      return difference;
    }
    NDArray positive = current.maximum(0.0);
    NDArray above = Rows.doubles(target.gt(0));
    return above.mul(difference.add(positive)).sub(positive);
  }

  private void addGram(Moments moments, NDArray x, int columns, double rows) {
    double[] gram = products(x, x, moments.groups());
    double[] sums = x.sum(new int[] {0}).toDoubleArray();
    int n = columns + 1;
    for (int g = 0; g < moments.groups(); g++) {
      double[] to = moments.gram(g);
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < columns; j++) {
          to[i * n + j] += finite(gram[(g * columns + i) * columns + j]);
        }
        to[i * n + columns] += sums[g * columns + i];
        to[columns * n + i] += sums[g * columns + i];
      }
      to[n * n - 1] += rows;
    }
  }

  private void addCross(Moments moments, NDArray x, NDArray y, int columns) {
    int outputs = moments.outputs();
    double[] cross = products(x, y, moments.groups());
    double[] sums = y.sum(new int[] {0}).toDoubleArray();
    double[] squares = y.mul(y).sum(new int[] {0}).toDoubleArray();
    for (int g = 0; g < moments.groups(); g++) {
      double[] to = moments.cross(g);
      for (int i = 0; i < columns * outputs; i++) {
        to[i] += finite(cross[g * columns * outputs + i]);
      }
      for (int i = 0; i < outputs; i++) {
        to[columns * outputs + i] += sums[g * outputs + i];
        moments.squares(g)[i] += finite(squares[g * outputs + i]);
      }
    }
  }

  /** Products of the columns of two matrices, summed over rows, [groups, columns, columns]. */
  private static double[] products(NDArray x, NDArray y, int groups) {
    if (groups == 1) {
      return x.transpose().matMul(y).toDoubleArray();
    }
    NDArray left = x.reshape(new Shape(x.getShape().get(0), groups, -1)).transpose(1, 2, 0);
    NDArray right = y.reshape(new Shape(y.getShape().get(0), groups, -1)).transpose(1, 0, 2);
    return left.matMul(right).toDoubleArray();
  }

  private double finite(double value) {
    if (!Double.isFinite(value)) {
      throw new EspalierException(
          "what "
              + observed.source().block().getClass().getName()
              + " computes from the data is not finite; check that they are what the network was"
              + " trained on");
    }
    return value;
  }

  private static ChannelMoments part(Probe.Pair pair, ObservedTensors now) {
    NDArray mask = Rows.mask(pair.mask(), now);
    NDArray x = Rows.masked(now.get(pair.from()), pair.axis(), mask, 1);
    NDArray y =
        pair.to().equals(pair.from()) ? x : Rows.masked(now.get(pair.to()), pair.axis(), mask, 1);
    int[] rows = {0};
    return new ChannelMoments(
        mask == null ? x.getShape().get(0) : mask.sum().toDoubleArray()[0],
        x.sum(rows).toDoubleArray(),
        y.sum(rows).toDoubleArray(),
        x.mul(x).sum(rows).toDoubleArray(),
        x.mul(y).sum(rows).toDoubleArray(),
        y.mul(y).sum(rows).toDoubleArray());
  }
}

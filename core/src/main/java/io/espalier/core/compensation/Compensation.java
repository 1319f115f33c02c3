package io.espalier.core.compensation;

import io.espalier.core.Cut;
import io.espalier.core.calibration.ChannelMoments;
import io.espalier.core.calibration.DataModel;
import io.espalier.core.calibration.Measured;
import io.espalier.core.calibration.Moments;
import io.espalier.core.calibration.Place;
import io.espalier.core.calibration.Places;
import io.espalier.core.calibration.Probe;
import io.espalier.core.data.Samples;
import io.espalier.spi.Linear;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Solves the weights of a carved network anew, from the input on: each so that what it computes
 * comes as near as it can to what the original computes there, given what the layers before it,
 * already repaired, now feed it.
 */
public final class Compensation {
  private static final int WIDEST_WINDOWS = 2304;

  private static final int RECTIFIED_ROUNDS = Integer.getInteger("espalier.rounds", 2);

  private final DataModel original;
  private final SymMap map;
  private final Cut cut;
  private final Samples data;
  private final List<int[]> folds;
  private final Map<String, GraphNode> carvedNodes = new HashMap<>();
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Places found;
  private DataModel carved;

  private Compensation(
      DataModel original, Cut cut, DataModel carved, Samples data, List<int[]> folds) {
    this.original = original;
    this.map = cut.map();
    this.cut = cut;
    this.carved = carved;
    this.data = data;
    this.folds = folds;
    this.found = Places.of(map);
    for (GraphNode node : carved.graph().nodes()) {
      if (!node.outputs().isEmpty() && node.outputs().get(0) >= 0) {
        carvedNodes.put(carved.graph().tensor(node.outputs().get(0)).name(), node);
      }
    }
  }

  /** The carved network with the weights that were solved. */
  public static DataModel of(
      DataModel original, Cut cut, DataModel carved, Samples data, List<int[]> folds) {
    return new Compensation(original, cut, carved, data, folds).sweep();
  }

  private DataModel sweep() {
    boolean[] touched = touched();
    Map<Integer, List<Place>> byLevel = new TreeMap<>();
    Map<Integer, Integer> lastInto = new HashMap<>();
    List<Place> places = found.places();
    for (Place place : places) {
      if (place.sum() >= 0 && !cut.skips(place.node())) {
        lastInto.merge(place.sum(), place.node(), Math::max);
      }
    }
    for (Place place : places) {
      GraphNode node = map.graph().nodes().get(place.node());
      if (!cut.skips(place.node()) && touched[node.outputs().get(0)]) {
        byLevel.computeIfAbsent(place.level(), level -> new ArrayList<>()).add(place);
      }
    }
    for (List<Place> level : byLevel.values()) {
      repair(level, lastInto, false);
      for (int round = 0; round < RECTIFIED_ROUNDS; round++) {
        repair(level, lastInto, true);
      }
    }
    return carved;
  }

  /** The tensors that are not what they were in the original. */
  private boolean[] touched() {
    Graph graph = map.graph();
    boolean[] touched = new boolean[graph.tensors().size()];
    cut.replacedTensors().forEach(tensor -> touched[tensor] = true);
    for (GraphNode node : graph.nodes()) {
      boolean any = false;
      for (int i = 0; i < node.inputs().size(); i++) {
        int input = node.inputs().get(i);
        List<Layout> axes = input < 0 ? null : map.input(node.index(), i);
        any |= input >= 0 && touched[input];
        any |= axes != null && axes.stream().anyMatch(cut::cuts);
      }
      for (int output : node.outputs()) {
        if (output >= 0) {
          touched[output] |= any;
        }
      }
    }
    return touched;
  }

  /** What is to be done at one place, and where its results are in the measured moments. */
  private record Task(
      Place place, GraphNode node, boolean windows, String aim, List<Integer> pairs) {}

  private void repair(List<Place> level, Map<Integer, Integer> lastInto, boolean rectified) {
    List<Task> tasks = new ArrayList<>();
    List<Probe> probes = new ArrayList<>();
    List<Probe.Pair> pairs = new ArrayList<>();
    for (Place place : level) {
      prepare(place, Objects.equals(lastInto.get(place.sum()), place.node()), rectified, probes, pairs, tasks);
    }
    if (tasks.isEmpty()) {
      return;
    }
    Measured measured =
        original.measure(carved, new Probe.Request(probes, pairs), data, folds);
    Map<String, float[]> changed = new LinkedHashMap<>();
    for (int i = 0; i < tasks.size(); i++) {
      solve(tasks.get(i), measured.moments().get(i), measured.pairs(), changed);
    }
    if (!changed.isEmpty()) {
      values.putAll(changed);
      carved = carved.withValues(changed);
    }
  }

  private String name(int tensor) {
    return map.graph().tensor(tensor).name();
  }

  private void prepare(
      Place place,
      boolean intoSum,
      boolean rectified,
      List<Probe> probes,
      List<Probe.Pair> pairs,
      List<Task> tasks) {
    GraphNode node = map.graph().nodes().get(place.node());
    String reader = name(node.outputs().get(0));
    GraphNode own = carvedNodes.get(reader);
    if (own == null || stored(own, place.form().weight()) == null) {
      return;
    }
    Linear form = place.form();
    List<Layout> axes = Objects.requireNonNull(map.input(place.node(), form.data()));
    int last =
        place.chain().isEmpty()
            ? node.outputs().get(0)
            : map.graph().nodes().get(place.chain().get(place.chain().size() - 1)).outputs().get(0);
    int aim = intoSum ? map.graph().nodes().get(place.sum()).outputs().get(0) : last;
    if (rectified && !found.isRectified(aim)) {
      return;
    }
    List<Layout> aimed = Objects.requireNonNull(map.tensor(aim));
    for (int i = 0; i < aimed.size(); i++) {
      if (i != form.outputAxis() && cut.cuts(aimed.get(i))) {
        return;
      }
    }
    long[] dims = constant(own, form.weight()).dims();
    long windowPlaces = 1;
    for (int i = 0; i < dims.length; i++) {
      if (i != form.contracted() && i != form.produced()) {
        windowPlaces *= dims[i];
      }
    }
    int groups = groups(form, axes);
    long perGroup = dims[stored(own, form.weight()).transposed() ? 1 - form.contracted() : form.contracted()];
    boolean windows = windowPlaces > 1;
    for (int i = 0; i < axes.size() && i < aimed.size(); i++) {
      // a stride leaves places out
      windows |= i != form.dataAxis() && axes.get(i).extent() != aimed.get(i).extent();
    }
    if ((windows || groups > 1)
        && (!carved.hasWindows(reader) || perGroup * windowPlaces > WIDEST_WINDOWS)) {
      return;
    }
    windows |= groups > 1;
    int[] kept = cut.kept(aimed.get(form.outputAxis()));
    probes.add(
        new Probe(
            reader,
            form.data(),
            axes.size(),
            form.dataAxis(),
            windows,
            groups,
            new Probe.Aim(name(aim), aimed.size(), form.outputAxis(), kept, rectified),
            place.mask(),
            1));
    List<Integer> own2 = new ArrayList<>();
    if (!place.chain().isEmpty()) {
      int first = map.graph().nodes().get(place.chain().get(0)).outputs().get(0);
      own2.add(pairs.size());
      pairs.add(new Probe.Pair(reader, name(first), aimed.size(), form.outputAxis(), place.mask()));
      own2.add(pairs.size());
      pairs.add(new Probe.Pair(reader, name(last), aimed.size(), form.outputAxis(), place.mask()));
    }
    tasks.add(new Task(place, own, windows, name(aim), own2));
  }

  private int groups(Linear form, List<Layout> axes) {
    if (form.groups() == 1) {
      return 1;
    }
    long before = axes.get(form.dataAxis()).extent();
    long now = cut.extent(axes.get(form.dataAxis()));
    return Math.toIntExact(form.groups() * now / before);
  }

  private Place.@Nullable Stored stored(GraphNode own, int input) {
    int tensor = input >= own.inputs().size() ? -1 : own.inputs().get(input);
    Place.Stored stored = tensor < 0 ? null : Places.stored(carved.graph(), tensor).orElse(null);
    if (stored == null || carved.graph().consumers(stored.tensor()).size() != 1) {
      return null;
    }
    return stored;
  }

  private Constant constant(GraphNode own, int input) {
    return Objects.requireNonNull(
        carved
            .graph()
            .tensor(Objects.requireNonNull(stored(own, input)).tensor())
            .constant());
  }

  private void solve(
      Task task, List<Moments> folds, List<ChannelMoments> pairs, Map<String, float[]> changed) {
    Linear form = task.place().form();
    Place.Stored weight = Objects.requireNonNull(stored(task.node(), form.weight()));
    Shift shift = shift(task);
    boolean intercept = shift != null;
    int groups = folds.get(0).groups();
    int outputs = folds.get(0).outputs();
    int columns = folds.get(0).columns() - (intercept ? 0 : 1);
    double[][] changes = new double[groups][];
    double before = 0;
    double after = 0;
    for (int g = 0; g < groups; g++) {
      List<double[]> zero = new ArrayList<>();
      for (int f = 0; f <= folds.size(); f++) {
        zero.add(new double[columns * outputs]);
      }
      Ridge.Solution solution = Ridge.solve(folds, g, intercept, List.of(zero));
      before += solution.before();
      after += solution.helps() ? solution.after() : solution.before();
      changes[g] = solution.helps() ? solution.change() : new double[columns * outputs];
    }
    if (System.getProperty("espalier.trace") != null) {
      System.err.printf("%-40s cols %d groups %d outs %d rows %.0f: %.4g -> %.4g (%.3f) %s%n",
          carved.graph().tensor(task.node().outputs().get(0)).name(), columns, groups, outputs,
          Moments.sum(folds).rows(), before, after, after / before, task.aim());
    }
    if (!(after < before)) {
      return;
    }
    double[] slope = new double[groups * outputs];
    double[] first = new double[groups * outputs];
    java.util.Arrays.fill(slope, 1);
    java.util.Arrays.fill(first, 1);
    if (!task.pairs().isEmpty()) {
      for (int i = 0; i < slope.length; i++) {
        first[i] = pairs.get(task.pairs().get(0)).slope(i);
        slope[i] = pairs.get(task.pairs().get(1)).slope(i);
      }
    }
    Constant constant = constant(task.node(), form.weight());
    float[] numbers = floats(constant);
    long[] dims = constant.dims();
    int in = weight.transposed() ? 1 - form.contracted() : form.contracted();
    int out = weight.transposed() ? 1 - form.produced() : form.produced();
    int inExtent = (int) dims[in];
    int places = 1;
    for (int i = 0; i < dims.length; i++) {
      places *= i == in || i == out ? 1 : (int) dims[i];
    }
    int[] strides = strides(dims);
    for (int g = 0; g < groups; g++) {
      for (int o = 0; o < outputs; o++) {
        int channel = g * outputs + o;
        if (Math.abs(slope[channel]) < 1e-12) {
          continue;
        }
        for (int i = 0; i < inExtent; i++) {
          for (int p = 0; p < places; p++) {
            int at = i * strides[in] + channel * strides[out] + p;
            double delta = changes[g][(i * places + p) * outputs + o] / slope[channel];
            numbers[at] += (float) delta;
          }
        }
      }
    }
    if (shift != null) {
      float[] shifts = floats(shift.constant());
      for (int i = 0; i < slope.length; i++) {
        if (Math.abs(slope[i]) >= 1e-12) {
          double delta = changes[i / outputs][(columns - 1) * outputs + i % outputs] / slope[i];
          shifts[i] += (float) (delta * (shift.behind() ? first[i] : 1));
        }
      }
      changed.put(shift.name(), shifts);
    }
    changed.put(carved.graph().tensor(weight.tensor()).name(), numbers);
  }

  private static int[] strides(long[] dims) {
    int[] strides = new int[dims.length];
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= (int) dims[i];
    }
    return strides;
  }

  private static float[] floats(Constant constant) {
    float[] values = new float[Math.toIntExact(constant.size())];
    constant.floats().duplicate().get(values);
    return values;
  }

  /** A parameter that is added to what a node computes: its bias, or what the next one adds. */
  private record Shift(String name, Constant constant, boolean behind) {}

  private @Nullable Shift shift(Task task) {
    Linear form = task.place().form();
    if (form.bias() >= 0) {
      Shift own = shift(task.node(), form.bias(), false);
      if (own != null) {
        return own;
      }
    }
    if (task.place().chain().isEmpty()) {
      return null;
    }
    int next = task.place().chain().get(0);
    NodeFacts.Affine affine = map.facts(next).affine();
    GraphNode behind =
        carvedNodes.get(name(map.graph().nodes().get(next).outputs().get(0)));
    return affine == null || affine.shift() < 0 || behind == null
        ? null
        : shift(behind, affine.shift(), true);
  }

  private @Nullable Shift shift(GraphNode node, int input, boolean behind) {
    Place.Stored stored = stored(node, input);
    if (stored == null || stored.transposed()) {
      return null;
    }
    Constant constant = Objects.requireNonNull(carved.graph().tensor(stored.tensor()).constant());
    return new Shift(carved.graph().tensor(stored.tensor()).name(), constant, behind);
  }
}

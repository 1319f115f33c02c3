package io.espalier.onnx.fuzz;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** A network in the making: nodes whose shapes are known, in the words of an operator set. */
final class Sketch {
  private final OnnxGraphBuilder builder;
  private final SplittableRandom random;
  private final int opset;
  private final boolean sized;
  private final Set<String> read = new HashSet<>();
  private final Parameters parameters;
  private String scope = "";
  private String nodeScope = "";
  private int made;
  private int nodes;

  /**
   * An empty network.
   *
   * @param sized whether the analysis is told the sizes of the inputs
   */
  Sketch(OnnxGraphBuilder builder, SplittableRandom random, int opset, boolean sized) {
    this.builder = builder;
    this.random = random;
    this.opset = opset;
    this.sized = sized;
    this.parameters = new Parameters(this, builder);
  }

  /** Whether the analysis is told the sizes of the inputs, so that it may rely on them. */
  boolean sized() {
    return sized;
  }

  int opset() {
    return opset;
  }

  /** How many nodes there are. */
  int nodes() {
    return nodes;
  }

  /** Whether any node reads a value. */
  boolean reads(Wire wire) {
    return read.contains(wire.name());
  }

  /** A random number, both ends included. */
  int between(int low, int high) {
    return random.nextInt(low, high + 1);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  @SafeVarargs
  final <T> T any(T... these) {
    return these[random.nextInt(these.length)];
  }

  /** A divisor of a number other than 1 and the number itself; 1 if there is none. */
  long divisor(long n) {
    List<Long> found = LongStream.range(2, n).filter(i -> n % i == 0).boxed().toList();
    return found.isEmpty() ? 1 : pick(found);
  }

  /** Lengths, at least 1, that add up to a number. */
  long[] pieces(long whole, int count) {
    List<Long> seams = new ArrayList<>(LongStream.range(1, whole).boxed().toList());
    while (seams.size() >= count) {
      seams.remove(random.nextInt(seams.size()));
    }
    long[] pieces = new long[seams.size() + 1];
    long before = 0;
    for (int i = 0; i < seams.size(); i++) {
      pieces[i] = seams.get(i) - before;
      before = seams.get(i);
    }
    pieces[seams.size()] = whole - before;
    return pieces;
  }

  /** The numbers from 0 on, in a random order. */
  List<Integer> shuffled(int count) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      order.add(random.nextInt(order.size() + 1), i);
    }
    return order;
  }

  /** A name for a layer and its parameters. */
  String fresh(String kind) {
    return scope + kind + made++;
  }

  /** Starts a child of a module: nodes and layers are named as exporters name those inside it. */
  void enter(String module, int child) {
    scope = module + "." + child + ".";
    nodeScope = "/" + module + "/" + module + "." + child + "/";
  }

  /** Ends it. */
  void leave() {
    scope = "";
    nodeScope = "";
  }

  /** Attributes by turns of name and value. */
  static Map<String, Object> with(Object... attributes) {
    Map<String, Object> map = new HashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      map.put((String) attributes[i], attributes[i + 1]);
    }
    return map;
  }

  String node(String operator, Map<String, ?> attributes, List<String> inputs) {
    return nodes(operator, attributes, inputs, 1).get(0);
  }

  /** A node with several outputs. */
  List<String> several(
      String operator, Map<String, ?> attributes, List<String> inputs, int outputs) {
    return nodes(operator, attributes, inputs, outputs);
  }

  String stored(TensorProto tensor) {
    return builder.initializer(tensor);
  }

  private List<String> nodes(
      String operator, Map<String, ?> attributes, List<String> inputs, int outputs) {
    nodes++;
    read.addAll(inputs);
    return builder.nodes(operator, nodeScope + operator + made++, inputs, attributes, outputs);
  }

  Wire op(String operator, Wire like, String... more) {
    return op(operator, Map.of(), like.dims(), like, more);
  }

  Wire op(String operator, Map<String, ?> attributes, List<Long> dims, Wire first, String... more) {
    List<String> inputs = new ArrayList<>(List.of(first.name()));
    inputs.addAll(Arrays.asList(more));
    return new Wire(node(operator, attributes, inputs), dims);
  }

  /** Weights of a layer: outputs, inputs, kernel. */
  String weights(String layer, long... dims) {
    return parameters.weights(layer, dims);
  }

  /** Any other parameter. */
  String parameter(String name, double mean, double deviation, long... dims) {
    return parameters.parameter(name, mean, deviation, dims);
  }

  String number(float value) {
    return builder.floats(fresh("number"), new float[] {value});
  }

  String floats(float... values) {
    return builder.floats(fresh("floats"), values, values.length);
  }

  String ints(long... values) {
    return builder.longs(fresh("ints"), values, values.length);
  }

  /** Integers in an array of several axes. */
  String matrix(long[] values, long... dims) {
    return builder.longs(fresh("places"), values, dims);
  }

  /** A condition that is stored. */
  String truth(boolean value) {
    Wire number = new Wire(number(value ? 1 : 0), List.of());
    return op("Cast", with("to", 9), List.of(), number).name();
  }

  /** A condition that somebody gives. */
  String flag() {
    return builder.typedInput(fresh("flag"), DataTypes.BOOL);
  }

  /** Says that a sub-graph reads a value. */
  void readByName(Wire x) {
    read.add(x.name());
  }

  String scalar(long value) {
    return builder.longs(fresh("scalar"), new long[] {value});
  }

  Wire transpose(Wire x, int... order) {
    List<Long> dims = Arrays.stream(order).mapToObj(x::dim).toList();
    long[] perm = Arrays.stream(order).asLongStream().toArray();
    return op("Transpose", with("perm", perm), dims, x);
  }

  Wire reshape(Wire x, long... dims) {
    return reshape(x, Arrays.stream(dims).boxed().toList());
  }

  Wire reshape(Wire x, List<Long> dims) {
    return new Reshapes(this).reshape(x, dims);
  }

  Wire flatten(Wire x) {
    long size = Wire.product(x.dims().subList(1, x.rank()));
    return chance(0.5)
        ? op("Flatten", Map.of(), List.of(x.dim(0), size), x)
        : reshape(x, x.dim(0), size);
  }

  Wire slice(Wire x, int axis, long from, long to) {
    long n = x.length(axis);
    boolean fixed = x.isFixed(axis);
    long start = chance(0.3) && from > 0 && fixed ? from - n : from;
    boolean toEnd = to == n && chance(0.5) && fixed;
    long end = toEnd ? Long.MAX_VALUE : chance(0.3) && to < n && fixed ? to - n : to;
    List<Long> dims = x.with(axis, to - from);
    return opset >= 10
        ? op("Slice", Map.of(), dims, x, ints(start), ints(end), ints(counted(axis, x)))
        : op(
            "Slice",
            with(
                "starts", new long[] {start},
                "ends", new long[] {end},
                "axes", new long[] {axis}),
            dims,
            x);
  }

  /** An axis, now and then counted from the end, as newer operator sets allow. */
  private int counted(int axis, Wire x) {
    return opset >= 11 && chance(0.3) ? axis - x.rank() : axis;
  }

  List<Wire> split(Wire x, int axis, long... sizes) {
    boolean equal = opset < 13 && Arrays.stream(sizes).allMatch(size -> size == sizes[0]);
    Map<String, Object> attributes = with("axis", axis);
    List<String> inputs = new ArrayList<>(List.of(x.name()));
    if (opset >= 13) {
      inputs.add(ints(sizes));
    } else if (!equal || chance(0.5)) {
      attributes.put("split", sizes);
    }
    List<String> names = nodes("Split", attributes, inputs, sizes.length);
    List<Wire> parts = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      parts.add(new Wire(names.get(i), x.with(axis, sizes[i])));
    }
    return parts;
  }

  Wire concat(int axis, List<Wire> parts) {
    long sum = parts.stream().mapToLong(part -> part.length(axis)).sum();
    Wire first = parts.get(0);
    boolean open = parts.stream().anyMatch(part -> part.dim(axis) < 0);
    return new Wire(
        node("Concat", with("axis", counted(axis, first)), parts.stream().map(Wire::name).toList()),
        first.with(axis, open ? -sum : sum));
  }

  /** Reduces some axes. */
  Wire reduce(String operator, Wire x, boolean keep, int... axes) {
    List<Long> dims = new ArrayList<>(x.dims());
    for (int axis : axes) {
      dims.set(axis, 1L);
    }
    if (!keep) {
      Arrays.stream(axes)
          .boxed()
          .sorted(Collections.reverseOrder())
          .forEach(a -> dims.remove((int) a));
    }
    long[] list = Arrays.stream(axes).asLongStream().toArray();
    boolean input = opset >= 18 || (opset >= 13 && operator.equals("ReduceSum"));
    return input
        ? op(operator, with("keepdims", keep ? 1 : 0), dims, x, ints(list))
        : op(operator, with("keepdims", keep ? 1 : 0, "axes", list), dims, x);
  }

  Wire squeeze(Wire x, int... axes) {
    List<Long> dims = new ArrayList<>(x.dims());
    Arrays.stream(axes)
        .boxed()
        .sorted(Collections.reverseOrder())
        .forEach(a -> dims.remove((int) a));
    long[] list = Arrays.stream(axes).asLongStream().toArray();
    return opset >= 13
        ? op("Squeeze", Map.of(), dims, x, ints(list))
        : op("Squeeze", with("axes", list), dims, x);
  }

  /** Adds axes of one element; the places are those of the result, ascending. */
  Wire unsqueeze(Wire x, int... axes) {
    List<Long> dims = new ArrayList<>(x.dims());
    for (int axis : axes) {
      dims.add(axis, 1L);
    }
    long[] list = Arrays.stream(axes).asLongStream().toArray();
    return opset >= 13
        ? op("Unsqueeze", Map.of(), dims, x, ints(list))
        : op("Unsqueeze", with("axes", list), dims, x);
  }

  /** Pads with zeros; amounts below 0 cut away. */
  Wire pad(Wire x, int axis, long before, long after) {
    long[] pads = new long[2 * x.rank()];
    pads[axis] = before;
    pads[x.rank() + axis] = after;
    long sign = x.isFixed(axis) ? 1 : -1;
    List<Long> dims = x.with(axis, sign * (x.length(axis) + before + after));
    return pad(x, dims, "constant", pads);
  }

  Wire pad(Wire x, List<Long> dims, String mode, long... pads) {
    return opset >= 11
        ? op("Pad", with("mode", mode), dims, x, ints(pads))
        : op("Pad", with("mode", mode, "pads", pads), dims, x);
  }

  /** A matrix product with a stored matrix on the last axis, and often a bias. */
  Wire linear(Wire x, long out) {
    String layer = fresh("linear");
    long in = x.dim(-1);
    List<Long> dims = x.with(x.rank() - 1, out);
    if (x.isRows() && chance(0.6)) {
      boolean transposed = chance(0.6);
      String weight = transposed ? weights(layer, out, in) : parameters.columns(layer, in, out);
      String bias = parameter(layer + ".bias", 0, 0.2, out);
      return op("Gemm", with("transB", transposed ? 1 : 0), dims, x, weight, bias);
    }
    Wire y = op("MatMul", Map.of(), dims, x, parameters.columns(layer, in, out));
    return chance(0.7) ? op("Add", y, parameter(layer + ".bias", 0, 0.2, out)) : y;
  }

  /** An activation that lets negative signals pass. */
  Wire activation(Wire x) {
    return switch (between(0, 6)) {
      case 0 -> op("Tanh", x);
      case 1 -> op("Elu", x);
      case 2 -> op("Mul", x, op("Sigmoid", x).name());
      case 3 -> op("Softplus", x);
      case 4 -> {
        Wire halves = op("Mul", x, number(0.5f));
        Wire error = op("Erf", op("Mul", x, number(0.7f)));
        yield op("Mul", halves, op("Add", error, number(1)).name());
      }
      default -> op("LeakyRelu", with("alpha", 0.3f), x.dims(), x);
    };
  }

  /** The value itself, or one that is positive where that is zero, as kernels of attention are. */
  Wire lifted(Wire x) {
    return switch (between(0, 5)) {
      case 0 -> op("Softplus", x);
      case 1 -> op("Sigmoid", x);
      case 2 -> op("Add", op("Elu", x), number(1));
      default -> x;
    };
  }

  /** A value between 0 and 1. */
  Wire gate(Wire x) {
    return chance(0.7) ? op("Sigmoid", x) : op("HardSigmoid", x);
  }

  /** A norm over the last axis, in one node or in several. */
  Wire lastNorm(Wire x) {
    long n = x.dim(-1);
    int last = x.rank() - 1;
    String layer = fresh("norm");
    String scale = parameter(layer + ".weight", 1, 0.3, n);
    String bias = parameter(layer + ".bias", 0, 0.3, n);
    if (opset >= 17 && chance(0.6)) {
      return op("LayerNormalization", with("axis", -1), x.dims(), x, scale, bias);
    }
    Wire centred = x;
    if (chance(0.5)) {
      centred = op("Sub", x, reduce("ReduceMean", x, true, last).name());
    }
    Wire square = chance(0.5) ? op("Pow", centred, number(2)) : op("Mul", centred, centred.name());
    Wire mean = reduce("ReduceMean", square, true, last);
    Wire root = op("Sqrt", op("Add", mean, number(1e-3f)));
    return op("Add", op("Mul", op("Div", centred, root.name()), scale), bias);
  }
}

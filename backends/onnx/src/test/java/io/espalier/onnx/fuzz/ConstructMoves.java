package io.espalier.onnx.fuzz;

import static io.espalier.onnx.fuzz.Sketch.with;

import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * What exported networks have that the analysis once froze, missed or took for something else:
 * groups behind shuffles, slices that are assigned, scaled shortcuts, weights that are made of
 * parameters, views by strides, deformable kernels, branches, experts, equations, learned queries.
 */
final class ConstructMoves {
  private static final long MOST_CHANNELS = 24;
  private static final long MOST_ELEMENTS = 1500;

  private ConstructMoves() {}

  static List<Move> ofImages() {
    return List.of(
        ConstructMoves::shuffledGroups,
        ConstructMoves::shuffledGroups,
        ConstructMoves::assigned,
        ConstructMoves::scaledShortcut,
        ConstructMoves::madeOfParameters,
        ConstructMoves::madeOfParameters,
        ConstructMoves::strides,
        ConstructMoves::deformed,
        ConstructMoves::branch,
        ConstructMoves::loop);
  }

  static List<Move> ofTokens() {
    return List.of(
        ConstructMoves::experts,
        ConstructMoves::equations,
        ConstructMoves::learnedQueries,
        ConstructMoves::scaledShortcut);
  }

  /** Two convolutions in groups with a shuffle between, as the ShuffleNets have them. */
  private static List<Wire> shuffledGroups(Sketch s, Wire x, List<Wire> others) {
    long groups = s.divisor(x.dim(1));
    if (groups == 1 || groups > 6 || !x.isFixed(2) || !x.isFixed(3)) {
      return List.of();
    }
    long inner = groups * groups * s.between(1, 2);
    if (inner > MOST_CHANNELS) {
      inner = groups * 2;
    }
    Wire first = s.activation(ImageMoves.convolve(s, x, inner, groups, 1, 1));
    Wire apart = s.reshape(first, x.dim(0), groups, inner / groups, x.dim(2), x.dim(3));
    Wire turned = s.transpose(apart, 0, 2, 1, 3, 4);
    Wire y = s.reshape(turned, first.dims());
    if (s.chance(0.5)) {
      y = ImageMoves.convolve(s, y, inner, inner, 3, 1);
    }
    Wire last = ImageMoves.convolve(s, y, x.dim(1), s.chance(0.7) ? groups : 1, 1, 1);
    return List.of(s.chance(0.6) ? s.op("Add", x, last.name()) : last);
  }

  /** Some channels are written over by what is computed of them. */
  private static List<Wire> assigned(Sketch s, Wire x, List<Wire> others) {
    if (s.opset() < 11 || x.dim(1) < 3) {
      return List.of();
    }
    int from = s.between(0, (int) x.dim(1) - 2);
    int to = s.between(from + 1, (int) x.dim(1));
    Wire part = s.slice(x, 1, from, to);
    Wire changed = ImageMoves.convolve(s, part, to - from, 1, 1, 1);
    long[] places = LongStream.range(from, to).toArray();
    Wire turned = s.transpose(x, 1, 0, 2, 3);
    String indices = s.matrix(places, places.length, 1);
    Wire written =
        s.op(
            "ScatterND",
            Map.of(),
            turned.dims(),
            turned,
            indices,
            s.transpose(changed, 1, 0, 2, 3).name());
    return List.of(s.transpose(written, 1, 0, 2, 3));
  }

  /** A residual block whose shortcut is scaled: it may not be taken out. */
  private static List<Wire> scaledShortcut(Sketch s, Wire x, List<Wire> others) {
    boolean image = x.isImage();
    long n = image ? x.dim(1) : x.dim(2);
    String scale =
        s.chance(0.3)
            ? s.number(0.5f)
            : image
                ? s.parameter(s.fresh("scale"), 1, 0.3, n, 1, 1)
                : s.parameter(s.fresh("scale"), 1, 0.3, n);
    Wire inner = image ? ImageMoves.convolve(s, x, n, 1, 3, 1) : s.linear(x, n);
    return List.of(s.op("Add", s.op("Mul", x, scale), s.activation(inner).name()));
  }

  /** A convolution by a weight that is normed or standardised when the network runs. */
  private static List<Wire> madeOfParameters(Sketch s, Wire x, List<Wire> others) {
    long out = s.between(4, 10);
    int kernel = s.any(1, 3);
    String layer = s.fresh("made");
    List<Long> dims = List.of(out, x.dim(1), (long) kernel, (long) kernel);
    Wire v = new Wire(s.weights(layer, out, x.dim(1), kernel, kernel), dims);
    Wire weight;
    if (s.chance(0.5)) {
      Wire length = s.reduce("ReduceL2", v, true, 1, 2, 3);
      String gain = s.parameter(layer + "_g", 1, 0.3, out, 1, 1, 1);
      weight = s.op("Mul", s.op("Div", v, s.op("Add", length, s.number(0.01f)).name()), gain);
    } else {
      Wire centred = s.op("Sub", v, s.reduce("ReduceMean", v, true, 1, 2, 3).name());
      Wire square = s.op("Mul", centred, centred.name());
      Wire variance = s.reduce("ReduceMean", square, true, 1, 2, 3);
      Wire root = s.op("Sqrt", s.op("Add", variance, s.number(0.01f)));
      weight = s.op("Mul", s.op("Div", centred, root.name()), s.number(0.3f));
    }
    long pad = kernel / 2;
    Map<String, Object> same = with("pads", new long[] {pad, pad, pad, pad});
    return List.of(s.op("Conv", same, x.with(1, out), x, weight.name()));
  }

  /** A transposition of pixels and channels, as a view by strides of one axis. */
  private static List<Wire> strides(Sketch s, Wire x, List<Wire> others) {
    if (x.dims().stream().anyMatch(dim -> dim < 0) || x.size() > MOST_ELEMENTS) {
      return List.of();
    }
    long pixels = x.dim(2) * x.dim(3);
    long channels = x.dim(1);
    long[] places = new long[Math.toIntExact(x.size())];
    int at = 0;
    for (long sample = 0; sample < x.dim(0); sample++) {
      for (long pixel = 0; pixel < pixels; pixel++) {
        for (long channel = 0; channel < channels; channel++) {
          places[at++] = (sample * channels + channel) * pixels + pixel;
        }
      }
    }
    Wire flat = s.reshape(x, x.size());
    List<Long> dims = List.of(x.dim(0), pixels, channels);
    String indices = s.matrix(places, x.dim(0), pixels, channels);
    return List.of(s.op("Gather", with("axis", 0), dims, flat, indices));
  }

  private static List<Wire> deformed(Sketch s, Wire x, List<Wire> others) {
    if (s.opset() < 19) {
      return List.of();
    }
    long out = s.between(4, 8);
    Wire offsets = s.op("Tanh", ImageMoves.convolve(s, x, 18, 1, 1, 1));
    Map<String, Object> same =
        with("pads", new long[] {1, 1, 1, 1}, "kernel_shape", new long[] {3, 3});
    String weight = s.weights(s.fresh("deformed"), out, x.dim(1), 3, 3);
    return List.of(s.op("DeformConv", same, x.with(1, out), x, weight, offsets.name()));
  }

  /** A part of the network in the branches of a condition that is stored, or given. */
  private static List<Wire> branch(Sketch s, Wire x, List<Wire> others) {
    boolean taken = s.chance(0.5);
    boolean both = s.chance(0.5);
    String name = s.fresh("branch");
    Map<String, Object> branches =
        with(
            "then_branch", body(s, name + "_then", x, both || taken),
            "else_branch", body(s, name + "_else", x, both || !taken));
    String condition = both ? s.flag() : s.truth(taken);
    return List.of(new Wire(s.node("If", branches, List.of(condition)), x.dims()));
  }

  /** A convolution and its shortcut, or nothing to cut. */
  private static Object body(Sketch s, String name, Wire x, boolean layers) {
    OnnxGraphBuilder b = new OnnxGraphBuilder(name, s.opset(), name.hashCode());
    String y =
        layers
            ? b.node(
                "Add",
                name + "_sum",
                List.of(
                    x.name(),
                    b.node(
                        "Conv",
                        name + "_conv",
                        List.of(x.name(), b.weights(name + ".weight", x.dim(1), x.dim(1), 1, 1)))))
            : b.node("Neg", name + "_neg", List.of(x.name()));
    b.output(name + "_out", y, declared(x));
    s.readByName(x);
    return b.toProto().getGraph();
  }

  private static Object[] declared(Wire x) {
    List<Object> dims = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      dims.add(x.isFixed(i) ? (Object) x.dim(i) : "any_" + i);
    }
    return dims.toArray();
  }

  /** Two convolutions, perhaps beside their shortcut, or beside what is around, a few times. */
  private static List<Wire> loop(Sketch s, Wire x, List<Wire> others) {
    String name = s.fresh("loop");
    OnnxGraphBuilder b = new OnnxGraphBuilder(name, s.opset(), name.hashCode());
    b.typedInput(name + "_turn", DataTypes.INT64);
    String again = b.typedInput(name + "_go", DataTypes.BOOL);
    String state = b.input(name + "_state", declared(x));
    long hidden = s.between(3, 9);
    String up = b.weights(name + "_up.weight", hidden, x.dim(1), 1, 1);
    String down = b.weights(name + "_down.weight", x.dim(1), hidden, 1, 1);
    String mixed =
        b.node("Tanh", name + "_mixed", List.of(b.node("Conv", name + "_up", List.of(state, up))));
    String y = b.node("Conv", name + "_down", List.of(mixed, down));
    if (s.chance(0.7)) {
      boolean around = s.chance(0.5);
      y = b.node("Add", name + "_sum", List.of(around ? x.name() : state, y));
      if (around) {
        s.readByName(x);
      }
    }
    b.typedOutput(name + "_on", b.node("Identity", name + "_on", List.of(again)), DataTypes.BOOL);
    b.output(name + "_next", b.node("Tanh", name + "_turned", List.of(y)), declared(x));
    Map<String, Object> body = with("body", b.toProto().getGraph());
    List<String> given = List.of(s.scalar(s.between(1, 3)), s.truth(true), x.name());
    return List.of(new Wire(s.node("Loop", body, given), x.dims()));
  }

  /** Experts that all run, stacked in two tensors, and summed by what a router says. */
  private static List<Wire> experts(Sketch s, Wire x, List<Wire> others) {
    long experts = s.between(2, 4);
    long hidden = s.between(3, 6);
    String layer = s.fresh("experts");
    List<Long> narrow = List.of(x.dim(0), experts, x.dim(1), x.dim(2));
    Wire apart = s.unsqueeze(x, 1);
    String in = s.parameter(layer + "_in", 0, 0.5, experts, x.dim(2), hidden);
    List<Long> wide = List.of(x.dim(0), experts, x.dim(1), hidden);
    Wire inner = s.activation(s.op("MatMul", Map.of(), wide, apart, in));
    String out = s.parameter(layer + "_out", 0, 0.5, experts, hidden, x.dim(2));
    Wire outer = s.op("MatMul", Map.of(), narrow, inner, out);
    Wire gates = s.transpose(s.op("Sigmoid", s.linear(x, experts)), 0, 2, 1);
    Wire weighted = s.op("Mul", outer, s.unsqueeze(gates, 3).name());
    return List.of(s.op("Add", x, s.reduce("ReduceSum", weighted, false, 1).name()));
  }

  /** Attention and its projections as equations. */
  private static List<Wire> equations(Sketch s, Wire x, List<Wire> others) {
    if (s.opset() < 12) {
      return List.of();
    }
    long heads = s.between(2, 3);
    long qk = s.between(2, 4);
    long v = s.between(2, 4);
    String layer = s.fresh("equations");
    Wire query = equation(s, "bsd,dhk->bhsk", x, layer + "_q", heads, qk);
    Wire key = equation(s, "btd,dhk->bhtk", x, layer + "_k", heads, qk);
    Wire value = equation(s, "btd,dhv->bhtv", x, layer + "_v", heads, v);
    List<Long> square = List.of(x.dim(0), heads, x.dim(1), x.dim(1));
    Wire scores = s.op("Einsum", with("equation", "bhsk,bhtk->bhst"), square, query, key.name());
    Wire weights = s.op("Softmax", with("axis", 3), square, scores);
    Map<String, Object> mixing = with("equation", "bhst,bhtv->bhsv");
    Wire mixed = s.op("Einsum", mixing, value.dims(), weights, value.name());
    String out = s.parameter(layer + "_o", 0, 0.4, heads, v, x.dim(2));
    Map<String, Object> merging = with("equation", "bhsv,hvd->bsd");
    return List.of(s.op("Add", x, s.op("Einsum", merging, x.dims(), mixed, out).name()));
  }

  private static Wire equation(
      Sketch s, String equation, Wire x, String weight, long heads, long width) {
    String stored = s.parameter(weight, 0, 0.4, x.dim(2), heads, width);
    List<Long> dims = List.of(x.dim(0), heads, x.dim(1), width);
    return s.op("Einsum", with("equation", equation), dims, x, stored);
  }

  /** A few queries that are parameters and look at all tokens. */
  private static List<Wire> learnedQueries(Sketch s, Wire x, List<Wire> others) {
    long places = s.between(2, 4);
    long width = s.between(3, 6);
    String queries = s.parameter(s.fresh("latents"), 0, 1, 1, places, width);
    Wire turned = s.transpose(s.linear(x, width), 0, 2, 1);
    List<Long> dims = List.of(x.dim(0), places, x.dim(1));
    Wire scores = new Wire(s.node("MatMul", Map.of(), List.of(queries, turned.name())), dims);
    Wire weights = s.op("Softmax", with("axis", 2), dims, scores);
    Wire values = s.linear(x, s.between(4, 8));
    List<Long> mixed = List.of(x.dim(0), places, values.dim(2));
    return List.of(s.op("MatMul", Map.of(), mixed, weights, values.name()));
  }
}

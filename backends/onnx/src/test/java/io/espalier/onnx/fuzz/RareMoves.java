package io.espalier.onnx.fuzz;

import static io.espalier.onnx.fuzz.Sketch.with;

import java.util.List;
import java.util.Map;

/** What few networks do with their images: each has broken a tool that prunes them. */
final class RareMoves {
  private static final long MOST_CHANNELS = 24;

  private RareMoves() {}

  static List<Move> all() {
    return List.of(
        RareMoves::stage,
        RareMoves::stage,
        RareMoves::maxout,
        RareMoves::stacked,
        RareMoves::coordinates,
        RareMoves::picked,
        RareMoves::wholeNorm,
        RareMoves::unitLength,
        RareMoves::softmax,
        RareMoves::columns,
        RareMoves::lines,
        RareMoves::blurred,
        RareMoves::together,
        RareMoves::batchMean,
        RareMoves::channelNorm,
        RareMoves::oneChannel,
        RareMoves::transposedCorrelation,
        RareMoves::collapsed,
        RareMoves::squeezed,
        RareMoves::pixelShuffle,
        RareMoves::correlation,
        RareMoves::modulated,
        RareMoves::doubles);
  }

  /** A chain of residual blocks in a scope of its own, each of which can be taken out. */
  private static List<Wire> stage(Sketch s, Wire x, List<Wire> others) {
    String scope = s.fresh("stage");
    Wire at = x;
    int blocks = s.between(2, 3);
    for (int i = 0; i < blocks; i++) {
      s.enter(scope, i);
      Wire inner =
          s.chance(0.5) ? s.activation(ImageMoves.convolve(s, at, s.between(4, 8), 1, 3, 1)) : at;
      Wire sum = s.op("Add", at, ImageMoves.convolve(s, inner, x.dim(1), 1, 3, 1).name());
      at = s.chance(0.3) ? s.op("LeakyRelu", sum) : sum;
    }
    s.leave();
    return List.of(at);
  }

  /** The largest of several groups of channels, or their sum. */
  private static List<Wire> maxout(Sketch s, Wire x, List<Wire> others) {
    long groups = s.divisor(x.dim(1));
    if (groups == 1) {
      return List.of();
    }
    Wire apart = s.reshape(x, x.dim(0), groups, x.dim(1) / groups, x.dim(2), x.dim(3));
    if (s.chance(0.5)) {
      return List.of(s.reduce(s.any("ReduceMax", "ReduceSum"), apart, false, s.between(1, 2)));
    }
    List<Long> dims = List.of(x.dim(0), x.dim(1) / groups, x.dim(2), x.dim(3));
    Wire first = s.op("Gather", with("axis", 1), dims, apart, s.scalar(0));
    Wire last = s.op("Gather", with("axis", 1), dims, apart, s.scalar(groups - 1));
    return List.of(Joins.join(s, first, last));
  }

  /** Two images on an axis of their own, and a weighted sum of them. */
  private static List<Wire> stacked(Sketch s, Wire x, List<Wire> others) {
    Wire other = ImageMoves.convolve(s, x, x.dim(1), 1, 3, 1);
    Wire stack = s.concat(1, List.of(s.unsqueeze(x, 1), s.unsqueeze(other, 1)));
    String weights = s.parameter(s.fresh("branches"), 1, 0.5, 2, x.dim(1), 1, 1);
    return List.of(s.reduce("ReduceSum", s.op("Mul", stack, weights), false, 1));
  }

  /** Channels that are stored, beside those that are computed. */
  private static List<Wire> coordinates(Sketch s, Wire x, List<Wire> others) {
    if (x.dims().stream().anyMatch(dim -> dim < 0) || x.dim(1) > MOST_CHANNELS) {
      return List.of();
    }
    long n = s.between(2, 4);
    String stored = s.parameter(s.fresh("coordinates"), 0, 1, x.dim(0), n, x.dim(2), x.dim(3));
    return List.of(s.concat(1, List.of(x, new Wire(stored, x.with(1, n)))));
  }

  /** Channels in an order that is stored. */
  private static List<Wire> picked(Sketch s, Wire x, List<Wire> others) {
    long[] order = s.shuffled((int) x.dim(1)).stream().mapToLong(i -> i).toArray();
    return List.of(s.op("Gather", with("axis", 1), x.dims(), x, s.ints(order)), x);
  }

  /** A norm over channels and pixels, with a weight for each of them. */
  private static List<Wire> wholeNorm(Sketch s, Wire x, List<Wire> others) {
    if (s.opset() < 17 || !x.isFixed(2) || !x.isFixed(3)) {
      return List.of();
    }
    String layer = s.fresh("norm");
    long[] dims = {x.dim(1), x.dim(2), x.dim(3)};
    String scale = s.parameter(layer + ".weight", 1, 0.3, dims);
    Map<String, Object> all = with("axis", 1);
    return List.of(
        s.chance(0.5)
            ? s.op("LayerNormalization", all, x.dims(), x, scale)
            : s.op(
                "LayerNormalization",
                all,
                x.dims(),
                x,
                scale,
                s.parameter(layer + ".bias", 0, 0.3, dims)));
  }

  private static List<Wire> unitLength(Sketch s, Wire x, List<Wire> others) {
    if (s.chance(0.5)) {
      return List.of(s.op("LpNormalization", with("axis", 1, "p", s.between(1, 2)), x.dims(), x));
    }
    Wire length = s.reduce(s.any("ReduceL2", "ReduceL1"), x, true, 1);
    return List.of(s.op("Div", x, s.op("Add", length, s.number(0.1f)).name()));
  }

  private static List<Wire> softmax(Sketch s, Wire x, List<Wire> others) {
    int axis = s.any(1, 2, 3, 3);
    Wire y = s.op(s.any("Softmax", "LogSoftmax"), with("axis", axis), x.dims(), x);
    return List.of(s.op("Mul", x, y.name()));
  }

  /** A linear layer over each row of pixels, or one for each channel. */
  private static List<Wire> columns(Sketch s, Wire x, List<Wire> others) {
    if (!x.isFixed(3)) {
      return List.of();
    }
    long out = s.between(3, 6);
    if (s.chance(0.5)) {
      return List.of(s.linear(x, out));
    }
    String each = s.parameter(s.fresh("each"), 0, 0.5, x.dim(1), x.dim(3), out);
    return List.of(s.op("MatMul", Map.of(), x.with(3, out), x, each));
  }

  /** Rows of an image as tokens, as readers of text have them. */
  private static List<Wire> lines(Sketch s, Wire x, List<Wire> others) {
    if (!x.isFixed(3) || x.dim(1) * x.dim(3) > 64) {
      return List.of();
    }
    Wire turned = s.transpose(x, 0, 2, 1, 3);
    return List.of(s.reshape(turned, x.dim(0), x.dim(2), x.dim(1) * x.dim(3)));
  }

  /** Every channel as an image of its own, through one filter. */
  private static List<Wire> blurred(Sketch s, Wire x, List<Wire> others) {
    Wire apart = s.reshape(x, x.dim(0) * x.dim(1), 1, x.dim(2), x.dim(3));
    long out = s.chance(0.6) ? 1 : 2;
    Wire y = ImageMoves.convolve(s, apart, out, 1, 3, 1);
    if (!x.isFixed(0) && (!x.isFixed(2) || out > 1)) {
      return List.of();
    }
    return List.of(s.reshape(y, x.dim(0), x.dim(1) * out, x.dim(2), x.dim(3)));
  }

  /** One layer on two images at once. */
  private static List<Wire> together(Sketch s, Wire x, List<Wire> others) {
    List<Wire> alike = others.stream().filter(o -> o.dims().equals(x.dims())).toList();
    if (!x.isFixed(0) || alike.isEmpty()) {
      return List.of();
    }
    Wire both = s.concat(0, List.of(x, s.pick(alike)));
    Wire y = ImageMoves.convolve(s, both, s.between(4, 10), 1, 3, 1);
    return s.split(y, 0, x.dim(0), x.dim(0));
  }

  /** What all samples of a batch have in common. */
  private static List<Wire> batchMean(Sketch s, Wire x, List<Wire> others) {
    Wire mean = s.reduce("ReduceMean", x, true, 0, 2, 3);
    return List.of(s.op(s.any("Add", "Mul"), x, mean.name()));
  }

  /** A norm over channels, written out. */
  private static List<Wire> channelNorm(Sketch s, Wire x, List<Wire> others) {
    Wire centred = s.op("Sub", x, s.reduce("ReduceMean", x, true, 1).name());
    Wire square = s.op("Pow", centred, s.number(2));
    Wire variance = s.reduce("ReduceMean", square, true, 1);
    Wire root = s.op("Sqrt", s.op("Add", variance, s.number(0.01f)));
    return List.of(s.op("Div", centred, root.name()));
  }

  /** One channel, picked by its number. */
  private static List<Wire> oneChannel(Sketch s, Wire x, List<Wire> others) {
    List<Long> dims = List.of(x.dim(0), x.dim(2), x.dim(3));
    if (!x.isFixed(3)) {
      return List.of();
    }
    long index = s.between(0, (int) x.dim(1) - 1);
    return List.of(s.op("Gather", with("axis", 1), dims, x, s.scalar(index)), x);
  }

  /** As below, with a transposed convolution. */
  private static List<Wire> transposedCorrelation(Sketch s, Wire x, List<Wire> others) {
    if (x.dims().stream().anyMatch(dim -> dim < 0) || x.dim(1) > 12 || x.size() > 600) {
      return List.of();
    }
    long n = x.dim(0);
    Wire scene = s.lifted(ImageMoves.convolve(s, x, n, 1, 1, 1));
    Wire template = s.lifted(ImageMoves.convolve(s, x, s.between(3, 5), 1, 1, 1));
    Wire kernel = s.slice(s.slice(template, 2, 0, 1), 3, 0, 1);
    Map<String, Object> none = with("pads", new long[] {0, 0, 0, 0});
    List<Long> dims = x.with(1, template.dim(1));
    return List.of(s.op("ConvTranspose", none, dims, scene, kernel.name()));
  }

  /** An image without its channels or its rows. */
  private static List<Wire> collapsed(Sketch s, Wire x, List<Wire> others) {
    if (!x.isFixed(3)) {
      return List.of();
    }
    String operator = s.any("ReduceSum", "ReduceMean", "ReduceMax", "ReduceL2");
    return List.of(s.reduce(operator, x, false, s.between(1, 2)));
  }

  /** A squeeze that does not say which axes. */
  private static List<Wire> squeezed(Sketch s, Wire x, List<Wire> others) {
    if (x.dim(0) < 2 || x.dim(1) < 2) {
      return List.of();
    }
    Wire most = s.op("GlobalMaxPool", Map.of(), List.of(x.dim(0), x.dim(1), 1L, 1L), x);
    return List.of(s.op("Squeeze", Map.of(), List.of(x.dim(0), x.dim(1)), most));
  }

  private static List<Wire> pixelShuffle(Sketch s, Wire x, List<Wire> others) {
    if (!x.isFixed(2) || !x.isFixed(3) || x.dim(2) > 5 || x.dim(3) > 5 || x.dim(1) % 4 != 0) {
      return List.of();
    }
    Wire apart = s.reshape(x, x.dim(0), x.dim(1) / 4, 2, 2, x.dim(2), x.dim(3));
    Wire turned = s.transpose(apart, 0, 1, 4, 2, 5, 3);
    return List.of(s.reshape(turned, x.dim(0), x.dim(1) / 4, 2 * x.dim(2), 2 * x.dim(3)));
  }

  /** One image as the kernel of a convolution on another, as trackers find what they look for. */
  private static List<Wire> correlation(Sketch s, Wire x, List<Wire> others) {
    if (!x.isFixed(0) || !x.isFixed(2) || !x.isFixed(3)) {
      return List.of();
    }
    long n = s.between(3, 6);
    Wire scene = s.lifted(ImageMoves.convolve(s, x, n, 1, 1, 1));
    Wire template = s.lifted(ImageMoves.convolve(s, x, n, 1, 1, 1));
    Wire part = s.slice(template, 2, 0, 1);
    Wire kernel = s.slice(part, 3, 0, 1);
    Map<String, Object> none = with("pads", new long[] {0, 0, 0, 0});
    Wire found = s.op("Conv", none, x.with(1, x.dim(0)), scene, kernel.name());
    return List.of(s.op("Mul", x, s.gate(s.reduce("ReduceMean", found, true, 1)).name()));
  }

  /** A kernel whose inputs are scaled by the data, as StyleGAN has it. */
  private static List<Wire> modulated(Sketch s, Wire x, List<Wire> others) {
    if (x.dim(0) != 1) {
      return List.of();
    }
    long out = s.between(4, 8);
    Wire style = s.gate(s.linear(s.reduce("ReduceMean", x, false, 2, 3), x.dim(1)));
    Wire scale = s.reshape(style, 1, x.dim(1), 1, 1);
    String weight = s.weights(s.fresh("modulated"), out, x.dim(1), 3, 3);
    List<Long> dims = List.of(out, x.dim(1), 3L, 3L);
    Wire kernel = s.op("Mul", Map.of(), dims, scale, weight);
    if (s.chance(0.5)) {
      Wire square = s.op("Mul", kernel, kernel.name());
      Wire sum = s.reduce("ReduceSum", square, true, 1, 2, 3);
      kernel = s.op("Div", kernel, s.op("Sqrt", s.op("Add", sum, s.number(0.1f))).name());
    }
    Map<String, Object> same = with("pads", new long[] {1, 1, 1, 1});
    return List.of(s.op("Conv", same, x.with(1, out), x, kernel.name()));
  }

  /** A detour through numbers of another type. */
  private static List<Wire> doubles(Sketch s, Wire x, List<Wire> others) {
    Wire wide = s.op("Cast", with("to", 11), x.dims(), x);
    return List.of(s.op("Cast", with("to", 1), x.dims(), s.op("Identity", wide)));
  }
}

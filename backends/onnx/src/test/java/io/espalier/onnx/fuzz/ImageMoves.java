package io.espalier.onnx.fuzz;

import static io.espalier.onnx.fuzz.Sketch.with;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Layers that work on images [batch, channels, height, width]. */
final class ImageMoves {
  private static final long MOST_CHANNELS = 24;
  private static final long LARGEST = 10;

  private ImageMoves() {}

  static List<Move> all() {
    return List.of(
        ImageMoves::convolution,
        ImageMoves::convolution,
        ImageMoves::convolution,
        ImageMoves::convolution,
        ImageMoves::convolution,
        ImageMoves::convolution,
        ImageMoves::bottleneck,
        ImageMoves::bottleneck,
        ImageMoves::grouped,
        ImageMoves::grouped,
        ImageMoves::depthwise,
        ImageMoves::transposed,
        ImageMoves::twice,
        ImageMoves::batchNorm,
        ImageMoves::instanceNorm,
        ImageMoves::groupNorm,
        ImageMoves::channelsLast,
        ImageMoves::activation,
        ImageMoves::prelu,
        ImageMoves::residual,
        ImageMoves::residual,
        ImageMoves::residual,
        ImageMoves::dense,
        ImageMoves::dense,
        ImageMoves::dense,
        ImageMoves::squeezeExcite,
        ImageMoves::squeezeExcite,
        ImageMoves::attentionMap,
        ImageMoves::pool,
        ImageMoves::resize);
  }

  /** A convolution that keeps the size of an image, unless it strides. */
  static Wire convolve(Sketch s, Wire x, long out, long groups, int kernel, int stride) {
    String layer = s.fresh("conv");
    String weight = s.weights(layer, out, x.dim(1) / groups, kernel, kernel);
    return convolve(s, x, layer, weight, out, groups, kernel, stride);
  }

  private static Wire convolve(
      Sketch s,
      Wire x,
      String layer,
      String weight,
      long out,
      long groups,
      int kernel,
      int stride) {
    int dilation = kernel > 1 && s.chance(0.1) ? 2 : 1;
    long pad = (long) dilation * (kernel / 2);
    List<Long> dims = new ArrayList<>(x.with(1, out));
    for (int axis = 2; axis < 4; axis++) {
      long n = (x.length(axis) + stride - 1) / stride;
      dims.set(axis, x.isFixed(axis) ? n : -n);
    }
    Map<String, Object> attributes =
        with("strides", new long[] {stride, stride}, "dilations", new long[] {dilation, dilation});
    if (stride == 1 && dilation == 1 && s.chance(0.1)) {
      attributes.put("auto_pad", "SAME_UPPER");
    } else {
      attributes.put("pads", new long[] {pad, pad, pad, pad});
    }
    if (groups > 1) {
      attributes.put("group", groups);
    }
    return s.chance(0.6)
        ? s.op("Conv", attributes, dims, x, weight, s.parameter(layer + ".bias", 0, 0.2, out))
        : s.op("Conv", attributes, dims, x, weight);
  }

  private static int kernel(Sketch s) {
    return s.any(1, 1, 3, 3, 3, 5);
  }

  private static List<Wire> convolution(Sketch s, Wire x, List<Wire> others) {
    int stride = s.chance(0.15) && even(x) ? 2 : 1;
    Wire y = convolve(s, x, s.between(4, 16), 1, kernel(s), stride);
    return List.of(s.chance(0.5) ? s.activation(y) : y);
  }

  private static boolean even(Wire x) {
    return x.length(2) % 4 == 0 && x.length(3) % 4 == 0;
  }

  private static List<Wire> grouped(Sketch s, Wire x, List<Wire> others) {
    long groups = s.divisor(x.dim(1));
    if (groups == 1) {
      return List.of();
    }
    long out = groups * s.between(1, Math.toIntExact(Math.max(1, 16 / groups)));
    return List.of(convolve(s, x, out, groups, kernel(s), 1));
  }

  private static List<Wire> depthwise(Sketch s, Wire x, List<Wire> others) {
    long channels = x.dim(1);
    if (channels < 2 || channels > MOST_CHANNELS) {
      return List.of();
    }
    long out = s.chance(0.25) && 2 * channels <= MOST_CHANNELS ? 2 * channels : channels;
    Wire y = convolve(s, x, out, channels, s.any(3, 3, 1), 1);
    return List.of(s.chance(0.5) ? y : s.activation(y));
  }

  private static List<Wire> transposed(Sketch s, Wire x, List<Wire> others) {
    if (x.length(2) > LARGEST / 2 || x.length(3) > LARGEST / 2) {
      return List.of();
    }
    long groups = s.chance(0.5) ? 1 : s.divisor(x.dim(1));
    long part = Math.max(1, s.between(4, 12) / groups);
    List<Long> dims = List.of(x.dim(0), groups * part, 2 * x.dim(2), 2 * x.dim(3));
    Map<String, Object> attributes = with("strides", new long[] {2, 2}, "group", groups);
    int kernel = s.between(2, 4);
    if (kernel > 2) {
      attributes.put("pads", new long[] {1, 1, 1, 1});
    }
    if (kernel == 3) {
      attributes.put("output_padding", new long[] {1, 1});
    }
    String weight = s.weights(s.fresh("up"), x.dim(1), part, kernel, kernel);
    return List.of(s.op("ConvTranspose", attributes, dims, x, weight));
  }

  /** One convolution on two images. */
  private static List<Wire> twice(Sketch s, Wire x, List<Wire> others) {
    List<Wire> alike =
        others.stream().filter(o -> o.isImage() && o.dim(1) == x.dim(1) && !o.equals(x)).toList();
    if (alike.isEmpty()) {
      return List.of();
    }
    long out = s.between(4, 12);
    String layer = s.fresh("shared");
    int kernel = kernel(s);
    String weight = s.weights(layer, out, x.dim(1), kernel, kernel);
    return List.of(
        convolve(s, x, layer, weight, out, 1, kernel, 1),
        convolve(s, s.pick(alike), layer, weight, out, 1, kernel, 1));
  }

  private static List<Wire> batchNorm(Sketch s, Wire x, List<Wire> others) {
    long n = x.dim(1);
    String layer = s.fresh("bn");
    String scale = s.parameter(layer + ".weight", 1, 0.2, n);
    return List.of(
        s.op(
            "BatchNormalization",
            x,
            scale,
            s.parameter(layer + ".bias", 0, 0.2, n),
            s.parameter(layer + ".running_mean", 0, 0.2, n),
            s.chance(0.2) ? scale : s.parameter(layer + ".running_var", 1, 0.2, n)));
  }

  private static String[] scales(Sketch s, long n, long... dims) {
    String layer = s.fresh("norm");
    long[] shape = dims.length == 0 ? new long[] {n} : dims;
    return new String[] {
      s.parameter(layer + ".weight", 1, 0.3, shape), s.parameter(layer + ".bias", 0, 0.3, shape)
    };
  }

  private static List<Wire> instanceNorm(Sketch s, Wire x, List<Wire> others) {
    return x.length(2) * x.length(3) < 4
        ? List.of()
        : List.of(
            s.op(
                "InstanceNormalization", with("epsilon", 1e-2f), x.dims(), x, scales(s, x.dim(1))));
  }

  private static List<Wire> groupNorm(Sketch s, Wire x, List<Wire> others) {
    long groups = s.chance(0.3) ? 1 : s.divisor(x.dim(1));
    if (x.length(2) * x.length(3) < 4 || (!x.isFixed(2) && !s.sized())) {
      return List.of();
    }
    if (s.opset() >= 21 && s.chance(0.5)) {
      return List.of(
          s.op(
              "GroupNormalization",
              with("num_groups", groups, "epsilon", 1e-2f),
              x.dims(),
              x,
              scales(s, x.dim(1))));
    }
    long inner = Wire.product(x.dims().subList(1, 4)) / groups;
    Wire rows = s.reshape(x, x.dim(0), groups, inner);
    String[] unit = {
      s.parameter(s.fresh("ones"), 1, 0, groups), s.parameter(s.fresh("zeros"), 0, 0, groups)
    };
    Wire normed = s.op("InstanceNormalization", with("epsilon", 1e-2f), rows.dims(), rows, unit);
    boolean open = !x.isFixed(2) || s.chance(0.3);
    Wire y = open ? new Reshapes(s).like(normed, x) : s.reshape(normed, x.dims());
    String[] affine = scales(s, 0, x.dim(1), 1, 1);
    return List.of(s.op("Add", s.op("Mul", y, affine[0]), affine[1]));
  }

  /** What ConvNeXt does: norm and linear layers over channels that stand last. */
  private static List<Wire> channelsLast(Sketch s, Wire x, List<Wire> others) {
    Wire last = s.transpose(x, 0, 2, 3, 1);
    Wire y = s.chance(0.6) ? s.lastNorm(last) : last;
    if (s.chance(0.6)) {
      y = s.activation(s.linear(y, s.between(4, 16)));
    }
    return List.of(s.transpose(y, 0, 3, 1, 2));
  }

  private static List<Wire> activation(Sketch s, Wire x, List<Wire> others) {
    return List.of(s.activation(x));
  }

  private static List<Wire> prelu(Sketch s, Wire x, List<Wire> others) {
    return List.of(s.op("PRelu", x, s.parameter(s.fresh("slope"), 0.3, 0.1, x.dim(1), 1, 1)));
  }

  /** A sum, or something like it, with another image or a branch of its own. */
  private static List<Wire> residual(Sketch s, Wire x, List<Wire> others) {
    List<Wire> alike =
        others.stream().filter(o -> o.dims().equals(x.dims()) && !o.equals(x)).toList();
    Wire other;
    if (!alike.isEmpty() && s.chance(0.6)) {
      other = s.pick(alike);
    } else {
      Wire inner = s.activation(convolve(s, x, s.between(4, 12), 1, kernel(s), 1));
      other = convolve(s, inner, x.dim(1), 1, s.any(1, 3), 1);
    }
    return List.of(Joins.join(s, x, other));
  }

  /** Narrow, deep and wide again, beside a way round it. */
  private static List<Wire> bottleneck(Sketch s, Wire x, List<Wire> others) {
    long inner = s.between(4, 10);
    Wire narrow = s.activation(convolve(s, x, inner, 1, 1, 1));
    Wire deep = s.activation(convolve(s, narrow, s.between(4, 10), 1, 3, 1));
    Wire wide = convolve(s, deep, x.dim(1), 1, 1, 1);
    return List.of(s.op("Add", x, wide.name()));
  }

  /** A concatenation with what a convolution adds, as in DenseNet. */
  private static List<Wire> dense(Sketch s, Wire x, List<Wire> others) {
    if (x.dim(1) > MOST_CHANNELS) {
      return List.of();
    }
    Wire more = s.activation(convolve(s, x, s.between(2, 8), 1, kernel(s), 1));
    return List.of(s.concat(1, s.chance(0.7) ? List.of(x, more) : List.of(more, x, more)));
  }

  private static List<Wire> squeezeExcite(Sketch s, Wire x, List<Wire> others) {
    long n = x.dim(1);
    Wire means =
        s.chance(0.5)
            ? s.op("GlobalAveragePool", Map.of(), List.of(x.dim(0), n, 1L, 1L), x)
            : s.reduce("ReduceMean", x, true, 2, 3);
    Wire gates;
    if (s.chance(0.5)) {
      Wire inner = s.activation(convolve(s, means, s.between(2, 8), 1, 1, 1));
      gates = s.gate(convolve(s, inner, n, 1, 1, 1));
    } else {
      Wire rows = s.chance(0.5) ? s.flatten(means) : s.squeeze(means, 2, 3);
      Wire row = s.gate(s.linear(s.activation(s.linear(rows, s.between(2, 8))), n));
      gates = s.chance(0.5) ? s.unsqueeze(row, 2, 3) : s.reshape(row, x.dim(0), n, 1, 1);
    }
    return List.of(s.op("Mul", x, gates.name()));
  }

  /** One weight for each pixel, from the mean and the maximum over channels. */
  private static List<Wire> attentionMap(Sketch s, Wire x, List<Wire> others) {
    Wire mean = s.reduce("ReduceMean", x, true, 1);
    Wire most = s.reduce(s.any("ReduceMax", "ReduceMin", "ReduceL2"), x, true, 1);
    Wire map = s.gate(convolve(s, s.concat(1, List.of(mean, most)), 1, 1, 3, 1));
    return List.of(s.op("Mul", x, map.name()));
  }

  private static List<Wire> pool(Sketch s, Wire x, List<Wire> others) {
    if (s.chance(0.5)) {
      Map<String, Object> same =
          with("kernel_shape", new long[] {3, 3}, "pads", new long[] {1, 1, 1, 1});
      return List.of(s.op(s.any("MaxPool", "AveragePool"), same, x.dims(), x));
    }
    if (!even(x)) {
      return List.of();
    }
    Map<String, Object> half =
        with("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2});
    List<Long> dims = List.of(x.dim(0), x.dim(1), x.dim(2) / 2, x.dim(3) / 2);
    return List.of(s.op(s.any("MaxPool", "AveragePool", "LpPool"), half, dims, x));
  }

  private static List<Wire> resize(Sketch s, Wire x, List<Wire> others) {
    if (x.length(2) > LARGEST / 2 || x.length(3) > LARGEST / 2) {
      return List.of();
    }
    List<Long> dims = List.of(x.dim(0), x.dim(1), 2 * x.dim(2), 2 * x.dim(3));
    if (s.opset() < 11) {
      return List.of(s.op("Upsample", with("mode", "nearest"), dims, x, s.floats(1, 1, 2, 2)));
    }
    Map<String, Object> nearest =
        with(
            "mode",
            "nearest",
            "coordinate_transformation_mode",
            "asymmetric",
            "nearest_mode",
            "floor");
    boolean bySizes = s.chance(0.5) && dims.stream().allMatch(dim -> dim > 0);
    if (bySizes && s.opset() >= 13) {
      String sizes = s.ints(dims.stream().mapToLong(Long::longValue).toArray());
      return List.of(s.op("Resize", nearest, dims, x, "", "", sizes));
    }
    return List.of(s.op("Resize", nearest, dims, x, s.floats(), s.floats(1, 1, 2, 2)));
  }
}

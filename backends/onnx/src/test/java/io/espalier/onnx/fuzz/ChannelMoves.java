package io.espalier.onnx.fuzz;

import static io.espalier.onnx.fuzz.Sketch.with;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What cuts, joins, rearranges and stretches images, and what else is made of them. */
final class ChannelMoves {
  private static final long MOST_CHANNELS = 24;

  private ChannelMoves() {}

  static List<Move> all() {
    return List.of(
        ChannelMoves::shuffle,
        ChannelMoves::shuffle,
        ChannelMoves::parts,
        ChannelMoves::parts,
        ChannelMoves::range,
        ChannelMoves::gated,
        ChannelMoves::concatenated,
        ChannelMoves::concatenated,
        ChannelMoves::rolled,
        ChannelMoves::padded,
        ChannelMoves::cropped,
        ChannelMoves::border,
        ChannelMoves::deeper,
        ChannelMoves::shallower,
        ChannelMoves::windows,
        ChannelMoves::scaled,
        ChannelMoves::stretched,
        ChannelMoves::repeated,
        ChannelMoves::merged,
        ChannelMoves::bilinear,
        ChannelMoves::tokens,
        ChannelMoves::tokens,
        ChannelMoves::rows,
        ChannelMoves::means);
  }

  /** The shuffle of ShuffleNet. */
  private static List<Wire> shuffle(Sketch s, Wire x, List<Wire> others) {
    long groups = s.divisor(x.dim(1));
    if (groups == 1) {
      return List.of();
    }
    Wire apart = s.reshape(x, x.dim(0), groups, x.dim(1) / groups, x.dim(2), x.dim(3));
    return List.of(s.reshape(s.transpose(apart, 0, 2, 1, 3, 4), x.dims()));
  }

  /** Parts that go on by themselves, or come together in another order. */
  private static List<Wire> parts(Sketch s, Wire x, List<Wire> others) {
    if (x.dim(1) < 4) {
      return List.of();
    }
    int count = s.between(2, 3);
    boolean equal = x.dim(1) % count == 0 && s.chance(0.5);
    long[] sizes = s.pieces(x.dim(1), count);
    if (equal) {
      Arrays.fill(sizes, x.dim(1) / count);
    }
    List<Wire> parts = s.split(x, 1, sizes);
    if (s.chance(0.5)) {
      return parts;
    }
    List<Wire> mixed = new ArrayList<>();
    for (int i : s.shuffled(parts.size())) {
      mixed.add(s.chance(0.4) ? s.activation(parts.get(i)) : parts.get(i));
    }
    return List.of(s.concat(1, mixed));
  }

  private static List<Wire> range(Sketch s, Wire x, List<Wire> others) {
    if (x.dim(1) < 3) {
      return List.of();
    }
    int from = s.between(0, (int) x.dim(1) - 2);
    return List.of(s.slice(x, 1, from, s.between(from + 1, (int) x.dim(1))), x);
  }

  /** A gated linear unit. */
  private static List<Wire> gated(Sketch s, Wire x, List<Wire> others) {
    if (x.dim(1) % 2 != 0) {
      return List.of();
    }
    List<Wire> halves =
        s.chance(0.5)
            ? s.split(x, 1, x.dim(1) / 2, x.dim(1) / 2)
            : List.of(s.slice(x, 1, 0, x.dim(1) / 2), s.slice(x, 1, x.dim(1) / 2, x.dim(1)));
    return List.of(s.op("Mul", halves.get(0), s.gate(halves.get(1)).name()));
  }

  private static List<Wire> concatenated(Sketch s, Wire x, List<Wire> others) {
    List<Wire> beside =
        others.stream()
            .filter(o -> o.isImage() && o.with(1, 1).equals(x.with(1, 1)))
            .filter(o -> o.dim(1) + x.dim(1) <= MOST_CHANNELS)
            .toList();
    if (beside.isEmpty()) {
      return List.of();
    }
    Wire other = s.pick(beside);
    if (s.chance(0.2) && other.dims().equals(x.dims()) && x.length(2) < 6) {
      return List.of(s.concat(2, List.of(x, other)));
    }
    return List.of(s.concat(1, s.chance(0.5) ? List.of(x, other) : List.of(other, x)));
  }

  /** A cyclic shift of channels or rows. */
  private static List<Wire> rolled(Sketch s, Wire x, List<Wire> others) {
    int axis = s.chance(0.5) ? 1 : 2;
    if (!x.isFixed(axis) || x.dim(axis) < 2) {
      return List.of();
    }
    int by = s.between(1, (int) x.dim(axis) - 1);
    Wire front = s.slice(x, axis, 0, by);
    return List.of(s.concat(axis, List.of(s.slice(x, axis, by, x.dim(axis)), front)));
  }

  /** More channels, of zeros, as the shortcuts of old residual networks have. */
  private static List<Wire> padded(Sketch s, Wire x, List<Wire> others) {
    return x.dim(1) > MOST_CHANNELS - 6
        ? List.of()
        : List.of(s.pad(x, 1, s.between(0, 3), s.between(1, 3)));
  }

  private static List<Wire> cropped(Sketch s, Wire x, List<Wire> others) {
    return x.dim(1) < 6 ? List.of() : List.of(s.pad(x, 1, -s.between(0, 2), -s.between(1, 2)));
  }

  private static List<Wire> border(Sketch s, Wire x, List<Wire> others) {
    if (s.chance(0.5)) {
      String mode = s.any("constant", "reflect", "edge");
      long[] pads = {0, 0, 1, 1, 0, 0, 1, 1};
      if (x.length(2) < 2 || x.length(2) > 8) {
        return List.of();
      }
      List<Long> dims = new ArrayList<>(x.dims());
      for (int axis = 2; axis < 4; axis++) {
        dims.set(axis, x.dim(axis) + (x.isFixed(axis) ? 2 : -2));
      }
      Wire y = s.pad(x, dims, mode, pads);
      Map<String, Object> kernel = with("kernel_shape", new long[] {3, 3});
      return List.of(s.op("AveragePool", kernel, x.dims(), y));
    }
    return x.length(2) < 4 ? List.of() : List.of(s.pad(s.pad(x, 3, -1, 0), 3, 1, 0));
  }

  private static List<Wire> deeper(Sketch s, Wire x, List<Wire> others) {
    if (x.dim(1) > 6 || x.length(2) % 2 != 0 || x.length(3) % 2 != 0) {
      return List.of();
    }
    List<Long> dims = List.of(x.dim(0), 4 * x.dim(1), x.dim(2) / 2, x.dim(3) / 2);
    return List.of(s.op("SpaceToDepth", with("blocksize", 2), dims, x));
  }

  private static List<Wire> shallower(Sketch s, Wire x, List<Wire> others) {
    if (x.dim(1) % 4 != 0 || x.length(2) > 5 || x.length(3) > 5) {
      return List.of();
    }
    List<Long> dims = List.of(x.dim(0), x.dim(1) / 4, 2 * x.dim(2), 2 * x.dim(3));
    Map<String, Object> attributes = with("blocksize", 2);
    if (s.opset() >= 11) {
      attributes.put("mode", s.any("DCR", "CRD"));
    }
    return List.of(s.op("DepthToSpace", attributes, dims, x));
  }

  /** Windows of 2 x 2 pixels, a linear layer in each, and back. */
  private static List<Wire> windows(Sketch s, Wire x, List<Wire> others) {
    if (!x.isFixed(2) || !x.isFixed(3) || x.dim(2) % 2 != 0 || x.dim(3) % 2 != 0) {
      return List.of();
    }
    long h = x.dim(2) / 2;
    long w = x.dim(3) / 2;
    long n = x.dim(1);
    Wire apart = s.transpose(s.reshape(x, x.dim(0), n, h, 2, w, 2), 0, 2, 4, 3, 5, 1);
    Wire flat = s.reshape(apart, x.dim(0) * h * w, 4, n);
    Wire y = s.chance(0.5) ? s.linear(flat, s.between(4, 12)) : s.lastNorm(flat);
    Wire back = s.reshape(y, x.dim(0), h, w, 2, 2, y.dim(-1));
    Wire image = s.transpose(back, 0, 5, 1, 3, 2, 4);
    return List.of(s.reshape(image, x.dim(0), y.dim(-1), x.dim(2), x.dim(3)));
  }

  /** Parameters that are stretched over an image. */
  private static List<Wire> scaled(Sketch s, Wire x, List<Wire> others) {
    long n = x.dim(1);
    List<long[]> shapes = new ArrayList<>(List.of(new long[] {n, 1, 1}, new long[] {1, n, 1, 1}));
    if (x.isFixed(2) && x.isFixed(3)) {
      shapes.add(new long[] {1, n, x.dim(2), x.dim(3)});
      shapes.add(new long[] {x.dim(2), x.dim(3)});
      shapes.add(new long[] {n, x.dim(2), 1});
    }
    String parameter = s.parameter(s.fresh("scale"), 1, 0.4, s.pick(shapes));
    return List.of(s.op(s.any("Add", "Mul", "Mul", "Div"), x, parameter));
  }

  /** One number for each channel, stretched to the size of an image again. */
  private static List<Wire> stretched(Sketch s, Wire x, List<Wire> others) {
    if (x.dims().subList(1, 4).stream().anyMatch(dim -> dim < 0)) {
      return List.of();
    }
    Wire means = s.reduce("ReduceMean", x, true, 2, 3);
    long batch = s.chance(0.5) ? 1 : x.isFixed(0) ? x.dim(0) : 1;
    Wire wide =
        s.op("Expand", Map.of(), x.dims(), means, s.ints(batch, x.dim(1), x.dim(2), x.dim(3)));
    return List.of(Joins.join(s, x, wide));
  }

  /** Every channel several times over. */
  private static List<Wire> repeated(Sketch s, Wire x, List<Wire> others) {
    if (x.dim(1) > MOST_CHANNELS / 2) {
      return List.of();
    }
    if (s.chance(0.5)) {
      return List.of(s.op("Tile", Map.of(), x.with(1, 2 * x.dim(1)), x, s.ints(1, 2, 1, 1)));
    }
    Wire apart = s.unsqueeze(x, 2);
    Wire wide = s.op("Expand", Map.of(), apart.with(2, 2), apart, s.ints(1, 1, 2, 1, 1));
    return List.of(s.reshape(wide, x.with(1, 2 * x.dim(1))));
  }

  /** Channels and rows as one axis, over which a one-dimensional convolution runs. */
  private static List<Wire> merged(Sketch s, Wire x, List<Wire> others) {
    if (!x.isFixed(2) || x.dim(1) * x.dim(2) > 96) {
      return List.of();
    }
    Wire flat = s.reshape(x, x.dim(0), x.dim(1) * x.dim(2), x.dim(3));
    long out = s.chance(0.5) ? flat.dim(1) : x.dim(2) * s.between(2, 6);
    String weight = s.weights(s.fresh("conv1d"), out, flat.dim(1), 1);
    Wire y = s.op("Conv", Map.of(), flat.with(1, out), flat, weight);
    return List.of(s.reshape(y, x.dim(0), out / x.dim(2), x.dim(2), x.dim(3)));
  }

  /** Products of channels with channels, or of pixels with pixels, which are added up. */
  private static List<Wire> bilinear(Sketch s, Wire x, List<Wire> others) {
    if (!x.isFixed(2) || !x.isFixed(3) || x.dim(2) * x.dim(3) > 36) {
      return List.of();
    }
    long pixels = x.dim(2) * x.dim(3);
    boolean channels = s.chance(0.5);
    long m = s.between(3, 8);
    long n = channels ? s.between(3, 8) : m;
    Wire a = s.reshape(s.lifted(ImageMoves.convolve(s, x, m, 1, 1, 1)), x.dim(0), m, pixels);
    Wire b = s.reshape(s.lifted(ImageMoves.convolve(s, x, n, 1, 1, 1)), x.dim(0), n, pixels);
    Wire left = channels ? a : s.transpose(a, 0, 2, 1);
    Wire right = channels ? s.transpose(b, 0, 2, 1) : b;
    List<Long> dims = List.of(x.dim(0), left.dim(1), right.dim(2));
    Wire product = s.op("MatMul", Map.of(), dims, left, right.name());
    return List.of(s.op("Mul", product, s.number(0.1f)));
  }

  private static List<Wire> tokens(Sketch s, Wire x, List<Wire> others) {
    boolean open = !x.isFixed(2) || !x.isFixed(3);
    long pixels = x.length(2) * x.length(3);
    if (open && (x.isFixed(2) || x.isFixed(3))) {
      return List.of();
    }
    Wire flat = s.reshape(x, x.dim(0), x.dim(1), open ? -pixels : pixels);
    return List.of(s.transpose(flat, 0, 2, 1));
  }

  /** Everything in one row, and a linear layer on it. */
  private static List<Wire> rows(Sketch s, Wire x, List<Wire> others) {
    if (!x.isFixed(2) || !x.isFixed(3) || x.size() > 1200) {
      return List.of();
    }
    return List.of(s.linear(s.flatten(x), s.between(4, 16)));
  }

  private static List<Wire> means(Sketch s, Wire x, List<Wire> others) {
    return List.of(s.reduce("ReduceMean", x, false, 2, 3));
  }
}

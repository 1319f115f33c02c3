package io.espalier.onnx.fuzz;

import static io.espalier.onnx.fuzz.Sketch.with;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Layers that work on sequences [batch, length, features]. */
final class TokenMoves {
  private static final long MOST_FEATURES = 32;

  private TokenMoves() {}

  static List<Move> all() {
    return List.of(
        TokenMoves::linear,
        TokenMoves::linear,
        TokenMoves::linear,
        TokenMoves::linear,
        TokenMoves::perceptron,
        TokenMoves::perceptron,
        TokenMoves::perceptron,
        TokenMoves::gated,
        TokenMoves::gated,
        TokenMoves::gated,
        TokenMoves::norm,
        TokenMoves::attention,
        TokenMoves::attention,
        TokenMoves::fusedAttention,
        TokenMoves::fusedAttention,
        TokenMoves::groupedQueries,
        TokenMoves::mixed,
        TokenMoves::gram,
        TokenMoves::residual,
        TokenMoves::residual,
        TokenMoves::concatenated,
        TokenMoves::parts,
        TokenMoves::classToken,
        TokenMoves::positions,
        TokenMoves::reordered,
        TokenMoves::mixed,
        TokenMoves::convolved,
        TokenMoves::recurrent,
        TokenMoves::einsum,
        TokenMoves::first,
        TokenMoves::means,
        TokenMoves::flat,
        TokenMoves::image);
  }

  private static List<Wire> linear(Sketch s, Wire x, List<Wire> others) {
    return List.of(s.linear(x, s.between(4, 16)));
  }

  private static List<Wire> perceptron(Sketch s, Wire x, List<Wire> others) {
    Wire inner = s.activation(s.linear(s.chance(0.5) ? s.lastNorm(x) : x, s.between(4, 16)));
    return List.of(s.op("Add", x, s.linear(inner, x.dim(2)).name()));
  }

  /** Two branches, one of which opens and closes the other; stored as two layers or as one. */
  private static List<Wire> gated(Sketch s, Wire x, List<Wire> others) {
    long hidden = s.between(4, 10);
    Wire value;
    Wire gate;
    if (s.chance(0.5)) {
      List<Wire> halves = s.split(s.linear(x, 2 * hidden), 2, hidden, hidden);
      value = halves.get(0);
      gate = halves.get(1);
    } else {
      value = s.linear(x, hidden);
      gate = s.linear(x, hidden);
    }
    return List.of(s.linear(s.op("Mul", value, s.gate(gate).name()), s.between(4, 16)));
  }

  private static List<Wire> norm(Sketch s, Wire x, List<Wire> others) {
    return List.of(s.lastNorm(x));
  }

  /** Splits features into heads: [batch, heads, length, width]. */
  private static Wire heads(Sketch s, Wire x, long heads) {
    return s.transpose(s.reshape(x, x.dim(0), x.dim(1), heads, x.dim(2) / heads), 0, 2, 1, 3);
  }

  /** A rotation of the halves of each head by angles that depend on the place. */
  private static Wire rotated(Sketch s, Wire x, String cosines, String sines) {
    long half = x.dim(3) / 2;
    List<Wire> halves = s.split(x, 3, half, half);
    Wire turned = s.concat(3, List.of(s.op("Neg", halves.get(1)), halves.get(0)));
    return s.op("Add", s.op("Mul", x, cosines), s.op("Mul", turned, sines).name());
  }

  private static Wire attend(Sketch s, Wire queries, Wire keys, Wire v) {
    Wire q = queries;
    Wire k = keys;
    boolean alike = q.dim(2) == k.dim(2) && q.isFixed(2) && q.dim(3) % 2 == 0;
    if (alike && s.chance(0.3)) {
      String cosines = s.parameter(s.fresh("cos"), 0.5, 0.3, q.dim(2), q.dim(3));
      String sines = s.parameter(s.fresh("sin"), 0.5, 0.2, q.dim(2), q.dim(3));
      q = rotated(s, q, cosines, sines);
      k = rotated(s, k, cosines, sines);
    }
    List<Long> square = List.of(q.dim(0), q.dim(1), q.dim(2), k.dim(2));
    Wire scores = s.op("MatMul", Map.of(), square, q, s.transpose(k, 0, 1, 3, 2).name());
    Wire scaled = scores;
    if (s.chance(0.3)) {
      scaled = s.op("Div", scores, new Reshapes(s).rootOfLength(q, 3));
    } else if (s.chance(0.5)) {
      scaled = s.op("Mul", scores, s.number(0.4f));
    }
    if (s.chance(0.2) && q.isFixed(2) && k.isFixed(2)) {
      long[] table = {q.dim(1), q.dim(2), k.dim(2)};
      scaled = s.op("Add", scaled, s.parameter(s.fresh("table"), 0, 0.5, table));
    }
    Wire weights = s.op("Softmax", with("axis", s.opset() < 13 ? 3 : -1), square, scaled);
    Wire mixed = s.op("MatMul", Map.of(), q.with(3, v.dim(3)), weights, v.name());
    Wire back = s.transpose(mixed, 0, 2, 1, 3);
    return s.linear(
        s.reshape(back, back.dim(0), back.dim(1), back.dim(2) * back.dim(3)), s.between(4, 16));
  }

  private static List<Wire> attention(Sketch s, Wire x, List<Wire> others) {
    long heads = s.between(1, 4);
    long qk = heads * s.between(2, 4);
    long v = heads * s.between(2, 4);
    List<Wire> memories =
        others.stream().filter(o -> o.isTokens() && o.dim(0) == x.dim(0)).toList();
    Wire memory = s.chance(0.3) && !memories.isEmpty() ? s.pick(memories) : x;
    return List.of(
        attend(
            s,
            heads(s, s.lifted(s.linear(x, qk)), heads),
            heads(s, s.lifted(s.linear(memory, qk)), heads),
            heads(s, s.lifted(s.linear(memory, v)), heads)));
  }

  /** Queries, keys and values from one layer, in the ways that exporters cut it up. */
  private static List<Wire> fusedAttention(Sketch s, Wire x, List<Wire> others) {
    long heads = s.between(2, 4);
    long width = s.between(2, 4);
    long n = heads * width;
    Wire all = s.linear(x, 3 * n);
    List<Wire> parts = new ArrayList<>();
    if (s.chance(0.4)) {
      s.split(all, 2, n, n, n).forEach(part -> parts.add(heads(s, part, heads)));
    } else if (s.chance(0.5)) {
      for (int i = 0; i < 3; i++) {
        parts.add(heads(s, s.slice(all, 2, i * n, (i + 1) * n), heads));
      }
    } else {
      Wire apart = s.transpose(s.reshape(all, x.dim(0), x.dim(1), 3, heads, width), 2, 0, 3, 1, 4);
      List<Long> dims = apart.dims().subList(1, 5);
      for (int i = 0; i < 3; i++) {
        parts.add(s.op("Gather", with("axis", 0), dims, apart, s.scalar(i)));
      }
    }
    return List.of(attend(s, parts.get(0), parts.get(1), parts.get(2)));
  }

  /** Several heads of queries for each head of keys and values. */
  private static List<Wire> groupedQueries(Sketch s, Wire x, List<Wire> others) {
    long pairs = 2;
    long several = s.between(2, 3);
    long width = s.between(2, 4);
    Wire q = heads(s, s.linear(x, pairs * several * width), pairs * several);
    Wire k = repeat(s, heads(s, s.linear(x, pairs * width), pairs), several);
    Wire v = repeat(s, heads(s, s.linear(x, pairs * width), pairs), several);
    return List.of(attend(s, q, k, v));
  }

  private static Wire repeat(Sketch s, Wire x, long times) {
    Wire apart = s.unsqueeze(x, 2);
    Wire wide = s.op("Expand", Map.of(), apart.with(2, times), apart, s.ints(1, 1, times, 1, 1));
    return s.reshape(wide, x.dim(0), x.dim(1) * times, x.dim(2), x.dim(3));
  }

  /** Products of tokens with tokens, without a softmax. */
  private static List<Wire> gram(Sketch s, Wire x, List<Wire> others) {
    long n = s.between(4, 8);
    Wire a = s.lifted(s.linear(x, n));
    Wire b = s.chance(0.3) ? a : s.lifted(s.linear(x, n));
    List<Long> square = List.of(x.dim(0), x.dim(1), x.dim(1));
    Wire products = s.op("MatMul", Map.of(), square, a, s.transpose(b, 0, 2, 1).name());
    Wire scaled = s.op("Tanh", s.op("Mul", products, s.number(0.2f)));
    return List.of(s.op("MatMul", Map.of(), x.dims(), scaled, x.name()));
  }

  private static List<Wire> residual(Sketch s, Wire x, List<Wire> others) {
    List<Wire> alike =
        others.stream().filter(o -> o.dims().equals(x.dims()) && !o.equals(x)).toList();
    Wire other =
        alike.isEmpty() || s.chance(0.3)
            ? s.linear(s.activation(s.linear(x, s.between(4, 12))), x.dim(2))
            : s.pick(alike);
    return List.of(Joins.join(s, x, other));
  }

  private static List<Wire> concatenated(Sketch s, Wire x, List<Wire> others) {
    List<Wire> beside =
        others.stream()
            .filter(o -> o.isTokens() && o.with(2, 1).equals(x.with(2, 1)))
            .filter(o -> o.dim(2) + x.dim(2) <= MOST_FEATURES)
            .toList();
    return beside.isEmpty() ? List.of() : List.of(s.concat(2, List.of(s.pick(beside), x)));
  }

  private static List<Wire> parts(Sketch s, Wire x, List<Wire> others) {
    return x.dim(2) < 4 ? List.of() : s.split(x, 2, s.pieces(x.dim(2), s.between(2, 3)));
  }

  /** A learnt token before the others. */
  private static List<Wire> classToken(Sketch s, Wire x, List<Wire> others) {
    if (!x.isFixed(0) || x.length(1) > 40) {
      return List.of();
    }
    String learnt = s.parameter(s.fresh("cls_token"), 0, 1, 1, 1, x.dim(2));
    List<Long> dims = List.of(x.dim(0), 1L, x.dim(2));
    Wire token =
        s.op("Expand", Map.of(), dims, new Wire(learnt, List.of()), s.ints(x.dim(0), 1, 1));
    return List.of(s.concat(1, List.of(token, x)));
  }

  /** Features in an order that is stored, or weighed by one another. */
  private static List<Wire> reordered(Sketch s, Wire x, List<Wire> others) {
    if (s.chance(0.5)) {
      return List.of(s.op("Mul", x, s.op("Softmax", with("axis", 2), x.dims(), x).name()));
    }
    long[] order = s.shuffled((int) x.dim(2)).stream().mapToLong(i -> i).toArray();
    return List.of(s.op("Gather", with("axis", 2), x.dims(), x, s.ints(order)), x);
  }

  private static List<Wire> positions(Sketch s, Wire x, List<Wire> others) {
    long length = x.isFixed(1) ? x.dim(1) : 1;
    String table = s.parameter(s.fresh("positions"), 0, 0.5, 1, length, x.dim(2));
    return List.of(s.op("Add", x, table));
  }

  /** A layer over the length, as MLP mixers have it. */
  private static List<Wire> mixed(Sketch s, Wire x, List<Wire> others) {
    if (!x.isFixed(1)) {
      return List.of();
    }
    Wire across = s.transpose(x, 0, 2, 1);
    Wire inner = s.activation(s.linear(across, s.between(4, 10)));
    return s.chance(0.5)
        ? List.of(s.transpose(inner, 0, 2, 1))
        : List.of(s.op("Add", x, s.transpose(s.linear(inner, x.dim(1)), 0, 2, 1).name()));
  }

  private static List<Wire> convolved(Sketch s, Wire x, List<Wire> others) {
    Wire channels = s.transpose(x, 0, 2, 1);
    long groups = s.chance(0.5) ? 1 : s.chance(0.5) ? x.dim(2) : s.divisor(x.dim(2));
    long out = groups > 1 ? groups * s.between(1, 2) : s.between(4, 12);
    String weight = s.weights(s.fresh("conv1d"), out, x.dim(2) / groups, 3);
    Map<String, Object> attributes = with("pads", new long[] {1, 1}, "group", groups);
    Wire y = s.op("Conv", attributes, channels.with(1, out), channels, weight);
    return List.of(s.transpose(y, 0, 2, 1));
  }

  private static List<Wire> recurrent(Sketch s, Wire x, List<Wire> others) {
    String kind = s.any("LSTM", "GRU", "RNN");
    long gates = kind.equals("LSTM") ? 4 : kind.equals("GRU") ? 3 : 1;
    long hidden = s.between(3, 6);
    long ways = s.between(1, 2);
    Wire turned = s.transpose(x, 1, 0, 2);
    String layer = s.fresh("recurrent");
    double reach = 1 / Math.sqrt((double) hidden);
    Map<String, Object> attributes =
        with("hidden_size", hidden, "direction", ways == 1 ? "forward" : "bidirectional");
    Wire y =
        s.op(
            kind,
            attributes,
            List.of(x.dim(1), ways, x.dim(0), hidden),
            turned,
            s.parameter(layer + ".w", 0, reach, ways, gates * hidden, x.dim(2)),
            s.parameter(layer + ".r", 0, reach, ways, gates * hidden, hidden),
            s.parameter(layer + ".b", 0, 0.2, ways, 2 * gates * hidden));
    Wire last = s.transpose(y, 2, 0, 1, 3);
    return List.of(s.reshape(last, x.dim(0), x.dim(1), ways * hidden));
  }

  private static List<Wire> einsum(Sketch s, Wire x, List<Wire> others) {
    if (s.opset() < 12) {
      return List.of();
    }
    long heads = s.between(2, 3);
    long width = s.between(2, 4);
    String weight = s.parameter(s.fresh("einsum"), 0, 0.4, x.dim(2), heads, width);
    List<Long> dims = List.of(x.dim(0), heads, x.dim(1), width);
    Wire apart =
        new Wire(
            s.node("Einsum", with("equation", "btd,dhe->bhte"), List.of(x.name(), weight)), dims);
    return List.of(s.reshape(s.transpose(apart, 0, 2, 1, 3), x.dim(0), x.dim(1), heads * width));
  }

  private static List<Wire> first(Sketch s, Wire x, List<Wire> others) {
    if (s.chance(0.5)) {
      List<Long> dims = List.of(x.dim(0), x.dim(2));
      return List.of(
          s.op("Gather", with("axis", 1), dims, x, s.scalar(s.opset() < 11 ? 0 : s.any(0, -1))));
    }
    return List.of(s.squeeze(s.slice(x, 1, 0, 1), 1));
  }

  private static List<Wire> means(Sketch s, Wire x, List<Wire> others) {
    return List.of(s.reduce("ReduceMean", x, false, s.chance(0.8) || !x.isFixed(1) ? 1 : 2));
  }

  private static List<Wire> flat(Sketch s, Wire x, List<Wire> others) {
    return !x.isFixed(1) || x.size() > 1200
        ? List.of()
        : List.of(s.linear(s.flatten(x), s.between(4, 16)));
  }

  /** Tokens as the pixels of an image. */
  private static List<Wire> image(Sketch s, Wire x, List<Wire> others) {
    if (!x.isFixed(1)) {
      return List.of();
    }
    long height = s.divisor(x.dim(1));
    Wire channels = s.transpose(x, 0, 2, 1);
    return List.of(s.reshape(channels, x.dim(0), x.dim(2), height, x.dim(1) / height));
  }
}

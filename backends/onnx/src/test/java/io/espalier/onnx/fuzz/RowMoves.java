package io.espalier.onnx.fuzz;

import java.util.List;
import java.util.Map;

/** Layers that work on rows [batch, features]. */
final class RowMoves {
  private static final long MOST_FEATURES = 32;

  private RowMoves() {}

  static List<Move> all() {
    return List.of(
        RowMoves::linear,
        RowMoves::linear,
        RowMoves::linear,
        RowMoves::linear,
        RowMoves::linear,
        RowMoves::activation,
        RowMoves::norm,
        RowMoves::batchNorm,
        RowMoves::residual,
        RowMoves::residual,
        RowMoves::concatenated,
        RowMoves::parts,
        RowMoves::folded,
        RowMoves::gates,
        RowMoves::pixels,
        RowMoves::outer);
  }

  private static List<Wire> linear(Sketch s, Wire x, List<Wire> others) {
    Wire y = s.linear(x, s.between(4, 16));
    return List.of(s.chance(0.5) ? s.activation(y) : y);
  }

  private static List<Wire> activation(Sketch s, Wire x, List<Wire> others) {
    return List.of(s.activation(x));
  }

  private static List<Wire> norm(Sketch s, Wire x, List<Wire> others) {
    return List.of(s.lastNorm(x));
  }

  private static List<Wire> batchNorm(Sketch s, Wire x, List<Wire> others) {
    long n = x.dim(1);
    String layer = s.fresh("bn");
    return List.of(
        s.op(
            "BatchNormalization",
            x,
            s.parameter(layer + ".weight", 1, 0.2, n),
            s.parameter(layer + ".bias", 0, 0.2, n),
            s.parameter(layer + ".running_mean", 0, 0.2, n),
            s.parameter(layer + ".running_var", 1, 0.2, n)));
  }

  private static List<Wire> residual(Sketch s, Wire x, List<Wire> others) {
    List<Wire> alike =
        others.stream().filter(o -> o.dims().equals(x.dims()) && !o.equals(x)).toList();
    Wire other =
        alike.isEmpty() || s.chance(0.3)
            ? s.linear(s.activation(s.linear(x, s.between(4, 12))), x.dim(1))
            : s.pick(alike);
    return List.of(Joins.join(s, x, other));
  }

  private static List<Wire> concatenated(Sketch s, Wire x, List<Wire> others) {
    List<Wire> beside =
        others.stream()
            .filter(o -> o.isRows() && o.dim(0) == x.dim(0))
            .filter(o -> o.dim(1) + x.dim(1) <= MOST_FEATURES)
            .toList();
    return beside.isEmpty() ? List.of() : List.of(s.concat(1, List.of(x, s.pick(beside), x)));
  }

  private static List<Wire> parts(Sketch s, Wire x, List<Wire> others) {
    return x.dim(1) < 4 ? List.of() : s.split(x, 1, s.pieces(x.dim(1), s.between(2, 3)));
  }

  /** Features as a table, turned round, perhaps with a norm over each row of it. */
  private static List<Wire> folded(Sketch s, Wire x, List<Wire> others) {
    long groups = s.divisor(x.dim(1));
    if (groups == 1) {
      return List.of();
    }
    Wire table = s.reshape(x, x.dim(0), groups, x.dim(1) / groups);
    Wire y = s.chance(0.3) ? s.lastNorm(table) : table;
    return s.chance(0.4) ? List.of(y) : List.of(s.reshape(s.transpose(y, 0, 2, 1), x.dims()));
  }

  /** A row that opens and closes the channels of an image, or the features of tokens. */
  private static List<Wire> gates(Sketch s, Wire x, List<Wire> others) {
    List<Wire> all = others.stream().filter(o -> o.rank() > 2 && o.dim(0) == x.dim(0)).toList();
    if (all.isEmpty()) {
      return List.of();
    }
    Wire other = s.pick(all);
    Wire gate = s.gate(s.linear(x, other.dim(other.isImage() ? 1 : 2)));
    Wire stretched = other.isImage() ? s.unsqueeze(gate, 2, 3) : s.unsqueeze(gate, 1);
    return List.of(s.op("Mul", other, stretched.name()));
  }

  /** A small image made of a row, as generators begin. */
  private static List<Wire> pixels(Sketch s, Wire x, List<Wire> others) {
    long n = s.between(2, 6);
    return List.of(s.reshape(s.linear(x, n * 16), x.dim(0), n, 4, 4));
  }

  /** Products of all features with all features. */
  private static List<Wire> outer(Sketch s, Wire x, List<Wire> others) {
    if (x.dim(1) > 12) {
      return List.of();
    }
    Wire right = s.linear(x, s.between(3, 6));
    List<Long> dims = List.of(x.dim(0), x.dim(1), right.dim(1));
    return List.of(
        s.op(
            s.any("Mul", "MatMul"),
            Map.of(),
            dims,
            s.unsqueeze(x, 2),
            s.unsqueeze(right, 1).name()));
  }
}

package io.espalier.onnx.fuzz;

import java.util.Map;

/** What makes one value of two of the same shape. */
final class Joins {
  private Joins() {}

  static Wire join(Sketch s, Wire x, Wire y) {
    return switch (s.between(0, 9)) {
      case 0 -> s.op("Sub", x, y.name());
      case 1 -> s.op(s.any("Max", "Min", "Mean"), x, y.name());
      case 2 -> s.op("Mul", x, s.gate(y).name());
      case 3 -> s.op("Sum", x, y.name(), x.name());
      case 4 -> {
        Wire where = s.op("Greater", Map.of(), x.dims(), x, s.number(0.1f));
        yield s.op("Where", Map.of(), x.dims(), where, x.name(), y.name());
      }
      case 5 -> s.op("Div", x, s.op("Add", s.op("Sigmoid", y), s.number(0.5f)).name());
      default -> s.op("Add", x, y.name());
    };
  }
}

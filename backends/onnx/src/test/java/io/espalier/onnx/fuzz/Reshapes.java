package io.espalier.onnx.fuzz;

import static io.espalier.onnx.fuzz.Sketch.with;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reshapes, written in the ways that exporters have, and what else is computed from lengths. */
final class Reshapes {
  private final Sketch s;

  Reshapes(Sketch s) {
    this.s = s;
  }

  Wire reshape(Wire x, List<Long> dims) {
    long[] target = dims.stream().mapToLong(Long::longValue).toArray();
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < target.length; i++) {
      boolean copied = i < x.rank() && dims.subList(0, i + 1).equals(x.dims().subList(0, i + 1));
      if (copied && (target[i] < 0 || s.chance(0.3))) {
        target[i] = 0;
      } else if (target[i] < 0) {
        open.add(i);
      }
    }
    if (open.size() > 1 || s.chance(0.15)) {
      String shape = computed(x, dims);
      return new Wire(s.node("Reshape", Map.of(), List.of(x.name(), shape)), dims);
    }
    if (!open.isEmpty()) {
      target[open.get(0)] = -1;
    } else if (s.chance(0.4)) {
      target[s.between(0, target.length - 1)] = -1;
    }
    return s.op("Reshape", Map.of(), dims, x, s.ints(target));
  }

  /** A reshape to the shape that another value has. */
  Wire like(Wire x, Wire other) {
    String shape = s.node("Shape", Map.of(), List.of(other.name()));
    return new Wire(s.node("Reshape", Map.of(), List.of(x.name(), shape)), other.dims());
  }

  /** A shape read off a value; what is not one of its lengths is a number, or left to infer. */
  private String computed(Wire x, List<Long> dims) {
    String shape = s.node("Shape", Map.of(), List.of(x.name()));
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < dims.size(); i++) {
      long dim = dims.get(i);
      int at = x.dims().indexOf(dim);
      boolean both = i + 1 < x.rank() && dim == Wire.product(x.dims().subList(i, i + 2));
      if (at >= 0 && (dim < 0 || s.chance(0.5))) {
        parts.add(unsqueezed(length(shape, i < x.rank() && x.dim(i) == dim ? i : at)));
      } else if (both && s.chance(0.5)) {
        List<String> lengths = List.of(length(shape, i), length(shape, i + 1));
        parts.add(unsqueezed(s.node("Mul", Map.of(), lengths)));
      } else {
        parts.add(s.ints(dim < 0 ? -1 : dim));
      }
    }
    return s.node("Concat", with("axis", 0), parts);
  }

  /** The square root of a length, computed when the network runs. */
  String rootOfLength(Wire x, int axis) {
    String n = length(s.node("Shape", Map.of(), List.of(x.name())), axis);
    String real = s.node("Cast", with("to", 1), List.of(n));
    return s.node("Sqrt", Map.of(), List.of(real));
  }

  private String length(String shape, int axis) {
    return s.node("Gather", with("axis", 0), List.of(shape, s.scalar(axis)));
  }

  private String unsqueezed(String length) {
    return s.opset() >= 13
        ? s.node("Unsqueeze", Map.of(), List.of(length, s.ints(0)))
        : s.node("Unsqueeze", with("axes", new long[] {0}), List.of(length));
  }
}

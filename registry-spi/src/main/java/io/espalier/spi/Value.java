package io.espalier.spi;

import java.util.List;
import java.util.Optional;

/** A tensor as one node sees it: one of its inputs or outputs. */
public interface Value {
  /** Whether the node has this input or output at all; an optional one may be left out. */
  boolean present();

  /** The name of the tensor in the model; empty where it is absent. */
  String name();

  /**
   * Whether the tensor is made of parameters only: no path leads to it from an input of the
   * network.
   */
  boolean parameter();

  /**
   * The axes of the tensor, outermost first; empty for a scalar and for an absent value. A module
   * (never a rule) may also meet a tensor whose shape is not known, since it is computed behind an
   * operator without a rule: it has no axes either. The shape of a stored parameter is always
   * known.
   */
  List<Axis> axes();

  /** The elements, where this is a small integer tensor that the analysis could follow. */
  Optional<Ints> ints();

  /**
   * The elements in row-major order, where this is a constant of at most 1024 floating-point
   * numbers.
   */
  Optional<float[]> floats();

  /**
   * Whether every element is known to be zero, whatever the shape: the initial state that exporters
   * give to recurrent layers.
   */
  boolean zero();

  /** The number of axes. */
  default int rank() {
    return axes().size();
  }

  /**
   * One axis; negative numbers count from the innermost.
   *
   * @throws IndexOutOfBoundsException if there is no such axis
   */
  default Axis axis(int index) {
    List<Axis> axes = axes();
    int from = index < 0 ? index + axes.size() : index;
    if (from < 0 || from >= axes.size()) {
      String value = present() ? "the value '" + name() + "'" : "a value that the node leaves out";
      throw new IndexOutOfBoundsException(
          value + " has no axis " + index + "; it has " + axes.size());
    }
    return axes.get(from);
  }
}

package io.espalier.core.data;

import java.util.List;

/**
 * An input of a network.
 *
 * @param name its name
 * @param type its element type
 * @param shape its dimensions, -1 where one is open; the first is the sample's
 * @param trial a size for each dimension, for data that are made up: those of the shape where it
 *     states them
 * @param plausible what its elements are, for data that are made up
 */
public record InputSpec(
    String name, ElementType type, List<Long> shape, List<Long> trial, Draw plausible) {

  public InputSpec {
    shape = List.copyOf(shape);
    trial = List.copyOf(trial);
    if (shape.size() != trial.size()) {
      throw new IllegalArgumentException(trial + " are not trial sizes of " + shape);
    }
  }

  /** An input whose open dimensions are 1 where data are made up, of normal numbers or zeros. */
  public static InputSpec of(String name, ElementType type, Long... shape) {
    List<Long> dims = List.of(shape);
    return new InputSpec(
        name,
        type,
        dims,
        dims.stream().map(size -> Math.max(size, 1)).toList(),
        type.isFloating() ? Draw.normal() : Draw.always(0));
  }

  /** The dimensions of one sample, -1 where one is open. */
  public List<Long> sampleShape() {
    return shape.subList(Math.min(1, shape.size()), shape.size());
  }

  /**
   * How many samples a batch must hold: what the first dimension of an input states, or as
   * preferred where none states it.
   */
  public static int batchSize(List<InputSpec> inputs, int preferred) {
    for (InputSpec input : inputs) {
      if (!input.shape.isEmpty() && input.shape.get(0) > 0) {
        return Math.toIntExact(input.shape.get(0));
      }
    }
    return preferred;
  }

  /** {@code 'x' of float32[-1, 3, 32, 32]}, with a question mark for what is open. */
  @Override
  public String toString() {
    List<String> dims = shape.stream().map(size -> size < 0 ? "?" : size.toString()).toList();
    return "'" + name + "' of " + type + "[" + String.join(", ", dims) + "]";
  }
}

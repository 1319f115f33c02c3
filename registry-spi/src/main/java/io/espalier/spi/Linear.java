package io.espalier.spi;

/**
 * How the first output of a node depends on a weight: linearly, as a sum over the products of the
 * weight with what one axis of the data holds,
 *
 * <pre>{@code
 * y[.., o, ..] = sum over i and places p of x[.., i, .. + p] * w[o, i, p]  (+ bias[o])
 * }</pre>
 *
 * <p>Axes of the weight that are neither contracted nor become an output axis are windows that
 * slide over the data. Data from which such weights can be solved anew are what calibration
 * observes.
 *
 * @param data the input that holds x
 * @param dataAxis the axis of x that is summed over, counted from 0
 * @param weight the input that holds w
 * @param contracted the axis of w that is summed over together with {@code dataAxis}; with groups
 *     it counts within one group
 * @param produced the axis of w that becomes {@code outputAxis}, over all groups
 * @param outputAxis the axis of y, counted from 0
 * @param bias the input of extents [o] that is added along {@code outputAxis}; -1 where the node
 *     takes none
 * @param groups how many equal parts data and output fall into along their axes, outermost; 1 where
 *     every output reads all of the data
 */
public record Linear(
    int data,
    int dataAxis,
    int weight,
    int contracted,
    int produced,
    int outputAxis,
    int bias,
    int groups) {
  /** Checks that the numbers can be indices. */
  public Linear {
    if (data < 0
        || dataAxis < 0
        || weight < 0
        || contracted < 0
        || produced < 0
        || outputAxis < 0) {
      throw new IllegalArgumentException("inputs and axes are counted from 0");
    }
    if (data == weight || contracted == produced || bias < -1 || groups < 1) {
      throw new IllegalArgumentException(
          "data and weight, and the contracted and the produced axis, must differ; a bias is -1 or"
              + " an input, and there is at least one group");
    }
  }

  /** With one group, and no bias of its own. */
  public static Linear of(
      int data, int dataAxis, int weight, int contracted, int produced, int outputAxis) {
    return new Linear(data, dataAxis, weight, contracted, produced, outputAxis, -1, 1);
  }

  /** The same with a bias, where the node has that input. */
  public Linear withBias(int input) {
    return new Linear(data, dataAxis, weight, contracted, produced, outputAxis, input, groups);
  }

  /** The same in groups. */
  public Linear withGroups(int count) {
    return new Linear(data, dataAxis, weight, contracted, produced, outputAxis, bias, count);
  }
}

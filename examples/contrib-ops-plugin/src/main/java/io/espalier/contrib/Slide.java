package io.espalier.contrib;

import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.Typing;
import java.util.Arrays;
import java.util.List;

/** How a kernel slides over spatial axes: one number for each of them. */
final class Slide {
  private final long[] kernel;
  private final long[] strides;
  private final long[] dilations;
  private final long[] pads;
  private final boolean same;

  /**
   * Reads the attributes of a convolution.
   *
   * @param axes the axes of its kernel
   */
  Slide(Node node, List<Axis> axes) {
    int spatial = axes.size();
    long[] ones = new long[spatial];
    Arrays.fill(ones, 1);
    String autoPad = node.attributes().text("auto_pad", "NOTSET");
    boolean explicit = autoPad.isEmpty() || autoPad.equals("NOTSET");
    this.kernel = axes.stream().mapToLong(Axis::extent).toArray();
    this.strides = node.attributes().numbers("strides").orElse(ones);
    this.dilations = node.attributes().numbers("dilations").orElse(ones);
    this.pads =
        explicit
            ? node.attributes().numbers("pads").orElse(new long[2 * spatial])
            : new long[2 * spatial];
    this.same = autoPad.startsWith("SAME");
  }

  /** Whether there is one of each number for each axis. */
  boolean fits() {
    return strides.length == kernel.length
        && dilations.length == kernel.length
        && pads.length == 2 * kernel.length
        && Arrays.stream(strides).allMatch(n -> n > 0)
        && Arrays.stream(dilations).allMatch(n -> n > 0);
  }

  private long end(int i) {
    return pads[kernel.length + i];
  }

  /** How often the kernel fits along an axis; less than 1 where it does not. */
  long extent(int i, long in) {
    long span = (kernel[i] - 1) * dilations[i] + 1;
    return same
        ? (in + strides[i] - 1) / strides[i]
        : Math.floorDiv(in + pads[i] + end(i) - span, strides[i]) + 1;
  }

  /**
   * The kernel along an axis: as much of its centred run may stay as the padding can make up for,
   * and the attributes follow.
   */
  Axis window(int i, Node node, Typing t) {
    // Half of the padding in the worst case: an axis that is a multiple of the stride.
    long span = (kernel[i] - 1) * dilations[i] + 1;
    long room = Math.max(0, same ? (span - strides[i]) / 2 : Math.min(pads[i], end(i)));
    long least = kernel[i] - 2 * Math.min(room / dilations[i], (kernel[i] - 1) / 2);
    if (least == kernel[i]) {
      return Fused.frozen(
          t, kernel[i], "its padding leaves no room for a smaller kernel of the same parity");
    }
    Axis window = t.window(kernel[i], least);
    if (node.attributes().numbers("kernel_shape").isPresent()) {
      t.attribute("kernel_shape", i, t.extentOf(window));
    }
    long original = kernel[i];
    long dilation = dilations[i];
    for (int pad : same ? new int[0] : new int[] {i, kernel.length + i}) {
      t.attribute(
          "pads",
          pad,
          t.compute(
              (size, padding) -> padding - (original - size) / 2 * dilation,
              t.extentOf(window),
              t.number(pads[pad])));
    }
    return window;
  }
}

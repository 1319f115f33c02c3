package io.espalier.modules.operators;

import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.Typing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The windows that a convolution or a pool slides over its spatial axes: kernel, strides, dilations
 * and padding, one number for each axis.
 */
final class Windows {
  private final String autoPad;
  private final boolean ceil;
  private final long[] kernel;
  private final long[] strides;
  private final long[] dilations;
  private final long[] pads;

  private Windows(
      String autoPad, boolean ceil, long[] kernel, long[] strides, long[] dilations, long[] pads) {
    this.autoPad = autoPad;
    this.ceil = ceil;
    this.kernel = kernel;
    this.strides = strides;
    this.dilations = dilations;
    this.pads = pads;
  }

  /** Reads the attributes of a node; refuses the node where they do not fit the kernel. */
  static Optional<Windows> read(Node node, Typing t, long... kernel) {
    int spatial = kernel.length;
    long[] ones = new long[spatial];
    Arrays.fill(ones, 1);
    String autoPad = node.attributes().text("auto_pad", "NOTSET");
    boolean explicit = autoPad.equals("NOTSET") || autoPad.isEmpty();
    Windows windows =
        new Windows(
            explicit ? "NOTSET" : autoPad,
            node.attributes().number("ceil_mode", 0) != 0,
            kernel,
            node.attributes().numbers("strides").orElse(ones),
            node.attributes().numbers("dilations").orElse(ones),
            explicit
                ? node.attributes().numbers("pads").orElse(new long[2 * spatial])
                : new long[2 * spatial]);
    String wrong = windows.complaint(spatial);
    if (!wrong.isEmpty()) {
      t.unsupported(wrong);
      return Optional.empty();
    }
    return Optional.of(windows);
  }

  private String complaint(int spatial) {
    if (!List.of("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER").contains(autoPad)) {
      return "its attribute auto_pad is \"" + autoPad + "\", which the operator does not know";
    }
    if (strides.length != spatial || dilations.length != spatial || pads.length != 2 * spatial) {
      return "its strides, dilations or pads do not have one entry for each of "
          + spatial
          + " spatial axes";
    }
    if (Arrays.stream(kernel).anyMatch(n -> n < 1)
        || Arrays.stream(strides).anyMatch(n -> n < 1)
        || Arrays.stream(dilations).anyMatch(n -> n < 1)) {
      return "its kernel, strides and dilations must be at least 1";
    }
    return "";
  }

  private boolean same() {
    return autoPad.startsWith("SAME");
  }

  /** The number of elements that one window spans. */
  private long span(int i) {
    return (kernel[i] - 1) * dilations[i] + 1;
  }

  /**
   * An axis once the windows have slid over it: the axis itself where a window is one element and
   * goes from each to the next, else one that is frozen, as the axis then is.
   *
   * @param extent how often the window fits
   */
  Axis slide(Typing t, int i, Axis axis, long extent, String reason) {
    boolean carries =
        kernel[i] == 1 && strides[i] == 1 && pads[i] == 0 && pads[pads.length / 2 + i] == 0;
    return carries ? axis : freeze(t, axis, extent, reason);
  }

  /** The frozen axis that takes the place of one that is frozen for this reason. */
  static Axis freeze(Typing t, Axis axis, long extent, String reason) {
    t.freeze(axis, reason);
    return Axes.frozen(t, extent, reason);
  }

  /** How often the window fits along a spatial axis. */
  long extent(int i, long in) {
    if (same()) {
      return (in + strides[i] - 1) / strides[i];
    }
    long end = pads[pads.length / 2 + i];
    long room = in + pads[i] + end - span(i);
    if (!ceil) {
      return Math.floorDiv(room, strides[i]) + 1;
    }
    long extent = Math.floorDiv(room + strides[i] - 1, strides[i]) + 1;
    // A window that would start in the padding behind the data is left out.
    return (extent - 1) * strides[i] >= in + pads[i] ? extent - 1 : extent;
  }

  /** The extent that a transposed convolution makes of a spatial axis. */
  long transposedExtent(int i, long in, long outputPadding) {
    return same()
        ? in * strides[i]
        : (in - 1) * strides[i] + outputPadding + span(i) - pads[i] - pads[pads.length / 2 + i];
  }

  /**
   * The smallest kernel whose centred crop leaves the output as large as it was, since the padding
   * shrinks by as much as the window does.
   */
  long least(int i) {
    long room;
    if (same()) {
      // Half of the padding in the worst case: an axis that is a multiple of the stride.
      room = Math.max(0, span(i) - strides[i]) / 2;
    } else {
      room = Math.max(0, Math.min(pads[i], pads[pads.length / 2 + i]));
    }
    return kernel[i] - 2 * Math.min(room / dilations[i], (kernel[i] - 1) / 2);
  }

  /**
   * The kernel's axes as windows. Where one may be cropped, {@code kernel_shape} and {@code pads}
   * follow it.
   */
  List<Axis> crop(Node node, Typing t) {
    int spatial = kernel.length;
    boolean named = node.attributes().numbers("kernel_shape").isPresent();
    List<Axis> axes = new ArrayList<>(spatial);
    for (int i = 0; i < spatial; i++) {
      long least = least(i);
      if (least == kernel[i]) {
        axes.add(
            Axes.frozen(
                t,
                kernel[i],
                "its padding leaves no room for a smaller kernel of the same parity"));
        continue;
      }
      Axis window = t.window(kernel[i], least);
      axes.add(window);
      if (named) {
        t.attribute("kernel_shape", i, t.extentOf(window));
      }
      if (!same()) {
        follow(t, i, i, window);
        follow(t, spatial + i, i, window);
      }
    }
    return axes;
  }

  private void follow(Typing t, int pad, int i, Axis window) {
    long original = kernel[i];
    long dilation = dilations[i];
    t.attribute(
        "pads",
        pad,
        t.compute(
            (k, p) -> p - (original - k) / 2 * dilation, t.extentOf(window), t.number(pads[pad])));
  }
}

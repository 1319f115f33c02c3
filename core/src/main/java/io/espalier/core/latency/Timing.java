package io.espalier.core.latency;

import io.espalier.spi.EspalierException;
import java.util.List;

/**
 * How long a network took. All times are nanoseconds.
 *
 * @param nodes what one run spent on each node, in the order in which they ran; a runtime that
 *     fuses nodes says one of them
 * @param run one run as a whole, without whoever takes down what nodes take
 * @param original one run of the original meanwhile
 * @param noise by what part one comparison of the two differs from the next
 */
public record Timing(List<NodeTime> nodes, double run, double original, double noise) {
  /**
   * A timing.
   *
   * @throws EspalierException if a time is none
   */
  public Timing {
    nodes = List.copyOf(nodes);
    boolean real = run > 0 && run < Double.POSITIVE_INFINITY;
    boolean compared = original > 0 && original < Double.POSITIVE_INFINITY;
    if (!real || !compared || !(noise >= 0)) {
      throw new EspalierException(
          "a run took "
              + run
              + " ns beside "
              + original
              + " ns of the original; check the clock of the system");
    }
  }

  /**
   * The time of a node.
   *
   * @param output the tensor it computes, by the name it has in the original; empty for what the
   *     runtime adds around others
   */
  public record NodeTime(String output, double nanoseconds) {}

  /** What one run takes as a part of what the original takes. */
  public double part() {
    return run / original;
  }
}

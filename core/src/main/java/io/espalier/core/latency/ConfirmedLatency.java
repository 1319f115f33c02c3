package io.espalier.core.latency;

import java.util.List;

/**
 * The latency of a network that was found under a limit of it, in nanoseconds.
 *
 * @param predicted as the search saw it
 * @param measured of the network, as a part of the original's, for which see there
 * @param original of the original
 * @param allowed by the limit
 * @param tolerance by what part more it may take than is allowed, since times are not exact
 * @param searches how many searches it took
 * @param layers what its layers take, in graph order
 */
public record ConfirmedLatency(
    double predicted,
    double measured,
    double original,
    double allowed,
    double tolerance,
    int searches,
    List<LayerLatency> layers) {
  /** What is no farther from what is allowed than this part of it is not sought again. */
  static final double CLOSE = 0.03;

  private static final double BINDING = 0.9;

  public ConfirmedLatency {
    layers = List.copyOf(layers);
  }

  /** Whether it takes more than is allowed, and than can be put down to noise. */
  public boolean exceeds() {
    return measured > allowed * (1 + tolerance);
  }

  /** Whether it takes so much more than is allowed that a search should aim lower. */
  boolean isAbove() {
    return measured > allowed * (1 + CLOSE);
  }

  /** Whether it takes so much less than is allowed that more of the network could have stayed. */
  boolean leavesRoom() {
    return measured < allowed * (1 - CLOSE);
  }

  /** Whether it takes less than was predicted where it might have taken as much. */
  boolean fallsShort() {
    return predicted > BINDING * allowed && measured < predicted * (1 - tolerance);
  }

  /** How far it is from what is allowed, as a part; what exceeds is worse than what does not. */
  double distance() {
    return exceeds() ? 1 + measured / allowed : Math.abs(1 - measured / allowed);
  }
}

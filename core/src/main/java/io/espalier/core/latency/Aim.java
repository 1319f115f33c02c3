package io.espalier.core.latency;

/**
 * How low a search aims, as a part of its limit: lower by as much as what was found exceeds it, and
 * once something stays far below it, between the two.
 */
final class Aim {
  private double part = 1;

  /** The lowest aim that led to too much. */
  private double tooHigh = 1;

  /** The highest aim that left room; 0 while none did. */
  private double tooLow;

  double part() {
    return part;
  }

  /** Aims anew after what was found; false if that is as it should be. */
  boolean next(ConfirmedLatency found) {
    if (found.isAbove()) {
      tooHigh = part;
      part = tooLow > 0 ? between() : part * found.allowed() / found.measured();
      return true;
    }
    if (found.leavesRoom() && part < 1) {
      tooLow = part;
      part = between();
      return true;
    }
    return found.fallsShort();
  }

  private double between() {
    return Math.sqrt(tooLow * tooHigh);
  }
}

package io.espalier.spi;

import java.util.Optional;

/**
 * One integer that the network computes with, and how it came about: a plain number, the extent of
 * an axis, or arithmetic on such. An element follows the widths it was computed from when the
 * network is carved.
 */
public interface Element {
  /** The value in the original network. */
  long value();

  /** The axis whose extent this is, if it is exactly that. */
  Optional<Axis> axis();
}

package io.espalier.trace;

import java.util.Map;

/** Widths that a network cannot change for a reason that its graph does not show. */
@FunctionalInterface
public interface Objections {
  /** No objections. */
  Objections NONE = map -> Map.of();

  /**
   * The symbols that must not shrink, each with the reason. It is asked again once they are frozen.
   *
   * @param map the network as it is solved so far
   */
  Map<Layout.Symbol, String> to(SymMap map);
}

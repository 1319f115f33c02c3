package io.espalier.trace;

import io.espalier.spi.DMRegistry;
import java.util.HashMap;
import java.util.Map;

/** Solves a network: finds out which of its widths are free, and what each axis is made of. */
public final class Solver {
  private final DMRegistry registry;

  /** A solver that types operators by the rules of a registry. */
  public Solver(DMRegistry registry) {
    this.registry = registry;
  }

  /**
   * Solves a network. A freedom counts only where it holds at several sizes of the open dimensions.
   *
   * @throws TraceException if the trial sizes do not fit the network's inputs
   */
  public SymMap solve(Graph graph, TrialSizes sizes) {
    return solve(graph, sizes, Objections.NONE);
  }

  /**
   * As {@link #solve(Graph, TrialSizes)}, with widths that are fixed for other reasons.
   *
   * @param objections says which
   */
  public SymMap solve(Graph graph, TrialSizes sizes, Objections objections) {
    boolean open =
        graph.inputs().stream()
            .map(graph::tensor)
            .anyMatch(
                input ->
                    input.declared() == null || input.declared().stream().anyMatch(Dim::isOpen));
    Map<Pass.Place, String> frozen = new HashMap<>();
    // Ends, since every round but the last freezes a place that was free before.
    while (true) {
      Pass pass = run(graph, sizes, 0, frozen);
      boolean agreed = true;
      for (int trial = 1; open && trial < TrialSizes.TRIALS; trial++) {
        Map<Pass.Place, String> differences =
            TrialComparison.differences(graph, pass, run(graph, sizes, trial, frozen));
        agreed &= frozen.keySet().containsAll(differences.keySet());
        frozen.putAll(differences);
      }
      if (agreed) {
        SymMap map = SymMap.of(graph, pass);
        Map<Pass.Place, String> mixed = open ? MixedTargets.places(map) : Map.of();
        if (frozen.keySet().containsAll(mixed.keySet())) {
          Map<Pass.Place, String> objected = SymbolPlaces.of(map, objections.to(map));
          if (frozen.keySet().containsAll(objected.keySet())) {
            return map;
          }
          frozen.putAll(objected);
        }
        frozen.putAll(mixed);
      }
    }
  }

  private Pass run(Graph graph, TrialSizes sizes, int trial, Map<Pass.Place, String> frozen) {
    Pass pass = new Pass(graph, registry, sizes.assign(graph, trial), frozen);
    pass.run();
    return pass;
  }
}

package io.espalier.trace;

import io.espalier.spi.DMRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Solves a network: finds out which of its widths are free, and what each axis is made of. */
public final class Solver {
  private final DMRegistry registry;
  private final Set<Integer> opened;

  /** A solver that types operators by the rules of a registry. */
  public Solver(DMRegistry registry) {
    this(registry, Set.of());
  }

  private Solver(DMRegistry registry, Set<Integer> opened) {
    this.registry = registry;
    this.opened = Set.copyOf(opened);
  }

  /**
   * The same, but of some nodes whose channels fall into groups positions inside these may go where
   * whole groups may, too.
   *
   * @param nodes their indices
   */
  public Solver opening(Set<Integer> nodes) {
    return new Solver(registry, nodes);
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
    return solve(graph, new TrialFinder(graph, registry).find(sizes), objections);
  }

  /**
   * Solves a network that was carved from another, at what that one was solved at.
   *
   * @param trials those of the other network
   */
  public SymMap solve(Graph graph, Trials trials) {
    return solve(graph, trials, Objections.NONE);
  }

  /**
   * Solves a network anew, at what it was solved at.
   *
   * @param objections says which widths are fixed for other reasons
   */
  public SymMap solve(Graph graph, Trials trials, Objections objections) {
    return solve(graph, new TrialFinder.Found(trials, List.of()), objections);
  }

  private SymMap solve(Graph graph, TrialFinder.Found found, Objections objections) {
    boolean open = TrialFinder.isOpen(graph);
    Trials trials = found.trials();
    List<Pass> ready = found.passes();
    Map<Pass.Place, String> frozen = new HashMap<>();
    // Ends, since every round but the last freezes a place that was free before.
    while (true) {
      Pass pass = ready.isEmpty() ? run(graph, trials, 0, frozen) : ready.get(0);
      boolean agreed = true;
      for (int trial = 1; open && trial < TrialSizes.TRIALS; trial++) {
        Pass other = ready.isEmpty() ? run(graph, trials, trial, frozen) : ready.get(trial);
        Map<Pass.Place, String> differences = TrialComparison.differences(graph, pass, other);
        agreed &= frozen.keySet().containsAll(differences.keySet());
        frozen.putAll(differences);
      }
      ready = List.of();
      if (agreed) {
        SymMap map = SymMap.of(graph, registry, trials, pass);
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

  private Pass run(Graph graph, Trials trials, int trial, Map<Pass.Place, String> frozen) {
    Map<Integer, long[]> sizes = trials.sizes().assign(graph, trial);
    Pass pass = new Pass(graph, registry, sizes, frozen, trials.shapes(trial), opened);
    pass.run();
    return pass;
  }
}

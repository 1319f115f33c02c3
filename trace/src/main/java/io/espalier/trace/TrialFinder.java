package io.espalier.trace;

import io.espalier.spi.DMRegistry;
import io.espalier.spi.OperatorRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds what to solve a network at. The usual sizes serve wherever everything fits together at
 * them. Only where it does not, or where shapes are missing, is the network run: to find sizes that
 * it runs at, and to see the shapes.
 */
final class TrialFinder {
  private static final List<Long> BATCHES = List.of(2L, 3L);
  private static final List<Long> LENGTHS =
      List.of(224L, 32L, 64L, 128L, 16L, 256L, 512L, 28L, 96L, 299L, 384L, 8L, 1L);
  private static final int MOST_CLASHES = 8;

  /** A larger image would take long to run. */
  private static final long LARGEST = 512;

  private static final int MOST_PASSES = 12;

  private final Graph graph;
  private final DMRegistry registry;

  TrialFinder(Graph graph, DMRegistry registry) {
    this.graph = graph;
    this.registry = registry;
  }

  /**
   * Trials, and a pass at each.
   *
   * @param trials the trials
   * @param passes as many as there are trials; one where nothing is open
   */
  record Found(Trials trials, List<Pass> passes) {}

  /** Whether any dimension of an input is open. */
  static boolean isOpen(Graph graph) {
    return graph.inputs().stream()
        .map(graph::tensor)
        .anyMatch(
            input -> input.declared() == null || input.declared().stream().anyMatch(Dim::isOpen));
  }

  Found find(TrialSizes sizes) {
    Found usual = run(sizes, none());
    if (usual.passes().stream().allMatch(pass -> pass.missing().isEmpty() && !pass.isMisfit())) {
      return usual;
    }
    TrialSizes runnable = isOpen(graph) ? runnable(sizes, usual.passes()) : sizes;
    boolean same = runnable.equals(sizes) || !runnable.isFound();
    Found found = runnable.equals(sizes) ? usual : run(runnable, none());
    Optional<Found> complete = withShapes(found);
    // what a run did not help is solved as ever
    return complete.orElse(same ? usual : found);
  }

  private Found run(TrialSizes sizes, List<Map<String, long[]>> shapes) {
    List<Pass> passes = new ArrayList<>();
    for (int trial = 0; trial < trials(); trial++) {
      Pass pass =
          new Pass(
              graph, registry, sizes.assign(graph, trial), Map.of(), shapes.get(trial), Set.of());
      pass.run();
      passes.add(pass);
    }
    return new Found(new Trials(sizes, shapes), passes);
  }

  private int trials() {
    return isOpen(graph) ? TrialSizes.TRIALS : 1;
  }

  private static List<Map<String, long[]>> none() {
    return Collections.nCopies(TrialSizes.TRIALS, Map.of());
  }

  /** The shapes of the inputs in one trial, by name; empty where that of one is not known. */
  private Optional<Map<String, long[]>> inputs(TrialSizes sizes, int trial) {
    Map<Integer, long[]> assigned = sizes.assign(graph, trial);
    Map<String, long[]> inputs = new LinkedHashMap<>();
    assigned.forEach((id, shape) -> inputs.put(graph.tensor(id).name(), shape));
    return assigned.size() == graph.inputs().size() ? Optional.of(inputs) : Optional.empty();
  }

  /** The first sizes that the network runs at; where that cannot be tried, that it fits. */
  private TrialSizes runnable(TrialSizes sizes, List<Pass> usual) {
    List<TrialSizes> candidates = new ArrayList<>();
    List<List<Map<String, long[]>>> shapes = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (TrialSizes candidate : candidates(sizes, usual)) {
      List<Map<String, long[]>> all = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int trial = 0; trial < trials(); trial++) {
        inputs(candidate, trial).ifPresent(all::add);
      }
      if (all.size() < trials()) {
        return sizes;
      }
      all.forEach(trial -> trial.values().forEach(shape -> text.append(Arrays.toString(shape))));
      if (seen.add(text.toString())) {
        candidates.add(candidate);
        shapes.add(all);
      }
    }
    int first = graph.shapes().firstThatRuns(shapes);
    boolean missing = usual.stream().anyMatch(pass -> !pass.missing().isEmpty());
    if (first >= 0) {
      return first > 0 || missing ? candidates.get(first) : sizes;
    }
    if (usual.stream().noneMatch(Pass::isMisfit)) {
      return sizes;
    }
    // where nobody runs it, what is free has to be free at several numbers of examples
    return candidates.stream()
        .skip(1)
        .filter(TrialSizes::varies)
        .limit(MOST_PASSES)
        .filter(candidate -> run(candidate, none()).passes().stream().noneMatch(Pass::isMisfit))
        .findFirst()
        .orElse(sizes);
  }

  /** The usual sizes, then those that something in the network asks for, then common ones. */
  private static List<TrialSizes> candidates(TrialSizes sizes, List<Pass> usual) {
    Set<Long> lengths = new LinkedHashSet<>();
    Set<Long> clashes = new TreeSet<>(usual.get(0).clashes());
    usual.forEach(pass -> clashes.retainAll(pass.clashes()));
    clashes.stream()
        .filter(length -> length > 1 && length <= LARGEST)
        .limit(MOST_CLASHES)
        .forEach(lengths::add);
    lengths.addAll(LENGTHS);
    List<TrialSizes> candidates = new ArrayList<>();
    candidates.add(guess(sizes, BATCHES, 0, 0, false));
    candidates.add(sizes.guessing(new TrialSizes.Guess(BATCHES, 0, 0, false, true)));
    for (List<Long> batches : List.of(BATCHES, List.of(1L, 1L))) {
      for (boolean apart : new boolean[] {false, true}) {
        candidates.add(guess(sizes, batches, 0, 0, apart));
      }
      for (long length : lengths) {
        candidates.add(guess(sizes, batches, length, 0, false));
        candidates.add(guess(sizes, batches, 0, length, false));
        candidates.add(guess(sizes, batches, length, length, false));
      }
    }
    return candidates;
  }

  private static TrialSizes guess(
      TrialSizes sizes, List<Long> batches, long spatial, long other, boolean apart) {
    boolean whole = batches.get(0).equals(batches.get(1));
    return sizes.guessing(new TrialSizes.Guess(batches, spatial, other, apart, whole));
  }

  /** The same with shapes that only a run tells; the very same where it tells none. */
  private Optional<Found> withShapes(Found found) {
    Found best = found;
    boolean helped = false;
    for (int round = 0; round < 2 && isMissing(best); round++) {
      Set<String> asked = round == 0 ? unruled(best.passes()) : unknown(best.passes());
      List<Map<String, long[]>> shapes = ask(best.trials(), asked);
      if (shapes.stream().allMatch(Map::isEmpty)) {
        break;
      }
      for (int trial = 0; trial < trials(); trial++) {
        shapes.get(trial).putAll(best.trials().shapes(trial));
      }
      best = run(best.trials().sizes(), shapes);
      helped = true;
    }
    return helped ? Optional.of(best) : Optional.empty();
  }

  private static boolean isMissing(Found found) {
    return found.passes().stream().anyMatch(pass -> !pass.missing().isEmpty());
  }

  /** What is missing, and what operators without a rule compute: that will be missed next. */
  private Set<String> unruled(List<Pass> passes) {
    Set<String> names = new LinkedHashSet<>();
    passes.forEach(pass -> names.addAll(pass.missing()));
    for (GraphNode node : graph.nodes()) {
      if (registry.rule(node.op()).map(OperatorRule::givesWay).orElse(true)) {
        node.outputs().stream()
            .filter(output -> output >= 0 && passes.get(0).unknown(output) != null)
            .forEach(output -> names.add(graph.tensor(output).name()));
      }
    }
    return names;
  }

  private Set<String> unknown(List<Pass> passes) {
    Set<String> names = new LinkedHashSet<>();
    for (Tensor tensor : graph.tensors()) {
      if (tensor.producer() >= 0
          && passes.stream().anyMatch(pass -> pass.unknown(tensor.id()) != null)) {
        names.add(tensor.name());
      }
    }
    return names;
  }

  /** The shapes at every trial, of tensors whose rank all trials agree on. */
  private List<Map<String, long[]>> ask(Trials trials, Collection<String> names) {
    List<Map<String, long[]>> answers = new ArrayList<>();
    for (int trial = 0; trial < TrialSizes.TRIALS; trial++) {
      Optional<Map<String, long[]>> inputs = inputs(trials.sizes(), trial);
      answers.add(
          inputs.isEmpty() || trial >= trials()
              ? new HashMap<>()
              : new HashMap<>(graph.shapes().shapes(inputs.get(), names)));
    }
    for (int trial = 1; trial < trials(); trial++) {
      Map<String, long[]> first = answers.get(0);
      Map<String, long[]> other = answers.get(trial);
      other.keySet().retainAll(first.keySet());
      first
          .entrySet()
          .removeIf(answer -> !hasRank(other, answer.getKey(), answer.getValue().length));
      other.keySet().retainAll(first.keySet());
    }
    return answers;
  }

  private static boolean hasRank(Map<String, long[]> shapes, String name, int rank) {
    long[] shape = shapes.get(name);
    return shape != null && shape.length == rank;
  }
}

package io.espalier.trace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lengths for the dimensions that a model leaves open. They serve the analysis alone: what is free
 * must be free at every trial, and open dimensions stay open in the carved model.
 */
public final class TrialSizes {
  private static final long[][] PRIMES = {
    {127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199},
    {211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281, 283, 293},
    {307, 311, 313, 317, 331, 337, 347, 349, 353, 359, 367, 373, 379, 383, 389, 397}
  };

  /** How many trials there are. */
  static final int TRIALS = 2;

  /** Spatial sizes are multiples of this, since networks halve them and add them up again. */
  private static final long SPATIAL = 64;

  private static final long[][] SPATIAL_FACTORS = {{5, 7, 11}, {3, 13, 2}, {6, 9, 4}};

  private final Map<String, List<Long>> given;
  private final Guess guess;

  /**
   * What open dimensions are guessed to be where nobody gives them.
   *
   * @param batches the first dimension of each trial; empty for primes
   * @param spatial the third and further dimensions of images; 0 for large multiples of 64
   * @param other the remaining ones; 0 for primes
   * @param apart whether dimensions of one name may differ
   * @param whole whether a first dimension that was given holds in every trial
   */
  record Guess(List<Long> batches, long spatial, long other, boolean apart, boolean whole) {
    static final Guess USUAL = new Guess(List.of(), 0, 0, false, false);
  }

  private TrialSizes(Map<String, List<Long>> given, Guess guess) {
    this.given = Collections.unmodifiableMap(new LinkedHashMap<>(given));
    this.guess = guess;
  }

  /** Sizes are chosen by the analysis. */
  public static TrialSizes automatic() {
    return new TrialSizes(Map.of(), Guess.USUAL);
  }

  /**
   * Sizes that a user gave, by the name of the graph input.
   *
   * @throws TraceException if a size is below 1
   */
  public static TrialSizes of(Map<String, List<Long>> given) {
    given.forEach(
        (name, sizes) -> {
          if (sizes.stream().anyMatch(size -> size < 1)) {
            throw new TraceException(
                "trial sizes of input \"" + name + "\" must be at least 1, not " + sizes);
          }
        });
    return new TrialSizes(given, Guess.USUAL);
  }

  /** The same, with what nobody gives guessed otherwise. */
  TrialSizes guessing(Guess other) {
    return new TrialSizes(given, other);
  }

  /** Whether the number of examples differs from trial to trial. */
  boolean varies() {
    return !guess.whole() && guess.batches().stream().distinct().count() == TRIALS;
  }

  /** Whether these are no usual sizes, leaving aside the number of examples. */
  boolean isFound() {
    return guess.spatial() > 0 || guess.other() > 0 || guess.apart() || guess.whole();
  }

  /** The lengths of every input's dimensions in one trial, by tensor id. */
  Map<Integer, long[]> assign(Graph graph, int trial) {
    for (String name : given.keySet()) {
      if (graph.inputs().stream().noneMatch(id -> graph.tensor(id).name().equals(name))) {
        throw new TraceException(
            "the model has no input \""
                + name
                + "\"; it has "
                + graph.inputs().stream().map(id -> graph.tensor(id).name()).toList());
      }
    }
    Set<String> contradicted = contradicted(graph);
    Map<String, Long> named = named(graph, trial, contradicted);
    Map<Integer, long[]> assigned = new HashMap<>();
    int[] next = {0, 0};
    for (int input : graph.inputs()) {
      Tensor tensor = graph.tensor(input);
      List<Long> user = given.get(tensor.name());
      List<Dim> dims = dims(tensor, user);
      if (dims == null) {
        continue;
      }
      long[] sizes = new long[dims.size()];
      for (int i = 0; i < sizes.length; i++) {
        Dim dim = dims.get(i);
        if (!dim.isOpen()) {
          sizes[i] = check(tensor, user, i, dim.size());
          continue;
        }
        if (user != null && (i >= firstGiven(trial) || contradicted.contains(dim.name()))) {
          sizes[i] = user.get(i);
          continue;
        }
        int axis = i;
        String key = isUnnamed(dim) ? tensor.name() + "#" + i : dim.name();
        sizes[i] = named.computeIfAbsent(key, k -> choose(trial, axis, dims.size(), next));
      }
      assigned.put(input, sizes);
    }
    return assigned;
  }

  private boolean isUnnamed(Dim dim) {
    return dim.name().isEmpty() || guess.apart();
  }

  /**
   * The sizes that a user gave of dimensions with a name: what the other dimensions of that name
   * are, as far as nobody gives them. The first counts.
   */
  private Map<String, Long> named(Graph graph, int trial, Set<String> contradicted) {
    Map<String, Long> named = new HashMap<>();
    for (Named size : givenNames(graph)) {
      if (size.axis() >= firstGiven(trial) || contradicted.contains(size.name())) {
        named.putIfAbsent(size.name(), size.size());
      }
    }
    return named;
  }

  /** The names of dimensions that a user gave several sizes: for these the name says nothing. */
  private Set<String> contradicted(Graph graph) {
    Map<String, Long> first = new HashMap<>();
    Set<String> contradicted = new HashSet<>();
    for (Named size : givenNames(graph)) {
      if (first.computeIfAbsent(size.name(), name -> size.size()) != size.size()) {
        contradicted.add(size.name());
      }
    }
    return contradicted;
  }

  /**
   * A size that a user gave of a dimension with a name.
   *
   * @param name the name
   * @param axis the position of the dimension
   * @param size its given length
   */
  private record Named(String name, int axis, long size) {}

  private List<Named> givenNames(Graph graph) {
    List<Named> names = new ArrayList<>();
    for (int input : graph.inputs()) {
      Tensor tensor = graph.tensor(input);
      List<Long> user = given.get(tensor.name());
      List<Dim> dims = user == null ? null : dims(tensor, user);
      for (int i = 0; user != null && dims != null && i < dims.size(); i++) {
        if (dims.get(i).isOpen() && !dims.get(i).name().isEmpty()) {
          names.add(new Named(dims.get(i).name(), i, user.get(i)));
        }
      }
    }
    return names;
  }

  /** The first dimension whose given size counts: the batch varies from trial to trial. */
  private int firstGiven(int trial) {
    return trial > 0 && !guess.whole() ? 1 : 0;
  }

  private static @Nullable List<Dim> dims(Tensor tensor, @Nullable List<Long> user) {
    List<Dim> declared = tensor.declared();
    if (user != null && declared != null && user.size() != declared.size()) {
      throw new TraceException(
          "input \""
              + tensor.name()
              + "\" has "
              + declared.size()
              + " dimensions, but "
              + user.size()
              + " were given");
    }
    return declared == null && user != null
        ? user.stream().map(size -> Dim.open("")).toList()
        : declared;
  }

  private static long check(Tensor tensor, @Nullable List<Long> user, int axis, long size) {
    if (user != null && user.get(axis) != size) {
      throw new TraceException(
          "dimension "
              + axis
              + " of input \""
              + tensor.name()
              + "\" is "
              + size
              + " in the model and cannot be "
              + user.get(axis));
    }
    return size;
  }

  private long choose(int trial, int axis, int rank, int[] next) {
    boolean spatial = rank >= 4 && axis >= 2;
    boolean batch = axis == 0 && rank > 1;
    if (batch && !guess.batches().isEmpty()) {
      return guess.batches().get(trial);
    }
    long guessed = batch ? 0 : spatial ? guess.spatial() : guess.other();
    if (guessed > 0) {
      return guessed;
    }
    return spatial
        ? SPATIAL * SPATIAL_FACTORS[trial][next[1]++ % SPATIAL_FACTORS[trial].length]
        : PRIMES[trial][next[0]++ % PRIMES[trial].length];
  }
}

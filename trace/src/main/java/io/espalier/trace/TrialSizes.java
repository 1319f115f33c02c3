package io.espalier.trace;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private TrialSizes(Map<String, List<Long>> given) {
    this.given = Collections.unmodifiableMap(new LinkedHashMap<>(given));
  }

  /** Sizes are chosen by the analysis. */
  public static TrialSizes automatic() {
    return new TrialSizes(Map.of());
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
    return new TrialSizes(given);
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
    Map<String, Long> named = named(graph, trial);
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
        String key = dim.name().isEmpty() ? tensor.name() + "#" + i : dim.name();
        boolean spatial = dims.size() >= 4 && i >= 2;
        Long own = user == null || i < firstGiven(trial) ? null : user.get(i);
        sizes[i] =
            named.computeIfAbsent(key, k -> own != null ? own : choose(trial, spatial, next));
      }
      assigned.put(input, sizes);
    }
    return assigned;
  }

  /** The sizes that a user gave of dimensions with a name, whichever of the inputs has it first. */
  private Map<String, Long> named(Graph graph, int trial) {
    Map<String, Long> named = new HashMap<>();
    for (int input : graph.inputs()) {
      Tensor tensor = graph.tensor(input);
      List<Long> user = given.get(tensor.name());
      List<Dim> dims = user == null ? null : dims(tensor, user);
      for (int i = firstGiven(trial); user != null && dims != null && i < dims.size(); i++) {
        String name = dims.get(i).name();
        Long before =
            dims.get(i).isOpen() && !name.isEmpty() ? named.putIfAbsent(name, user.get(i)) : null;
        if (before != null && !before.equals(user.get(i))) {
          throw new TraceException(
              "dimension \""
                  + name
                  + "\" is "
                  + user.get(i)
                  + " in input \""
                  + tensor.name()
                  + "\" and "
                  + before
                  + " in another; give it one length");
        }
      }
    }
    return named;
  }

  /** The first dimension whose given size counts: the batch varies from trial to trial. */
  private static int firstGiven(int trial) {
    return trial > 0 ? 1 : 0;
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

  private static long choose(int trial, boolean spatial, int[] next) {
    return spatial
        ? SPATIAL * SPATIAL_FACTORS[trial][next[1]++ % SPATIAL_FACTORS[trial].length]
        : PRIMES[trial][next[0]++ % PRIMES[trial].length];
  }
}

package io.espalier.trace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes one of the uses of one matrix again: whatever reads it, its axes are cut alike, so that a
 * layer that runs several times, or a table that is read as it is and transposed, stays one weight
 * in the file. Products and concatenations are tied term by term, also where that freezes a use.
 *
 * <p>Uses stay apart only where the file gets smaller by it, as where a small table is shared by
 * layers of which one is frozen. Vectors, constant-valued matrices and positions are left alone:
 * exporters merge those of layers that have nothing to do with each other.
 */
final class SharedMatrices {
  private final Graph graph;
  private final Unifier unifier;

  /** For each constant that is stored once, the axes of its uses, in graph order. */
  private final Map<Integer, Set<List<Term>>> byConstant = new LinkedHashMap<>();

  SharedMatrices(Graph graph, Unifier unifier, @Nullable List<Term>[][] uses) {
    this.graph = graph;
    this.unifier = unifier;
    for (GraphNode node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        List<Term> terms = uses[node.index()][i];
        if (terms != null && !terms.isEmpty()) {
          at(node.inputs().get(i)).add(terms);
        }
      }
      node.captured().forEach(id -> keepWhole(id, node, node.op() + " reads it in a sub-graph"));
    }
  }

  private Set<List<Term>> at(int tensor) {
    return byConstant.computeIfAbsent(graph.root(tensor), id -> new LinkedHashSet<>());
  }

  /** A sub-graph reads a constant by its name, and so all of it. */
  private void keepWhole(int tensor, GraphNode node, String why) {
    Constant constant = graph.constant(tensor);
    if (constant != null && constant.dims().length > 0) {
      Reason reason = new Reason(node.label(), node.op().toString(), why);
      List<Term> whole = new ArrayList<>();
      for (long dim : constant.dims()) {
        whole.add(new Term.Fixed(dim, reason, false, false));
      }
      at(tensor).add(List.copyOf(whole));
    }
  }

  void tie() {
    byConstant.forEach(
        (id, uses) -> {
          Constant constant = graph.constant(id);
          if (uses.size() > 1
              && constant != null
              && constant.dims().length >= 2
              && (!constant.integer() || constant.narrow())
              && !isConstantValued(constant)) {
            String name = graph.tensor(id).name();
            GraphNode first = firstReader(id);
            unifier.explain(
                text ->
                    new Reason(
                        first == null ? name : first.label(),
                        first == null ? "" : first.op().toString(),
                        "'" + name + "' is read by several nodes: " + text));
            tie(List.copyOf(uses));
          }
        });
  }

  private @Nullable GraphNode firstReader(int tensor) {
    List<Integer> readers = graph.consumers(tensor);
    return readers.isEmpty() ? null : graph.nodes().get(readers.get(0));
  }

  /** Ties each use to those before it: to all that can be, first to last. */
  private void tie(List<List<Term>> uses) {
    List<List<Term>> apart = new ArrayList<>();
    for (List<Term> use : uses) {
      if (apart.stream().noneMatch(before -> tie(before, use))) {
        apart.add(use);
      }
    }
  }

  private boolean tie(List<Term> first, List<Term> second) {
    if (isSame(first, second)) {
      return true;
    }
    unifier.attempt();
    for (int axis = 0; axis < first.size(); axis++) {
      unifier.unify(first.get(axis), second.get(axis));
    }
    Attempt attempt = unifier.attempted();
    if (attempt.restricts()) {
      double together = new WrittenSize(graph, byConstant).estimate();
      attempt.takeBack();
      if (new WrittenSize(graph, byConstant).estimate() < together) {
        return false;
      }
      for (int axis = 0; axis < first.size(); axis++) {
        unifier.unify(first.get(axis), second.get(axis));
      }
    } else {
      attempt.keep();
    }
    return true;
  }

  private static boolean isSame(List<Term> first, List<Term> second) {
    for (int axis = 0; axis < first.size(); axis++) {
      if (Unifier.find(first.get(axis)) != Unifier.find(second.get(axis))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isConstantValued(Constant constant) {
    if (constant.integer()) {
      long[] values = constant.longs();
      for (long value : values) {
        if (value != values[0]) {
          return false;
        }
      }
      return true;
    }
    java.nio.FloatBuffer values = constant.floats().duplicate();
    while (values.remaining() > 1) {
      if (values.get() != values.get(values.position())) {
        return false;
      }
    }
    return true;
  }
}

package io.espalier.trace;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the axes on whose freedom two trials disagree. */
final class TrialComparison {
  private static final String REASON =
      "whether it is free depends on the size of an open dimension; export the model with that"
          + " dimension fixed to search it";

  private final IdentityHashMap<Term, Term> partners = new IdentityHashMap<>();
  private final IdentityHashMap<Term, Term> inverse = new IdentityHashMap<>();

  private TrialComparison() {}

  /** The places where the two passes differ, with the reason to freeze them for. */
  static Map<Pass.Place, String> differences(Graph graph, Pass first, Pass second) {
    TrialComparison comparison = new TrialComparison();
    Map<Pass.Place, String> found = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      @Nullable List<Term>[] a = first.uses()[node.index()];
      @Nullable List<Term>[] b = second.uses()[node.index()];
      for (int input = 0; input < a.length; input++) {
        comparison.compare(a[input], b[input], node.index(), input, -1, found);
      }
      for (int output : node.outputs()) {
        if (output >= 0) {
          comparison.compare(
              first.tensorAxes(output), second.tensorAxes(output), -1, -1, output, found);
        }
      }
    }
    return found;
  }

  private void compare(
      @Nullable List<Term> a,
      @Nullable List<Term> b,
      int node,
      int input,
      int tensor,
      Map<Pass.Place, String> found) {
    if (a == null) {
      return;
    }
    for (int axis = 0; axis < a.size(); axis++) {
      boolean same = b != null && axis < b.size() && same(a.get(axis), b.get(axis));
      if (!same) {
        found.put(new Pass.Place(node, input, tensor, axis), REASON);
      }
    }
  }

  private boolean same(Term first, Term second) {
    Term known = partners.get(Unifier.find(first));
    if (known != null) {
      return known == Unifier.find(second);
    }
    Deque<Term> work = new ArrayDeque<>();
    work.push(first);
    work.push(second);
    while (!work.isEmpty()) {
      Term b = Unifier.find(work.pop());
      Term a = Unifier.find(work.pop());
      Term partner = partners.get(a);
      if (partner != null) {
        if (partner != b) {
          return false;
        }
        continue;
      }
      if (!alike(a, b, work)) {
        return false;
      }
    }
    return true;
  }

  private boolean alike(Term a, Term b, Deque<Term> work) {
    if (a instanceof Term.Fixed x && b instanceof Term.Fixed y) {
      return x.extent() == y.extent() || x.dynamic || y.dynamic || x.reason.equals(y.reason);
    }
    if (a instanceof Term.Sym && b instanceof Term.Sym) {
      if (a.extent() != b.extent() || inverse.containsKey(b)) {
        return false;
      }
      inverse.put(b, a);
      partners.put(a, b);
      return true;
    }
    List<Term> x =
        a instanceof Term.Concat concat
            ? concat.parts
            : a instanceof Term.Product p ? p.factors : List.of();
    List<Term> y =
        b instanceof Term.Concat concat
            ? concat.parts
            : b instanceof Term.Product p ? p.factors : List.of();
    if (a.getClass() != b.getClass()) {
      return isFrozen(a) && isFrozen(b);
    }
    if (x.size() != y.size()) {
      return isFrozen(a) && isFrozen(b);
    }
    partners.put(a, b);
    for (int i = 0; i < x.size(); i++) {
      work.push(x.get(i));
      work.push(y.get(i));
    }
    return true;
  }

  private static boolean isFrozen(Term term) {
    Deque<Term> work = new ArrayDeque<>();
    work.push(term);
    while (!work.isEmpty()) {
      Term t = Unifier.find(work.pop());
      if (t instanceof Term.Sym) {
        return false;
      }
      if (t instanceof Term.Concat concat && !concat.frozen) {
        concat.parts.forEach(work::push);
      } else if (t instanceof Term.Product product && !product.frozen) {
        product.factors.forEach(work::push);
      }
    }
    return true;
  }
}

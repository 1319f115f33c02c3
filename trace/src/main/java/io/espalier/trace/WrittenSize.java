package io.espalier.trace;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How many elements of constants a file holds once every axis that can shrink is half as long:
 * slices that come out equal are written once.
 */
final class WrittenSize {
  private final Graph graph;
  private final Map<Integer, Set<List<Term>>> byConstant;

  /** What is left of each term, and a number that equal terms share. */
  private final IdentityHashMap<Term, Left> known = new IdentityHashMap<>();

  private final Map<List<Object>, Integer> numbers = new java.util.HashMap<>();

  /**
   * @param share the part of the axis that is left
   * @param number equal for terms that keep the same elements
   */
  private record Left(double share, int number) {}

  WrittenSize(Graph graph, Map<Integer, Set<List<Term>>> byConstant) {
    this.graph = graph;
    this.byConstant = byConstant;
  }

  double estimate() {
    double sum = 0;
    for (Map.Entry<Integer, Set<List<Term>>> entry : byConstant.entrySet()) {
      Constant constant = graph.constant(entry.getKey());
      if (constant == null) {
        continue;
      }
      Set<List<Integer>> slices = new HashSet<>();
      for (List<Term> use : entry.getValue()) {
        if (slices.add(use.stream().map(term -> left(term).number()).toList())) {
          double size = constant.size();
          for (Term term : use) {
            size *= left(term).share();
          }
          sum += size;
        }
      }
    }
    return sum;
  }

  private Left left(Term root) {
    Deque<Term> work = new ArrayDeque<>();
    work.push(root);
    Left result = null;
    while (!work.isEmpty()) {
      Term term = Unifier.find(work.peek());
      result = known.get(term);
      boolean ready = true;
      for (Term part : result == null ? term.parts() : List.<Term>of()) {
        if (!known.containsKey(Unifier.find(part))) {
          work.push(part);
          ready = false;
        }
      }
      if (ready) {
        work.pop();
        if (result == null) {
          result = measure(term);
          known.put(term, result);
        }
      }
    }
    if (result == null) {
      throw new IllegalStateException("a term without a size");
    }
    return result;
  }

  private Left measure(Term term) {
    if (term instanceof Term.Fixed) {
      return new Left(1, -1);
    }
    if (term instanceof Term.Sym) {
      return new Left(0.5, numbers.computeIfAbsent(List.of(term), key -> numbers.size()));
    }
    boolean side = term instanceof Term.Concat;
    double share = side ? 0 : 1;
    List<Object> key = new java.util.ArrayList<>(List.of(side));
    for (Term part : term.parts()) {
      Left left = known.get(Unifier.find(part));
      if (left != null) {
        share =
            side
                ? share + left.share() * part.extent() / term.extent()
                : Math.min(share, left.share());
        key.add(left.number());
        key.add(part.extent());
      }
    }
    return share == 1
        ? new Left(1, -1)
        : new Left(share, numbers.computeIfAbsent(key, k -> numbers.size()));
  }
}

package io.espalier.trace;

import io.espalier.spi.Axis;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Decides on axes along which data pick elements by their positions. Elements may go only where
 * every reader of them has its positions mapped: what else counts, sums or hands out along such an
 * axis would meet other elements than it knows.
 */
final class IndexedRows {
  private final Graph graph;
  private final Pass pass;
  private final Unifier unifier;
  private final Set<Term> rows = identitySet();

  /** For each term that was looked into, the rows in it. */
  private final IdentityHashMap<Term, Set<Term>> known = new IdentityHashMap<>();

  IndexedRows(Graph graph, Pass pass, Unifier unifier) {
    this.graph = graph;
    this.pass = pass;
    this.unifier = unifier;
  }

  private static Set<Term> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /** Freezes what has to stay. */
  void settle() {
    for (GraphNode node : graph.nodes()) {
      for (NodeTyping.IndexedTerms indexed : pass.typing(node.index()).indexed) {
        Term term = Unifier.find(indexed.rows());
        if (term instanceof Term.Sym) {
          rows.add(term);
        } else {
          explain(node);
          unifier.freeze(term, unifier.reason("elements are picked from a part of it by index"));
        }
      }
    }
    if (rows.isEmpty()) {
      return;
    }
    IdentityHashMap<Term, GraphNode> stopped = new IdentityHashMap<>();
    graph
        .nodes()
        .forEach(node -> otherwiseRead(node).forEach(row -> stopped.putIfAbsent(row, node)));
    stopped.forEach(
        (row, node) -> {
          explain(node);
          unifier.freeze(
              row,
              unifier.reason(
                  "what is picked by index elsewhere, as rows of a table are by ids, is read here"
                      + " along the whole axis"));
        });
  }

  private void explain(GraphNode node) {
    unifier.explain(text -> new Reason(node.label(), node.op().toString(), text));
  }

  /** The rows that a node neither picks by position nor hands on whole, as a cast does. */
  private Set<Term> otherwiseRead(GraphNode node) {
    Set<Term> read = identitySet();
    for (int input = 0; input < node.inputs().size(); input++) {
      List<? extends Axis> axes =
          node.inputs().get(input) < 0 ? null : pass.inputAxes(node.index(), input);
      for (int axis = 0; axes != null && axis < axes.size(); axis++) {
        if (!isIndexed(node, input, axis)) {
          read.addAll(within((Term) axes.get(axis)));
        }
      }
    }
    for (int output : read.isEmpty() ? List.<Integer>of() : node.outputs()) {
      boolean parameter = output >= 0 && graph.tensor(output).parameter();
      List<Term> axes = parameter ? pass.tensorAxes(output) : null;
      Set<Term> handedOn = identitySet();
      for (Term axis : axes == null ? List.<Term>of() : axes) {
        handedOn.addAll(within(axis));
      }
      if (read.stream().allMatch(handedOn::contains)) {
        return Set.of();
      }
    }
    return read;
  }

  private boolean isIndexed(GraphNode node, int input, int axis) {
    return pass.typing(node.index()).indexed.stream()
        .anyMatch(indexed -> indexed.table() == input && indexed.axis() == axis);
  }

  /** The rows that an axis is made of. */
  private Set<Term> within(Term root) {
    Deque<Term> work = new ArrayDeque<>(List.of(Unifier.find(root)));
    while (!work.isEmpty()) {
      Term term = work.peek();
      List<Term> waiting = new ArrayList<>();
      Set<Term> found = identitySet();
      for (Term part : term.parts()) {
        Set<Term> inside = known.get(Unifier.find(part));
        if (inside == null) {
          waiting.add(Unifier.find(part));
        } else {
          found.addAll(inside);
        }
      }
      if (waiting.isEmpty()) {
        work.pop();
        if (rows.contains(term)) {
          found.add(term);
        }
        known.put(term, found.isEmpty() ? Set.of() : found);
      } else {
        waiting.forEach(work::push);
      }
    }
    return known.getOrDefault(Unifier.find(root), Set.of());
  }
}

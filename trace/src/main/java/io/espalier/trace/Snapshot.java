package io.espalier.trace;

import io.espalier.spi.Element;
import io.espalier.spi.Ints;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the terms of a solved network into layouts that never change; equal terms become one
 * layout.
 */
final class Snapshot {
  /** A rule may count with a symbol that it never put on an axis; nothing can shrink it. */
  private static final Reason NO_AXIS = new Reason("", "", "no axis of any tensor shows it");

  private final IdentityHashMap<Term, Layout> layouts = new IdentityHashMap<>();
  private final IdentityHashMap<Element, Expression> expressions = new IdentityHashMap<>();
  private final List<Layout.Symbol> symbols = new ArrayList<>();

  /** The layouts of a list of axes; null stays null. */
  @Nullable List<Layout> of(@Nullable List<Term> terms) {
    if (terms == null) {
      return null;
    }
    Layout[] axes = new Layout[terms.size()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = of(terms.get(i));
    }
    return List.of(axes);
  }

  /** The symbols met so far, in the order they were met. */
  List<Layout.Symbol> symbols() {
    return List.copyOf(symbols);
  }

  /** Numbers the free symbols of these axes by their age, so that they stand in graph order. */
  void number(List<Term> axes) {
    IdentityHashMap<Term.Sym, Boolean> seen = new IdentityHashMap<>();
    IdentityHashMap<Term, Boolean> visited = new IdentityHashMap<>();
    List<Term.Sym> found = new ArrayList<>();
    Deque<Term> work = new ArrayDeque<>(axes);
    while (!work.isEmpty()) {
      Term term = Unifier.find(work.pop());
      if (term instanceof Term.Sym sym) {
        if (seen.put(sym, true) == null) {
          found.add(sym);
        }
      } else if (!(term instanceof Term.Fixed) && visited.put(term, true) == null) {
        List<Term> parts = term.parts();
        for (int i = parts.size() - 1; i >= 0; i--) {
          work.push(parts.get(i));
        }
      }
    }
    // Pieces of one symbol share its age; the order in which they were met keeps them apart.
    found.sort(Comparator.comparingInt(sym -> sym.age));
    for (Term.Sym sym : found) {
      Layout.Symbol symbol =
          new Layout.Symbol(
              symbols.size(),
              sym.extent(),
              sym.window,
              sym.least,
              sym.grouped && sym.role == null ? Layout.GROUP_WIDTH : sym.role,
              sym.grouped);
      symbols.add(symbol);
      layouts.put(sym, symbol);
    }
  }

  Layout of(Term root) {
    Layout known = layouts.get(Unifier.find(root));
    if (known != null) {
      return known;
    }
    Deque<Term> work = new ArrayDeque<>();
    work.push(root);
    while (!work.isEmpty()) {
      Term term = Unifier.find(work.peek());
      if (layouts.containsKey(term)) {
        work.pop();
        continue;
      }
      List<Layout> parts = new ArrayList<>();
      boolean ready = true;
      for (Term part : term.parts()) {
        Layout done = layouts.get(Unifier.find(part));
        if (done == null) {
          work.push(part);
          ready = false;
        } else {
          parts.add(done);
        }
      }
      if (ready) {
        layouts.put(term, finish(term, parts));
        work.pop();
      }
    }
    Layout result = layouts.get(Unifier.find(root));
    if (result == null) {
      throw new IllegalStateException("a term without a layout");
    }
    return result;
  }

  private Layout finish(Term term, List<Layout> parts) {
    if (term instanceof Term.Fixed fixed) {
      return new Layout.Fixed(fixed.extent(), fixed.reason, fixed.batch, fixed.dynamic);
    }
    if (term instanceof Term.Sym sym) {
      return new Layout.Fixed(sym.extent(), NO_AXIS, false, false);
    }
    return term instanceof Term.Concat ? new Layout.Concat(parts) : new Layout.Product(parts);
  }

  Expression of(Element element) {
    Deque<Element> work = new ArrayDeque<>();
    work.push(element);
    while (true) {
      Element at = work.pop();
      Expression result = expressions.get(at);
      if (result == null && at instanceof Expression.Computed computed) {
        Expression x = expressions.get(computed.x());
        Expression y = expressions.get(computed.y());
        if (x == null || y == null) {
          work.push(computed);
          work.push(x == null ? computed.x() : computed.y());
          continue;
        }
        result = new Expression.Computed(computed.function(), x, y, computed.value());
      } else if (result == null) {
        result =
            at instanceof Expression.Extent extent && extent.of() instanceof Term term
                ? new Expression.Extent(of(term))
                : (Expression) at;
      }
      expressions.put(at, result);
      if (work.isEmpty()) {
        return result;
      }
    }
  }

  @Nullable Ints of(@Nullable Ints ints) {
    return ints == null
        ? null
        : new Ints(ints.shape(), ints.elements().stream().<Element>map(this::of).toList());
  }
}

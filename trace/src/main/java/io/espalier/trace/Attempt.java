package io.espalier.trace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What a unification did to its terms, so that it can be taken back. */
final class Attempt {
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private final List<Term.Sym> bound = new ArrayList<>();
  private boolean restricted;

  /** Binds a symbol for the time being. */
  void bind(Term.Sym symbol, Term term) {
    symbol.bound = term;
    symbol.tentative = true;
    bound.add(symbol);
    undo.push(() -> symbol.bound = null);
    restricted |= !(term instanceof Term.Sym);
  }

  /** Notes how to take back another change. */
  void remember(Runnable change) {
    undo.push(change);
  }

  /** Whether anything was bound to what is not a symbol itself, and so may be less free now. */
  boolean restricts() {
    return restricted;
  }

  void keep() {
    bound.forEach(symbol -> symbol.tentative = false);
  }

  void takeBack() {
    keep();
    undo.forEach(Runnable::run);
  }
}

package io.espalier.trace;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Decides on widths inside the groups of grouped convolutions. Where the number of groups is free,
 * whole groups go, and what is inside them stays unless it was opened; where it is not, all groups
 * may keep the same positions. What is the one here and the other there is neither.
 */
final class GroupWidths {
  private final List<Pair> pairs;
  private final Unifier unifier;

  /**
   * Channels in groups.
   *
   * @param groups what counts them
   * @param within the positions inside each
   * @param opened whether these may go where whole groups may
   * @param whole why these stay where whole groups may go
   * @param shuffled why that stays which counts groups elsewhere
   */
  record Pair(Term groups, Term within, boolean opened, Reason whole, Reason shuffled) {}

  GroupWidths(List<Pair> pairs, Unifier unifier) {
    this.pairs = pairs;
    this.unifier = unifier;
  }

  /** Freezes what may not change, and names what may. */
  void settle() {
    Set<Term.Sym> counting = set();
    pairs.forEach(pair -> addSymbols(pair.groups(), counting));
    for (Pair pair : pairs) {
      for (Term.Sym symbol : symbols(pair.within())) {
        if (counting.contains(symbol)) {
          unifier.freeze(symbol, pair.shuffled());
        }
      }
    }
    for (Pair pair : pairs) {
      if (!pair.opened() && !symbols(pair.groups()).isEmpty()) {
        unifier.freeze(pair.within(), pair.whole());
      }
    }
    for (Pair pair : pairs) {
      symbols(pair.within()).forEach(symbol -> symbol.grouped = true);
    }
  }

  private static Set<Term.Sym> set() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  private static Set<Term.Sym> symbols(Term term) {
    Set<Term.Sym> symbols = set();
    addSymbols(term, symbols);
    return symbols;
  }

  /** Adds the free symbols of a term. */
  private static void addSymbols(Term root, Set<Term.Sym> symbols) {
    Deque<Term> work = new ArrayDeque<>();
    Set<Term> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    work.push(root);
    while (!work.isEmpty()) {
      Term term = Unifier.find(work.pop());
      if (term instanceof Term.Sym symbol) {
        symbols.add(symbol);
      } else if (seen.add(term)) {
        term.parts().forEach(work::push);
      }
    }
  }
}

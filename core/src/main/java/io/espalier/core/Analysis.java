package io.espalier.core;

import io.espalier.core.checks.GraphChecks;
import io.espalier.core.checks.LayoutChecks;
import io.espalier.core.values.Cut;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.Layout;
import io.espalier.trace.Layout.Symbol;
import io.espalier.trace.Objections;
import io.espalier.trace.Solver;
import io.espalier.trace.SymMap;
import io.espalier.trace.TrialSizes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Solves a network, and asks it whether it can really be cut as the solution says: it may hold a
 * width where its graph does not show it. Some cuts are tried, without being made: one in which all
 * symbols are smaller, and so many that of any two symbols one is smaller while the other is not.
 */
final class Analysis implements Objections {
  /** Its multiples fill the unit interval evenly, so that widths of one extent differ. */
  private static final double GOLDEN = 0.6180339887498949;

  /** Each number of units is a choice. */
  private static final long MOST_UNITS = 1 << 24;

  private final TracedModel model;

  private Analysis(TracedModel model) {
    this.model = model;
  }

  /**
   * The symbolic map of a model.
   *
   * @param sizes lengths for dimensions that the model leaves open
   */
  static SymMap of(TracedModel model, DMRegistry registry, TrialSizes sizes) {
    GraphChecks.check("traced network", model.graph(), registry);
    SymMap map = new Solver(registry).solve(model.graph(), sizes, new Analysis(model));
    LayoutChecks.check("solved network", map, registry);
    return map;
  }

  /**
   * The symbolic map of a model that was solved, with what is inside the groups of some nodes'
   * channels opened.
   *
   * @param map the map that it has
   * @param nodes the indices of the nodes
   */
  static SymMap opened(TracedModel model, SymMap map, DMRegistry registry, Set<Integer> nodes) {
    SymMap opened =
        new Solver(registry).opening(nodes).solve(model.graph(), map.trials(), new Analysis(model));
    LayoutChecks.check("solved network", opened, registry);
    return opened;
  }

  @Override
  public Map<Symbol, String> to(SymMap map) {
    Map<Symbol, String> objections = tooLong(map);
    List<Symbol> symbols = new ArrayList<>();
    map.symbols().stream()
        .filter(symbol -> smaller(symbol, 0) > 0 && !objections.containsKey(symbol))
        .forEach(symbols::add);
    find(map, symbols, objections);
    for (int bit = 1; bit < 2 * symbols.size(); bit *= 2) {
      int mask = bit;
      find(map, chosen(symbols, i -> (i & mask) != 0), objections);
    }
    return objections;
  }

  /** The symbols with too many units to choose from. */
  private static Map<Symbol, String> tooLong(SymMap map) {
    Map<Symbol, String> found = new LinkedHashMap<>();
    for (Symbol symbol : map.symbols()) {
      if (symbol.extent() > MOST_UNITS) {
        found.put(
            symbol,
            "it has "
                + symbol.extent()
                + " units; of more than "
                + MOST_UNITS
                + " none are chosen, as numbers of units are listed one by one");
      }
    }
    return found;
  }

  private static List<Symbol> chosen(List<Symbol> symbols, IntPredicate condition) {
    return IntStream.range(0, symbols.size()).filter(condition).mapToObj(symbols::get).toList();
  }

  /** Finds the symbols that must not shrink, by halving groups that must not. */
  private void find(SymMap map, List<Symbol> group, Map<Symbol, String> objections) {
    List<Symbol> open = group.stream().filter(symbol -> !objections.containsKey(symbol)).toList();
    Optional<String> objection =
        open.isEmpty() ? Optional.empty() : model.objection(cut(map, open));
    if (objection.isEmpty()) {
      return;
    }
    if (open.size() == 1) {
      objections.put(open.get(0), objection.get());
      return;
    }
    int known = objections.size();
    find(map, open.subList(0, open.size() / 2), objections);
    find(map, open.subList(open.size() / 2, open.size()), objections);
    if (objections.size() == known) {
      // only together they must not
      open.forEach(symbol -> objections.put(symbol, objection.get()));
    }
  }

  private static Cut cut(SymMap map, List<Symbol> shrunk) {
    Set<Symbol> less = new HashSet<>(shrunk);
    Layout.Widths widths =
        symbol ->
            less.contains(symbol) ? smaller(symbol, symbol.index() * GOLDEN % 1) : symbol.extent();
    return new Cut(map, widths, new int[map.symbols().size()][], List.of());
  }

  /**
   * A width that is less than the whole: a fraction of the way from the least up. A window keeps
   * its parity. 0 if there is none.
   */
  private static long smaller(Symbol symbol, double fraction) {
    long step = symbol.window() ? 2 : 1;
    long choices = (symbol.extent() - symbol.least()) / step;
    return choices == 0 ? 0 : symbol.extent() - step * (choices - (long) (fraction * choices));
  }
}

package io.espalier.core.search;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.trace.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The units behind a width: its values count elements, and one unit may stand for several.
 *
 * @param hparam the width, under its first name
 * @param symbol what it turns
 * @param elements by how much its value falls when one unit goes
 */
public record WidthUnits(Hparam hparam, Layout.Symbol symbol, int elements) {

  /**
   * Those of every width that can be configured, in graph order, but for elements that data pick by
   * their positions: no weight tells what these are worth. Found by turning each width in turn and
   * looking at what is cut; the active config is put back.
   */
  public static List<WidthUnits> of(SearchSpace space) {
    List<Hparam> hparams = List.copyOf(space.configurableHparams().values());
    Set<Layout.Symbol> indexed = space.map().orElseThrow().indexed();
    List<Layout.Symbol> symbols =
        space.map().orElseThrow().symbols().stream()
            .filter(symbol -> !indexed.contains(symbol))
            .toList();
    List<WidthUnits> found = new ArrayList<>();
    Config before = space.config();
    try {
      hparams.forEach(hparam -> hparam.setActive(hparam.original()));
      for (Hparam hparam : hparams) {
        if (hparam.order().length > 0) {
          Choice least = hparam.min();
          hparam.setActive(least);
          Layout.Widths widths = space.cut().widths();
          hparam.setActive(hparam.original());
          for (Layout.Symbol symbol : symbols) {
            int gone = Math.toIntExact(symbol.extent() - widths.width(symbol));
            if (gone > 0) {
              int shrunk = hparam.original().number() - least.number();
              found.add(new WidthUnits(hparam, symbol, shrunk / gone));
            }
          }
        }
      }
    } finally {
      space.select(before);
    }
    return found;
  }

  /** How many units there are at a value of the width. */
  public int at(int value) {
    return Math.toIntExact(symbol.extent()) - (hparam.original().number() - value) / elements;
  }
}

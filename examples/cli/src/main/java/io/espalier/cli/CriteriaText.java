package io.espalier.cli;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What several criteria say of each width, side by side: how many of the units that the first would
 * keep at half the width another would keep, too.
 */
final class CriteriaText {
  private CriteriaText() {}

  /**
   * The table.
   *
   * @param criteria keys of criteria of weights
   * @throws io.espalier.spi.EspalierException if one is not known
   */
  static String of(SearchSpace space, List<String> criteria) {
    List<Hparam> widths =
        space.configurableHparams().values().stream().filter(h -> h.order().length > 1).toList();
    List<List<Set<Integer>>> kept = new ArrayList<>();
    for (String criterion : criteria) {
      space.setCriterion(criterion);
      space.sortParameters();
      kept.add(widths.stream().map(CriteriaText::half).toList());
    }
    List<String> head = new ArrayList<>(List.of("width", "units"));
    head.addAll(criteria);
    Table table = new Table(head.toArray(String[]::new));
    for (int i = 0; i < widths.size(); i++) {
      Set<Integer> first = kept.get(0).get(i);
      List<String> row = new ArrayList<>();
      row.add(widths.get(i).name());
      row.add(Integer.toString(widths.get(i).order().length));
      for (List<Set<Integer>> own : kept) {
        long both = own.get(i).stream().filter(first::contains).count();
        row.add(String.format(Locale.ROOT, "%.2f", both / (double) first.size()));
      }
      table.row(row.toArray(String[]::new));
    }
    return "the part of the better half of each width that is also "
        + criteria.get(0)
        + "'s"
        + System.lineSeparator()
        + table;
  }

  private static Set<Integer> half(Hparam width) {
    int[] order = width.order();
    Set<Integer> half = new HashSet<>();
    for (int i = 0; i < (order.length + 1) / 2; i++) {
      half.add(order[i]);
    }
    return half;
  }
}

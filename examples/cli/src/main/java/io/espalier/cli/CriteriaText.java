package io.espalier.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.core.search.CriterionTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What several criteria say of the units of each width, side by side. */
final class CriteriaText {
  private static final String NOTHING = "-";

  private CriteriaText() {}

  /**
   * A table of the place that each unit has, 1 for the one that stays longest; and for each width
   * how many of the units that the first criterion would keep at half of it another would keep,
   * too.
   */
  static String of(CriterionTable table) {
    return "the place of each unit, 1 for the one that stays longest"
        + System.lineSeparator()
        + places(table)
        + "the part of the better half of each width that is also "
        + table.criteria().get(0)
        + "'s"
        + System.lineSeparator()
        + halves(table);
  }

  private static Table places(CriterionTable criteria) {
    Table table = table("unit", criteria);
    for (CriterionTable.Row row : criteria.widths()) {
      int[][] places = new int[criteria.criteria().size()][];
      for (int i = 0; i < places.length; i++) {
        places[i] = places(row.ranked().get(criteria.criteria().get(i)));
      }
      for (int unit = 0; unit < row.units(); unit++) {
        List<String> cells = new ArrayList<>(List.of(row.width(), Integer.toString(unit)));
        for (int[] own : places) {
          cells.add(own.length == 0 ? NOTHING : Integer.toString(own[unit]));
        }
        table.row(cells.toArray(String[]::new));
      }
    }
    return table;
  }

  private static Table halves(CriterionTable criteria) {
    Table table = table("units", criteria);
    for (CriterionTable.Row row : criteria.widths()) {
      Set<Integer> first = half(row.ranked().get(criteria.criteria().get(0)));
      List<String> cells = new ArrayList<>(List.of(row.width(), Integer.toString(row.units())));
      for (String criterion : criteria.criteria()) {
        Set<Integer> own = half(row.ranked().get(criterion));
        long both = own.stream().filter(first::contains).count();
        cells.add(
            own.isEmpty() || first.isEmpty()
                ? NOTHING
                : String.format(Locale.ROOT, "%.2f", both / (double) first.size()));
      }
      table.row(cells.toArray(String[]::new));
    }
    return table;
  }

  private static Table table(String second, CriterionTable criteria) {
    List<String> head = new ArrayList<>(List.of("width", second));
    head.addAll(criteria.criteria());
    return new Table(head.toArray(String[]::new));
  }

  private static int[] places(CriterionTable.@Nullable Ranked ranked) {
    int[] order = ranked == null ? new int[0] : ranked.order();
    int[] places = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      places[order[i]] = i + 1;
    }
    return places;
  }

  private static Set<Integer> half(CriterionTable.@Nullable Ranked ranked) {
    int[] order = ranked == null ? new int[0] : ranked.order();
    Set<Integer> half = new HashSet<>();
    for (int i = 0; i < (order.length + 1) / 2; i++) {
      half.add(order[i]);
    }
    return half;
  }

  /** The same for other tools: {@code order} and {@code importance} by unit. */
  static String json(CriterionTable criteria) {
    ObjectNode root = SpaceJson.object();
    criteria.criteria().forEach(root.putArray("criteria")::add);
    ArrayNode widths = root.putArray("widths");
    for (CriterionTable.Row row : criteria.widths()) {
      ObjectNode width = widths.addObject();
      width.put("name", row.width());
      width.put("units", row.units());
      ObjectNode all = width.putObject("criteria");
      for (String criterion : criteria.criteria()) {
        CriterionTable.Ranked ranked = row.ranked().get(criterion);
        if (ranked != null) {
          ObjectNode own = all.putObject(criterion);
          ArrayNode order = own.putArray("order");
          ArrayNode importance = own.putArray("importance");
          for (int unit : ranked.order()) {
            order.add(unit);
          }
          for (double value : ranked.importance()) {
            importance.add(value);
          }
        }
      }
    }
    return SpaceJson.text(root) + System.lineSeparator();
  }
}

package io.espalier.cli.report;

import io.espalier.core.values.UncountedNode;
import java.util.List;
import org.jsoup.nodes.Element;

/** What the network cost before and after, and what was allowed. */
final class CostSection {
  private static final int SHOWN = 6;

  private CostSection() {}

  static void add(Element main, PruneReport report) {
    Element section = Html.section(main, "costs", "What it costs");
    Element body =
        Html.table(
            section,
            "Costs before and after",
            List.of(
                Column.words("cost"),
                Column.number("before"),
                Column.number("after"),
                Column.number("left"),
                Column.words("part that is left"),
                Column.words("budget"),
                Column.number("of it used")));
    for (CostLine cost : report.costs()) {
      Element row = Html.row(body, cost.plural());
      Html.number(row, cost.cost().number(cost.before()));
      Html.number(row, cost.cost().number(cost.after()));
      Html.number(row, cost.before() == 0 ? "" : Figures.percent(cost.part()));
      Element cell = row.appendElement("td").addClass("drawn");
      Bars.add(
          cell,
          cost.part(),
          cost.limit().map(limit -> cost.part(limit.amount())),
          Figures.percent(cost.part()) + " of the " + cost.plural() + " left");
      Html.words(row, cost.limit().map(CostLine.Allowed::words).orElse(""));
      Html.number(
          row,
          cost.limit().map(limit -> Figures.percent(cost.after() / limit.amount())).orElse(""));
    }
    section
        .appendElement("p")
        .addClass("note")
        .text("Bars are parts of the original; a line across a bar is its budget.");
    if (!report.uncounted().isEmpty()) {
      Element note = section.appendElement("p").text("MACs are not complete; left out: ");
      Html.names(note, report.uncounted().stream().map(CostSection::name).toList(), SHOWN);
    }
  }

  private static String name(UncountedNode node) {
    return node.node() + " (" + node.op() + ")";
  }
}

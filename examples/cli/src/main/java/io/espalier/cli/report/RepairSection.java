package io.espalier.cli.report;

import java.util.List;
import org.jsoup.nodes.Element;

/** How far the network is from the original, before and after repair, and what was left alone. */
final class RepairSection {
  private RepairSection() {}

  static void add(Element main, DataReport data) {
    Element section = Html.section(main, "repair", "What repair did");
    Element body =
        Html.table(
            section,
            Html.capital(data.measure())
                + " on "
                + Figures.exact(data.heldBack())
                + " samples that were held back",
            List.of(Column.words("network"), Column.number("error")));
    Html.number(Html.row(body, "as it was cut"), Figures.error(data.errorBefore()) + data.unit());
    Html.number(Html.row(body, "as it was written"), Figures.error(data.error()) + data.unit());
    section
        .appendElement("p")
        .text(
            data.repaired() == 0
                ? "No parameter was given other values than it was cut with."
                : "Parameters with other values than they were cut with: "
                    + Figures.exact(data.repaired())
                    + ".");
    if (!data.left().isEmpty()) {
      Element left =
          Html.table(
              section,
              "Left as they were cut",
              List.of(Column.words("weights that make"), Column.words("why")));
      data.left().forEach((node, why) -> Html.words(Html.named(left, node), why));
    }
  }
}

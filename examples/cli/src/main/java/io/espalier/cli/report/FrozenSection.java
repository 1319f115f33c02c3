package io.espalier.cli.report;

import java.util.List;
import org.jsoup.nodes.Element;

/** What could not be chosen, by what stopped it. */
final class FrozenSection {
  private static final int SHOWN = 4;

  private FrozenSection() {}

  static void add(Element main, List<FrozenCause> causes) {
    Element section = Html.section(main, "frozen", "What may not change");
    if (causes.isEmpty()) {
      section.appendElement("p").text("Every width of this network may change.");
      return;
    }
    Element body =
        Html.table(
            section,
            "Widths that may not change, by reason",
            List.of(
                Column.words("why"),
                Column.number("how many"),
                Column.words("widths"),
                Column.words("where"),
                Column.words("what helps")));
    for (FrozenCause cause : causes) {
      Element row = Html.row(body, cause.why());
      Html.number(row, Figures.exact(cause.axes().size()));
      Html.names(row.appendElement("td").addClass("words"), cause.names(), SHOWN);
      Element where = row.appendElement("td").addClass("words");
      if (!cause.nodes().isEmpty()) {
        where.text((cause.op() + " ").stripLeading());
        Html.names(where, cause.nodes(), SHOWN);
      }
      Html.words(row, cause.remedy().orElse(""));
    }
  }
}

package io.espalier.cli.report;

import java.util.List;
import org.jsoup.nodes.Element;

/** What was asked for: the command, and its options. */
final class AskedSection {
  private AskedSection() {}

  static void add(Element main, Asked asked) {
    Element section = Html.section(main, "asked", "What was asked");
    section
        .appendElement("pre")
        .attr("tabindex", "0")
        .attr("aria-label", "Command")
        .appendElement("code")
        .text(asked.command());
    Element body =
        Html.table(
            section,
            "Options",
            List.of(Column.words("option"), Column.words("value"), Column.words("said by")));
    for (Asked.Option option : asked.options()) {
      Element row = Html.named(body, option.name());
      Html.code(row.appendElement("td"), option.value());
      Html.words(row, option.given() ? "command" : "default");
    }
  }
}

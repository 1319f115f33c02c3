package io.espalier.cli.report;

import java.util.List;
import java.util.regex.Pattern;
import org.jsoup.nodes.Element;

/** What sections of the page are made of. */
final class Html {
  private static final Pattern BEHIND_SEPARATORS = Pattern.compile("(?<=[./,:])");

  private Html() {}

  /** A section under a heading, which others lead to by its id. */
  static Element section(Element main, String id, String heading) {
    Element section = main.appendElement("section").attr("aria-labelledby", id);
    section.appendElement("h2").attr("id", id).text(heading);
    return section;
  }

  /** A table of which the first column names rows; returns its body. */
  static Element table(Element parent, String caption, List<Column> columns) {
    Element region =
        parent
            .appendElement("div")
            .addClass("scroll")
            .attr("role", "region")
            .attr("aria-label", caption)
            .attr("tabindex", "0");
    Element table = region.appendElement("table");
    table.appendElement("caption").text(caption);
    Element head = table.appendElement("thead").appendElement("tr");
    for (Column column : columns) {
      Element cell = head.appendElement("th").attr("scope", "col").text(column.heading());
      if (column.number()) {
        cell.addClass("number");
      }
    }
    return table.appendElement("tbody");
  }

  /** A row that is named by words. */
  static Element row(Element body, String words) {
    Element row = body.appendElement("tr");
    row.appendElement("th").attr("scope", "row").text(words);
    return row;
  }

  /** A row that is named by a name from the model, or of an option. */
  static Element named(Element body, String name) {
    Element row = body.appendElement("tr");
    row.appendElement("th").attr("scope", "row");
    code(row.child(0), name);
    return row;
  }

  /** A name as it is, which a line may end within only behind a separator. */
  static void code(Element parent, String name) {
    Element code = parent.appendElement("code");
    for (String part : BEHIND_SEPARATORS.split(name, -1)) {
      if (code.childNodeSize() > 0) {
        code.appendElement("wbr");
      }
      code.appendText(part);
    }
  }

  /** A cell of a number. */
  static void number(Element row, String text) {
    row.appendElement("td").addClass("number").text(text);
  }

  /** A cell of words. */
  static Element words(Element row, String text) {
    return row.appendElement("td").addClass("words").text(text);
  }

  /** Words as they begin a sentence. */
  static String capital(String words) {
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  /**
   * Names, some of which are seen at once.
   *
   * @param most how many; one more is not worth a click
   */
  static void names(Element parent, List<String> names, int most) {
    int shown = names.size() <= most + 1 ? names.size() : most;
    code(parent, String.join(", ", names.subList(0, shown)));
    List<String> rest = names.subList(shown, names.size());
    if (!rest.isEmpty()) {
      Element details = parent.appendElement("details");
      details.appendElement("summary").text("and " + rest.size() + " more");
      code(details, String.join(", ", rest));
    }
  }
}

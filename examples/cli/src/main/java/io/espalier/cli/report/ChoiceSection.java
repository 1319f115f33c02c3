package io.espalier.cli.report;

import java.util.List;
import java.util.Optional;
import org.jsoup.nodes.Element;

/** What was chosen: widths as bars, then kernels and depths. */
final class ChoiceSection {
  private static final int SHOWN = 1;

  private ChoiceSection() {}

  static void add(Element main, PruneReport report) {
    Element section = Html.section(main, "choices", "How wide its layers are");
    List<PruneReport.Chosen> widths =
        report.choices().stream().filter(PruneReport.Chosen::width).toList();
    if (widths.isEmpty()) {
      section.appendElement("p").text("No width of this network can be chosen.");
    } else {
      widths(section, widths);
    }
    List<PruneReport.Chosen> others =
        report.choices().stream().filter(chosen -> !chosen.width()).toList();
    if (!others.isEmpty()) {
      others(section, others);
    }
  }

  private static void widths(Element section, List<PruneReport.Chosen> widths) {
    Element body =
        Html.table(
            section,
            "Widths in elements, in the order of the network",
            List.of(
                Column.words("width"),
                Column.number("before"),
                Column.number("after"),
                Column.number("left"),
                Column.words("part that is left"),
                Column.words("also called")));
    for (PruneReport.Chosen width : widths) {
      Element row = Html.named(body, width.name());
      double part = width.after().number() / (double) width.before().number();
      Html.number(row, width.before().toString());
      Html.number(row, width.after().toString());
      Html.number(row, Figures.percent(part));
      Bars.add(
          row.appendElement("td").addClass("drawn"),
          part,
          Optional.empty(),
          width.after() + " of " + width.before());
      others(row, width);
    }
  }

  private static void others(Element section, List<PruneReport.Chosen> others) {
    long changed = others.stream().filter(ChoiceSection::isChanged).count();
    Element details = section.appendElement("details");
    details
        .appendElement("summary")
        .text("Kernels and depths: " + changed + " of " + others.size() + " changed");
    if (changed > 0) {
      details.attr("open", "open");
    }
    Element body =
        Html.table(
            details,
            "Kernels and depths",
            List.of(
                Column.words("choice"),
                Column.number("before"),
                Column.number("after"),
                Column.words("changed"),
                Column.words("also called")));
    for (PruneReport.Chosen other : others) {
      Element row = Html.named(body, other.name());
      Html.number(row, other.before().toString());
      Html.number(row, other.after().toString());
      Html.words(row, isChanged(other) ? "yes" : "no");
      others(row, other);
    }
  }

  private static boolean isChanged(PruneReport.Chosen chosen) {
    return !chosen.before().equals(chosen.after());
  }

  /** What else the choice is called. */
  private static void others(Element row, PruneReport.Chosen chosen) {
    Element cell = row.appendElement("td");
    if (!chosen.others().isEmpty()) {
      Html.names(cell, chosen.others(), SHOWN);
    }
  }
}

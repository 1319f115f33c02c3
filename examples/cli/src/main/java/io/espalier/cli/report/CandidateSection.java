package io.espalier.cli.report;

import io.espalier.core.values.Config;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import org.jsoup.nodes.Element;

/** The candidates that were scored, as points and as tables, each with its config to download. */
final class CandidateSection {
  private CandidateSection() {}

  static void add(Element main, PruneReport report, DataReport data) {
    Element section = Html.section(main, "candidates", "What was tried");
    section
        .appendElement("p")
        .text(
            "A config says how wide each layer is. ./espalier export MODEL --config CONFIG -o OUT"
                + " cuts it; which units stay follows the weights then, and nothing is repaired."
                + " Costs are as they were predicted; a file may take a few bytes more.");
    CandidateCostAxis axis = CandidateCostAxis.of(report);
    if (!data.screened().isEmpty()) {
      screened(section, report, axis, data.screened());
    }
    if (!data.tried().isEmpty()) {
      section.appendElement("h3").text("Decided");
      section
          .appendElement("p")
          .text(
              Html.capital(data.what())
                  + ", of candidates that were repaired as the result is. The best was taken.");
      CandidatePlot.add(section, axis, data.tried(), "tried");
      table(section, report, data.tried(), "Candidates that were decided between");
    }
  }

  private static void screened(
      Element section,
      PruneReport report,
      CandidateCostAxis axis,
      List<DataReport.Scored> screened) {
    section.appendElement("h3").text("Screened");
    section
        .appendElement("p")
        .text(
            "The error of outputs of candidates that were repaired weight by weight. The line joins"
                + " the front: of these, none is better at both ends, error and cost.");
    CandidatePlot.add(section, axis, screened, "screened");
    List<DataReport.Scored> front = screened.stream().filter(DataReport.Scored::front).toList();
    if (!front.isEmpty()) {
      table(section, report, front, "The front");
    }
    List<DataReport.Scored> others =
        screened.stream().filter(candidate -> !candidate.front()).toList();
    if (!others.isEmpty()) {
      Element details = section.appendElement("details");
      details.appendElement("summary").text("The other " + others.size() + " that were screened");
      table(details, report, others, "Candidates beside the front");
    }
  }

  private static void table(
      Element parent, PruneReport report, List<DataReport.Scored> candidates, String caption) {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.words("candidate"));
    columns.add(Column.words("config"));
    columns.add(Column.number("error"));
    columns.add(Column.number("of the budget"));
    report.costs().forEach(cost -> columns.add(Column.number(cost.plural())));
    Element body = Html.table(parent, caption, columns);
    List<DataReport.Scored> byError = new ArrayList<>(candidates);
    byError.sort(Comparator.comparingDouble(scored -> scored.candidate().score()));
    for (DataReport.Scored scored : byError) {
      Element row = Html.row(body, scored.number() + (scored.chosen() ? " (taken)" : ""));
      if (scored.chosen()) {
        row.addClass("taken");
      }
      download(row.appendElement("td"), scored);
      Html.number(row, Figures.error(scored.candidate().score()));
      Html.number(row, Figures.percent(scored.candidate().spent()));
      for (CostLine cost : report.costs()) {
        Html.number(row, cost.cost().number(scored.costs().getOrDefault(cost.key(), 0L)));
      }
    }
  }

  private static void download(Element cell, DataReport.Scored scored) {
    Config config = scored.candidate().config();
    byte[] json = config.toJson().getBytes(StandardCharsets.UTF_8);
    cell.appendElement("a")
        .attr("download", "candidate-" + scored.number() + ".json")
        .attr("href", "data:application/json;base64," + Base64.getEncoder().encodeToString(json))
        .attr("aria-label", "config of candidate " + scored.number())
        .text("config");
  }
}

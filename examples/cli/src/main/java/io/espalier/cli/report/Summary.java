package io.espalier.cli.report;

import io.espalier.core.cost.MacsCost;
import io.espalier.core.cost.ParamsCost;
import org.jsoup.nodes.Element;

/** What a reader in a hurry takes away. */
final class Summary {
  private Summary() {}

  static void add(Element header, PruneReport report) {
    header.appendElement("h1").text("What was cut from " + report.model());
    CostLine macs = report.cost(MacsCost.KEY);
    CostLine params = report.cost(ParamsCost.KEY);
    header
        .appendElement("p")
        .addClass("lead")
        .text(
            Figures.percent(macs.part())
                + " of the MACs and "
                + Figures.percent(params.part())
                + " of the parameters are left."
                + report.data().map(Summary::error).orElse(""));
    report.remark().ifPresent(words -> header.appendElement("p").text(Html.capital(words) + "."));
  }

  private static String error(DataReport data) {
    return " On "
        + Figures.exact(data.heldBack())
        + " samples that were held back, the "
        + data.measure()
        + " is "
        + Figures.error(data.error())
        + data.unit()
        + ".";
  }
}

package io.espalier.cli.report;

import io.espalier.core.latency.ConfirmedLatency;
import io.espalier.core.latency.LayerLatency;
import java.util.List;
import java.util.Locale;
import org.jsoup.nodes.Element;

/** What a run of the network takes, layer by layer, beside what was predicted. */
final class LatencySection {
  private static final int WIDTH = 100;
  private static final int HEIGHT = 10;
  private static final double MILLION = 1e6;

  private LatencySection() {}

  static void add(Element main, ConfirmedLatency latency) {
    Element section = Html.section(main, "latency", "What a run takes");
    Element body =
        Html.table(
            section,
            "Milliseconds by layer",
            List.of(
                Column.words("layer"),
                Column.number("original"),
                Column.number("predicted"),
                Column.number("measured"),
                Column.words("what is left of it")));
    add(
        Html.row(body, "all of them"),
        new LayerLatency("", latency.original(), latency.predicted(), latency.measured()),
        latency.original());
    double most = latency.layers().stream().mapToDouble(LatencySection::longest).max().orElse(0);
    for (LayerLatency layer : latency.layers()) {
      add(Html.named(body, layer.node()), layer, most);
    }
    section
        .appendElement("p")
        .addClass("note")
        .text(
            "A layer is called by its first node, and has those behind it that a runtime may join"
                + " with it. Bars are as long as the original took, and filled as far as was"
                + " measured; the line across is what was predicted. Layers share a scale.");
  }

  private static double longest(LayerLatency layer) {
    return Math.max(layer.original(), Math.max(layer.predicted(), layer.measured()));
  }

  private static void add(Element row, LayerLatency layer, double most) {
    Html.number(row, milliseconds(layer.original()));
    Html.number(row, milliseconds(layer.predicted()));
    Html.number(row, milliseconds(layer.measured()));
    String label =
        milliseconds(layer.measured())
            + " ms of "
            + milliseconds(layer.original())
            + " ms, predicted "
            + milliseconds(layer.predicted())
            + " ms";
    Element cell = row.appendElement("td").addClass("drawn");
    Element svg = Svg.drawing(cell, "bar", WIDTH, HEIGHT, true, label);
    svg.appendElement("title").text(label);
    double scale = most > 0 ? WIDTH / most : 0;
    Svg.bar(svg, "before", scale * layer.original(), HEIGHT);
    Svg.bar(svg, "after", scale * layer.measured(), HEIGHT);
    double line = scale * layer.predicted();
    Svg.line(svg, "limit", line, 0, line, HEIGHT);
  }

  private static String milliseconds(double nanoseconds) {
    return String.format(Locale.ROOT, "%,.4f", nanoseconds / MILLION);
  }
}

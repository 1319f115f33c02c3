package io.espalier.cli.report;

import io.espalier.core.search.ErrorCurve;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Element;

/** What each width loses with its units: a small curve, and a few of its numbers. */
final class CurveSection {
  private static final int WIDTH = 160;
  private static final int HEIGHT = 36;
  private static final int EDGE = 4;

  /** No more points of a curve are drawn. */
  private static final int MOST_POINTS = 48;

  /** Errors below this part of the largest are drawn as that. */
  private static final double LEAST = 1e-5;

  private static final List<Double> PARTS = List.of(0.25, 0.5, 0.75);

  private final Scale scale;

  private CurveSection(Scale scale) {
    this.scale = scale;
  }

  static void add(Element main, PruneReport report, DataReport data) {
    Element section = Html.section(main, "curves", "What each width is worth");
    section
        .appendElement("p")
        .text(
            "The error that remains when one width alone is cut and repaired, as it was predicted"
                + " before the search. Curves run from nothing at the left to the original at the"
                + " right, all on one logarithmic scale from bottom to top; the dot is what"
                + " was chosen.");
    double most =
        data.curves().stream()
            .flatMap(curve -> curve.points().stream())
            .mapToDouble(ErrorCurve.Point::error)
            .filter(Double::isFinite)
            .max()
            .orElse(0);
    double top = most > 0 ? most : 1;
    new CurveSection(new Scale(top * LEAST, top, true)).add(section, report, data.curves());
  }

  private void add(Element section, PruneReport report, List<ErrorCurve> curves) {
    Map<String, Integer> chosen = new HashMap<>();
    report.choices().stream()
        .filter(PruneReport.Chosen::width)
        .forEach(width -> chosen.put(width.name(), width.after().number()));
    List<Column> columns = new ArrayList<>();
    columns.add(Column.words("width"));
    columns.add(Column.words("curve"));
    PARTS.forEach(part -> columns.add(Column.number("at " + Figures.percent(part))));
    columns.add(Column.number("chosen"));
    columns.add(Column.number("error there"));
    Element body = Html.table(section, "Predicted error of each width by what is left", columns);
    for (ErrorCurve curve : curves) {
      ErrorCurve.Point at = nearest(curve, chosen.getOrDefault(curve.width(), 0));
      Element row = Html.named(body, curve.width());
      draw(row.appendElement("td").addClass("curved"), curve, at);
      for (double part : PARTS) {
        Html.number(row, Figures.error(nearest(curve, part * original(curve)).error()));
      }
      Html.number(row, Figures.exact(at.value()));
      Html.number(row, Figures.error(at.error()));
    }
  }

  private static int original(ErrorCurve curve) {
    return curve.points().get(curve.points().size() - 1).value();
  }

  private static ErrorCurve.Point nearest(ErrorCurve curve, double value) {
    ErrorCurve.Point nearest = curve.points().get(0);
    for (ErrorCurve.Point point : curve.points()) {
      if (Math.abs(point.value() - value) <= Math.abs(nearest.value() - value)) {
        nearest = point;
      }
    }
    return nearest;
  }

  private void draw(Element cell, ErrorCurve curve, ErrorCurve.Point chosen) {
    String label =
        "error "
            + Figures.error(chosen.error())
            + " at "
            + chosen.value()
            + " of "
            + original(curve)
            + ", "
            + Figures.error(curve.points().get(0).error())
            + " at "
            + curve.points().get(0).value();
    Element svg = Svg.drawing(cell, "curve", WIDTH, HEIGHT, false, label);
    svg.appendElement("title").text(label);
    StringBuilder path = new StringBuilder();
    int count = curve.points().size();
    int drawn = Math.min(count, MOST_POINTS);
    for (int i = 0; i < drawn; i++) {
      int index = drawn == 1 ? 0 : (int) ((long) i * (count - 1) / (drawn - 1));
      ErrorCurve.Point point = curve.points().get(index);
      path.append(i == 0 ? "" : " ")
          .append(Figures.place(x(curve, point)))
          .append(',')
          .append(Figures.place(y(point)));
    }
    Svg.line(svg, "axis", 0, HEIGHT, WIDTH, HEIGHT);
    Svg.add(svg, "polyline", "class", "line", "points", path.toString());
    Svg.add(
        svg,
        "circle",
        "class",
        "dot",
        "cx",
        Figures.place(x(curve, chosen)),
        "cy",
        Figures.place(y(chosen)),
        "r",
        Integer.toString(EDGE));
  }

  private static double x(ErrorCurve curve, ErrorCurve.Point point) {
    return EDGE + (WIDTH - 2.0 * EDGE) * point.value() / original(curve);
  }

  private double y(ErrorCurve.Point point) {
    return HEIGHT - EDGE - (HEIGHT - 2.0 * EDGE) * scale.at(point.error());
  }
}

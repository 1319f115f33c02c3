package io.espalier.cli.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jsoup.nodes.Element;

/** Error against cost, a point for each candidate. */
final class CandidatePlot {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 300;
  private static final int LEFT = 56;
  private static final int RIGHT = 12;
  private static final int TOP = 22;
  private static final int BOTTOM = 44;
  private static final double RADIUS = 4;
  private static final double TAKEN = 7;
  private static final int GAP = 6;

  private final CandidateCostAxis cost;
  private final Scale across;
  private final Scale up;

  private CandidatePlot(CandidateCostAxis cost, List<DataReport.Scored> drawn) {
    this.cost = cost;
    this.across =
        Scale.upTo(Math.max(cost.budget(), drawn.stream().mapToDouble(cost::at).max().orElse(0)));
    this.up = Scale.of(drawn.stream().map(scored -> scored.candidate().score()).toList());
  }

  /**
   * Draws candidates; those that are of no use are only in the table.
   *
   * @param kind what they are, in a word
   */
  static void add(
      Element parent, CandidateCostAxis cost, List<DataReport.Scored> candidates, String kind) {
    List<DataReport.Scored> drawn =
        candidates.stream().filter(DataReport.Scored::isFinite).toList();
    if (!drawn.isEmpty()) {
      new CandidatePlot(cost, drawn).draw(parent, drawn, kind);
    }
  }

  private void draw(Element parent, List<DataReport.Scored> drawn, String kind) {
    Element svg =
        Svg.drawing(
            parent,
            "plot",
            WIDTH,
            HEIGHT,
            false,
            "Error of " + drawn.size() + " candidates against cost; the tables below say the same");
    svg.appendElement("title").text("Error against cost");
    grid(svg);
    List<DataReport.Scored> front = new ArrayList<>(drawn);
    front.removeIf(scored -> !scored.front());
    front.sort(Comparator.comparingDouble(cost::at));
    if (front.size() > 1) {
      StringBuilder path = new StringBuilder();
      front.forEach(
          scored ->
              path.append(Figures.place(x(cost.at(scored))))
                  .append(',')
                  .append(Figures.place(y(scored)))
                  .append(' '));
      Svg.add(svg, "polyline", "class", "front", "points", path.toString().strip());
    }
    drawn.stream().filter(scored -> !scored.front()).forEach(scored -> point(svg, scored, kind));
    front.forEach(scored -> point(svg, scored, "front"));
    drawn.stream()
        .filter(DataReport.Scored::chosen)
        .forEach(
            scored -> Svg.point(svg, "ring", x(cost.at(scored)), y(scored), TAKEN, words(scored)));
  }

  private void grid(Element svg) {
    for (double mark : up.marks()) {
      double y = y(mark);
      Svg.line(svg, "grid", LEFT, y, WIDTH - RIGHT, y);
      Svg.text(svg, "end", LEFT - GAP, y + 4, Figures.tick(mark));
    }
    for (double mark : across.marks()) {
      double x = x(mark);
      Svg.line(svg, "axis", x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 4.0);
      Svg.text(svg, "middle", x, HEIGHT - BOTTOM + 17.0, Figures.tick(mark));
    }
    Svg.line(svg, "axis", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
    Svg.line(svg, "axis", LEFT, TOP, LEFT, HEIGHT - BOTTOM);
    Svg.text(svg, "start", 0, 12, up.log() ? "error (logarithmic)" : "error");
    Svg.text(svg, "middle", LEFT + (WIDTH - LEFT - RIGHT) / 2.0, HEIGHT - 8.0, cost.name());
    double budget = x(cost.budget());
    Svg.line(svg, "limit", budget, TOP, budget, HEIGHT - BOTTOM);
    Svg.text(svg, "end", budget, 12, "budget");
  }

  private void point(Element svg, DataReport.Scored scored, String style) {
    Svg.point(svg, style, x(cost.at(scored)), y(scored), RADIUS, words(scored));
  }

  private String words(DataReport.Scored scored) {
    return "candidate "
        + scored.number()
        + (scored.chosen() ? " (taken)" : "")
        + ": error "
        + Figures.error(scored.candidate().score())
        + ", "
        + Figures.percent(scored.candidate().spent())
        + " of the budget";
  }

  private double x(double cost) {
    return LEFT + (WIDTH - LEFT - RIGHT) * across.at(cost);
  }

  private double y(DataReport.Scored scored) {
    return y(scored.candidate().score());
  }

  private double y(double error) {
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * up.at(error);
  }
}

package io.espalier.cli.report;

import java.util.Optional;
import org.jsoup.nodes.Element;

/** Bars of what is left, over what there was. */
final class Bars {
  private static final int WIDTH = 100;
  private static final int HEIGHT = 10;

  private Bars() {}

  /**
   * A bar.
   *
   * @param part what is left, from 0 to 1
   * @param limit where a line stands
   * @param label what it says
   */
  static void add(Element cell, double part, Optional<Double> limit, String label) {
    Element svg = Svg.drawing(cell, "bar", WIDTH, HEIGHT, true, label);
    svg.appendElement("title").text(label);
    Svg.bar(svg, "before", WIDTH, HEIGHT);
    Svg.bar(svg, "after", WIDTH * Math.min(1, part), HEIGHT);
    limit
        .filter(at -> at <= 1)
        .ifPresent(at -> Svg.line(svg, "limit", WIDTH * at, 0, WIDTH * at, HEIGHT));
  }
}

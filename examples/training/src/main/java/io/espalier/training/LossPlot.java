package io.espalier.training;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * Draws points of accuracy that were lost: a panel for each budget, in it a line for each method,
 * on it a small circle for each network and a bar at their mean; filled where weights were
 * repaired.
 */
final class LossPlot {
  private static final int NAMES = 120;
  private static final int PANEL = 240;
  private static final int GAP = 24;
  private static final int TOP = 48;
  private static final int LINE = 24;
  private static final int BOTTOM = 40;

  /** The scale is logarithmic; what lost less, or gained, stands at its left end. */
  private static final double LEAST = 0.1;

  private static final double MOST = 100;
  private static final double[] MARKS = {0.1, 1, 10, 100};

  private final DigitLosses losses;
  private final List<String> names;
  private final StringBuilder svg = new StringBuilder(1 << 14);

  private LossPlot(DigitLosses losses) {
    this.losses = losses;
    LinkedHashSet<String> distinct = new LinkedHashSet<>();
    losses.methods().forEach(method -> distinct.add(losses.name(method)));
    this.names = new ArrayList<>(distinct);
  }

  /** The picture as SVG. */
  static String of(DigitLosses losses) {
    return new LossPlot(losses).draw();
  }

  private String draw() {
    int width = NAMES + losses.budgets().size() * (PANEL + GAP);
    int height = TOP + names.size() * LINE + BOTTOM;
    add(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='Helvetica,"
            + " Arial, sans-serif' font-size='12' role='img'><title>Points of accuracy that were"
            + " lost</title>%n<rect width='%d' height='%d' fill='#ffffff'/>",
        width, height, width, height);
    for (int i = 0; i < names.size(); i++) {
      text(NAMES - 10, TOP + (i + 0.5) * LINE + 4, "end", names.get(i));
    }
    for (int i = 0; i < losses.budgets().size(); i++) {
      panel(NAMES + i * (PANEL + GAP), losses.budgets().get(i));
    }
    text(
        NAMES,
        height - 6.0,
        "start",
        "points lost, logarithmic; a circle for each network, a bar at the mean; filled: weights"
            + " repaired");
    return svg.append("</svg>\n").toString().replace("\r\n", "\n");
  }

  private void panel(double left, double budget) {
    double bottom = TOP + names.size() * LINE;
    text(left, TOP - 20.0, "start", budget + " of the MACs");
    for (double mark : MARKS) {
      double x = left + across(mark);
      add(
          "<line x1='%.1f' y1='%d' x2='%.1f' y2='%.1f' stroke='#d0d0d0'/>",
          x, TOP - 6, x, bottom + 4);
      text(x, bottom + 17, "middle", mark <= LEAST ? "up to " + mark : Long.toString((long) mark));
    }
    for (DigitLosses.Method method : losses.methods()) {
      double y = TOP + (names.indexOf(losses.name(method)) + 0.5) * LINE;
      dots(left, y, losses.of(method, budget), method.isRepaired() ? "#1f6f8b" : "#ffffff");
    }
  }

  private void dots(double left, double y, List<Double> lost, String fill) {
    if (lost.isEmpty()) {
      return;
    }
    for (double points : lost) {
      add(
          "<circle cx='%.1f' cy='%.1f' r='4' fill='%s' stroke='#1f6f8b'/>",
          left + across(points), y, fill);
    }
    double mean = left + across(DigitLosses.mean(lost));
    add(
        "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='#c0392b' stroke-width='2'/>",
        mean, y - 8, mean, y + 8);
  }

  private static double across(double points) {
    double clamped = Math.min(MOST, Math.max(LEAST, points));
    return PANEL * Math.log(clamped / LEAST) / Math.log(MOST / LEAST);
  }

  private void text(double x, double y, String anchor, String words) {
    add("<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>", x, y, anchor, words);
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format + "%n", values));
  }
}

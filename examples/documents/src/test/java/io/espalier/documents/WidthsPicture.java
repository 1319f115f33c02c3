package io.espalier.documents;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws every width of a network as a column: how many units there were, and how many are kept. */
final class WidthsPicture {
  private static final int HEIGHT = 180;
  private static final int COLUMN = 20;
  private static final int LEFT = 44;
  private static final int TOP = 34;
  private static final int NAMES = 170;

  private WidthsPicture() {}

  /** The picture as SVG. Heights are logarithmic, or the first layers would not be seen. */
  static String of(SearchSpace space, String title) {
    List<Map.Entry<String, Hparam>> widths =
        space.configurableHparams().entrySet().stream()
            .filter(entry -> entry.getValue().isSortable())
            .toList();
    int width = LEFT + widths.size() * COLUMN + 10;
    int height = TOP + HEIGHT + NAMES;
    StringBuilder svg = new StringBuilder(1 << 14);
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                + " font-family=\"Helvetica, Arial, sans-serif\" font-size=\"11\">%n<rect"
                + " width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n<text x=\"%d\" y=\"18\""
                + " font-size=\"14\">%s</text>%n",
            width,
            height,
            width,
            height,
            LEFT,
            title));
    for (int units : new int[] {1, 8, 64, 512, 2048}) {
      double y = TOP + HEIGHT - tall(units);
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>%n",
              LEFT - 6,
              y + 4,
              units));
    }
    int x = LEFT;
    for (Map.Entry<String, Hparam> entry : widths) {
      column(svg, x, entry.getKey(), entry.getValue());
      x += COLUMN;
    }
    return svg.append("</svg>\n").toString().replace("\r\n", "\n");
  }

  private static void column(StringBuilder svg, int x, String name, Hparam hparam) {
    int original = hparam.original().number();
    int active = hparam.active().number();
    rectangle(svg, x, tall(original), "#d5dbe3");
    rectangle(svg, x, tall(active), "#4e79a7");
    svg.append(
        String.format(
            Locale.ROOT,
            "<text transform=\"translate(%d,%d) rotate(-90)\" text-anchor=\"end\">%s</text>%n",
            x + COLUMN / 2 + 3,
            TOP + HEIGHT + 6,
            name.replace(".out_channels", "") + "  " + active + "/" + original));
  }

  private static void rectangle(StringBuilder svg, int x, double tall, String colour) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"%s\"/>%n",
            x + 1,
            TOP + HEIGHT - tall,
            COLUMN - 3,
            tall,
            colour));
  }

  private static double tall(int units) {
    return 8 + (HEIGHT - 8) * Math.log(units) / Math.log(2048);
  }
}

package io.espalier.cli.report;

import org.jsoup.nodes.Element;
import org.jsoup.parser.ParseSettings;
import org.jsoup.parser.Parser;
import org.jsoup.parser.Tag;

/**
 * Elements of drawings. Colours come from the style of the page, so that they fit its background.
 */
final class Svg {
  private Svg() {}

  /**
   * A drawing.
   *
   * @param label what it shows, for those who do not see it
   * @param stretched whether it takes any shape that its place has
   */
  static Element drawing(
      Element parent, String style, int width, int height, boolean stretched, String label) {
    Element svg =
        new Element(Tag.valueOf("svg", Parser.NamespaceSvg, ParseSettings.preserveCase), "");
    parent.appendChild(svg);
    put(svg, "class", style, "role", "img", "aria-label", label);
    put(svg, "viewBox", "0 0 " + width + " " + height);
    if (stretched) {
      put(svg, "preserveAspectRatio", "none");
    }
    return svg;
  }

  /** Part of a drawing, with attributes by name and value. */
  static Element add(Element parent, String tag, String... attributes) {
    Element element = parent.appendElement(tag);
    put(element, attributes);
    return element;
  }

  /** As they are written: names of attributes of a drawing know upper case. */
  private static void put(Element element, String... attributes) {
    for (int i = 0; i < attributes.length; i += 2) {
      element.attributes().put(attributes[i], attributes[i + 1]);
    }
  }

  /** A bar from the left. */
  static void bar(Element svg, String style, double width, int height) {
    add(
        svg,
        "rect",
        "class",
        style,
        "width",
        Figures.place(width),
        "height",
        Integer.toString(height));
  }

  /** A text at a place. */
  static void text(Element parent, String style, double x, double y, String text) {
    add(parent, "text", "class", style, "x", Figures.place(x), "y", Figures.place(y)).text(text);
  }

  /** A line between two places. */
  static void line(
      Element parent, String style, double fromX, double fromY, double toX, double toY) {
    add(
        parent,
        "line",
        "class",
        style,
        "x1",
        Figures.place(fromX),
        "y1",
        Figures.place(fromY),
        "x2",
        Figures.place(toX),
        "y2",
        Figures.place(toY));
  }

  /** A circle with words that show when it is pointed at. */
  static void point(Element parent, String style, double x, double y, double radius, String words) {
    add(
            parent,
            "circle",
            "class",
            style,
            "cx",
            Figures.place(x),
            "cy",
            Figures.place(y),
            "r",
            Figures.place(radius))
        .appendElement("title")
        .text(words);
  }
}

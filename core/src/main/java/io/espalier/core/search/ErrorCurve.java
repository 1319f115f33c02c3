package io.espalier.core.search;

import java.util.List;

/**
 * What a width loses with its units.
 *
 * @param width the hparam, under its first name
 * @param points one for each of its choices, ascending
 */
public record ErrorCurve(String width, List<Point> points) {
  public ErrorCurve {
    points = List.copyOf(points);
  }

  /**
   * The error at one choice.
   *
   * @param value the choice, in elements
   * @param error what remains of the error of outputs, as a part of their variance, with this width
   *     alone cut, and repaired; where nothing tells, a number that only ranks choices
   */
  public record Point(int value, double error) {}
}

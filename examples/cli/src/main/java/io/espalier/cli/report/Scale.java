package io.espalier.cli.report;

import java.util.ArrayList;
import java.util.List;

/**
 * An axis of a drawing: where values stand, from 0 to 1, and which are marked.
 *
 * @param least the value at 0
 * @param most the value at 1; more than the least
 * @param log whether equal steps are equal factors; then both are above 0
 */
record Scale(double least, double most, boolean log) {
  private static final int MARKS = 5;
  private static final double TEN = 10;

  /** Factors of more than this are drawn as logarithms. */
  private static final double WIDE = 10;

  /** Room beside the outermost values. */
  private static final double MARGIN = 0.06;

  /** An axis from 0 on. */
  static Scale upTo(double most) {
    return new Scale(0, most > 0 ? most * (1 + MARGIN) : 1, false);
  }

  /** An axis that holds values, of which there is at least one. */
  static Scale of(List<Double> values) {
    double least = values.stream().mapToDouble(value -> value).min().orElseThrow();
    double most = values.stream().mapToDouble(value -> value).max().orElseThrow();
    if (least > 0 && most > WIDE * least) {
      double margin = Math.pow(most / least, MARGIN);
      return new Scale(least / margin, most * margin, true);
    }
    double room = most > least ? MARGIN * (most - least) : Math.max(Math.abs(most), 1) * MARGIN;
    return new Scale(least - room, most + room, false);
  }

  /** Where a value stands; values beyond the ends stand at the ends. */
  double at(double value) {
    double part =
        log
            ? Math.log(Math.max(value, least) / least) / Math.log(most / least)
            : (value - least) / (most - least);
    return Math.max(0, Math.min(1, part));
  }

  /** The values that are marked, ascending. */
  List<Double> marks() {
    return log ? decades() : even();
  }

  private List<Double> even() {
    double rough = (most - least) / MARKS;
    double power = Math.pow(TEN, Math.floor(Math.log10(rough)));
    double step = TEN * power;
    for (double nice : new double[] {1, 2, 5}) {
      if (nice * power >= rough) {
        step = nice * power;
        break;
      }
    }
    List<Double> marks = new ArrayList<>();
    for (long i = (long) Math.ceil(least / step); i * step <= most; i++) {
      marks.add(i * step);
    }
    return marks;
  }

  private List<Double> decades() {
    boolean few = most / least < TEN * TEN * TEN;
    List<Double> marks = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(least)); Math.pow(TEN, power) <= most; power++) {
      for (double nice : few ? new double[] {1, 2, 5} : new double[] {1}) {
        double mark = nice * Math.pow(TEN, power);
        if (mark >= least && mark <= most) {
          marks.add(mark);
        }
      }
    }
    return marks;
  }
}

package io.espalier.core.latency;

import java.util.ArrayList;
import java.util.List;

/**
 * What something takes by how much there is to do: {@code a + b elements + c MACs + d MACs8 + e
 * MACs16}, no term negative. The last two are what there is to do where each width of the data is
 * filled up to a multiple of 8 or 16, as kernels do that work in blocks as wide as the processor's
 * vectors. Immutable.
 */
final class SmoothTimes {
  private static final int TERMS = 5;
  private static final int[] BLOCKS = {8, 16};
  private static final int SWEEPS = 300;

  /** Weighs the belief that a term is what it is for all, beside what was measured. */
  private static final double HELD = 0.3;

  private final double[] terms;

  private SmoothTimes(double[] terms) {
    this.terms = terms;
  }

  /** What fits some measurements best. */
  static SmoothTimes of(List<SegmentTimes.Sample> samples) {
    Equations equations = equations(samples);
    return new SmoothTimes(equations.solved());
  }

  /**
   * What fits some of the measurements best, held to what fits all, which this is: as a whole by as
   * much as one measurement counts, and in its terms.
   */
  SmoothTimes fitted(List<SegmentTimes.Sample> some) {
    Equations equations = equations(some);
    if (equations.rows.isEmpty()) {
      return this;
    }
    double factor = equations.factor(terms);
    double[] sizes = equations.rootMeanSquares();
    for (int term = 0; term < TERMS; term++) {
      double[] row = new double[TERMS];
      row[term] = HELD * sizes[term];
      equations.add(row, row[term] * factor * terms[term]);
    }
    return new SmoothTimes(equations.solved());
  }

  /** How long it takes, in nanoseconds. */
  double at(long[] sizes) {
    return product(features(sizes), terms);
  }

  private static double[] features(long[] sizes) {
    double macs = sizes[Segments.MACS];
    double[] features = {1, sizes[Segments.ELEMENTS], macs, macs, macs};
    for (int i = 0; i < sizes[Segments.WIDTHS]; i++) {
      double width = sizes[Segments.FIRST_AXIS + i];
      for (int block = 0; block < BLOCKS.length; block++) {
        features[TERMS - BLOCKS.length + block] *=
            Math.ceil(width / BLOCKS[block]) * BLOCKS[block] / width;
      }
    }
    return features;
  }

  /** One for each measurement, weighted so that errors count about as parts. */
  private static Equations equations(List<SegmentTimes.Sample> samples) {
    double mean =
        samples.stream().mapToDouble(SegmentTimes.Sample::nanoseconds).average().orElse(0);
    Equations equations = new Equations();
    for (SegmentTimes.Sample sample : samples) {
      if (mean > 0) {
        double weight = 1 / (sample.nanoseconds() + mean);
        double[] row = features(sample.sizes());
        for (int term = 0; term < TERMS; term++) {
          row[term] *= weight;
        }
        equations.add(row, weight * sample.nanoseconds());
      }
    }
    return equations;
  }

  private static double product(double[] row, double[] terms) {
    double sum = 0;
    for (int term = 0; term < TERMS; term++) {
      sum += row[term] * terms[term];
    }
    return sum;
  }

  /** Equations that are met as well as they can be by terms that are not negative. */
  private static final class Equations {
    private final List<double[]> rows = new ArrayList<>();
    private final List<Double> targets = new ArrayList<>();

    void add(double[] row, double target) {
      rows.add(row);
      targets.add(target);
    }

    double[] rootMeanSquares() {
      double[] means = new double[TERMS];
      for (int term = 0; term < TERMS; term++) {
        means[term] = Math.sqrt(square(term) / rows.size());
      }
      return means;
    }

    private double square(int term) {
      return rows.stream().mapToDouble(row -> row[term] * row[term]).sum();
    }

    /** By what some terms are to be multiplied, where one equation says by 1. */
    double factor(double[] terms) {
      double squares = 0;
      double products = 0;
      for (int i = 0; i < rows.size(); i++) {
        double product = product(rows.get(i), terms);
        squares += product * product;
        products += product * targets.get(i);
      }
      double one = squares / rows.size();
      return squares > 0 ? (products + one) / (squares + one) : 1;
    }

    /** Least squares, one unknown after the other. */
    double[] solved() {
      double[] found = new double[TERMS];
      double[] left = targets.stream().mapToDouble(Double::doubleValue).toArray();
      for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (int term = TERMS - 1; term >= 0; term--) {
          double squares = square(term);
          if (squares > 0) {
            double products = 0;
            for (int i = 0; i < left.length; i++) {
              products += rows.get(i)[term] * left[i];
            }
            double step = Math.max(-found[term], products / squares);
            found[term] += step;
            for (int i = 0; i < left.length; i++) {
              left[i] -= step * rows.get(i)[term];
            }
          }
        }
      }
      return found;
    }
  }
}

package io.espalier.core.moments;

/**
 * Sums over the rows of a {@link Probe}, in double precision. The columns are those of the probe
 * and, last, a 1: the row of that column holds plain sums.
 *
 * <p>Mutable while it is added up, by one thread.
 */
public final class Moments {
  private final int columns;
  private final int outputs;
  private final int groups;
  private final double[][] gram;
  private final double[][] cross;
  private final double[][] squares;

  /**
   * Sums that are zero.
   *
   * @param columns of each group, the 1 included
   * @param outputs what is missing, of each group; 0 where nothing is aimed at
   * @param groups how many groups
   */
  public Moments(int columns, int outputs, int groups) {
    this.columns = columns;
    this.outputs = outputs;
    this.groups = groups;
    this.gram = new double[groups][columns * columns];
    this.cross = new double[groups][columns * outputs];
    this.squares = new double[groups][outputs];
  }

  /** The columns of each group, the 1 included. */
  public int columns() {
    return columns;
  }

  /** What is missing, of each group. */
  public int outputs() {
    return outputs;
  }

  public int groups() {
    return groups;
  }

  /** Products of the columns with one another, row-major [columns, columns]. */
  public double[] gram(int group) {
    return gram[group];
  }

  /** Products of the columns with what is missing, row-major [columns, outputs]. */
  public double[] cross(int group) {
    return cross[group];
  }

  /** Squares of what is missing, by output. */
  public double[] squares(int group) {
    return squares[group];
  }

  /** How many rows were added. */
  public double rows() {
    return gram[0][columns * columns - 1];
  }

  /** Adds the sums over other rows, or takes them away. */
  public Moments add(Moments other, double sign) {
    for (int g = 0; g < groups; g++) {
      add(gram[g], other.gram[g], sign);
      add(cross[g], other.cross[g], sign);
      add(squares[g], other.squares[g], sign);
    }
    return this;
  }

  private static void add(double[] to, double[] from, double sign) {
    for (int i = 0; i < to.length; i++) {
      to[i] += sign * from[i];
    }
  }

  /** The sums over all of some sets of rows. */
  public static Moments sum(Iterable<Moments> parts) {
    Moments sum = null;
    for (Moments part : parts) {
      if (sum == null) {
        sum = new Moments(part.columns, part.outputs, part.groups);
      }
      sum.add(part, 1);
    }
    if (sum == null) {
      throw new IllegalArgumentException("there are no moments to add up");
    }
    return sum;
  }
}

package io.espalier.spi;

/**
 * An option that a rule may give for a kind of layer.
 *
 * @param name the option's name in a rules file, such as {@code channels_ratio}
 * @param kind what values it takes
 */
public record RuleOption(String name, Kind kind) {
  /** What values an option takes. */
  public enum Kind {
    /**
     * A list of fractions of the original width, above 0 and at most 1; null stands for every
     * width.
     */
    RATIO,
    /**
     * As a ratio, of widths that are closed unless a rule gives the option, without rules too; null
     * stands for every width, and an empty list for the original alone.
     */
    OPENING_RATIO,
    /** A whole number, at least 1, that widths are rounded to. */
    DIVISOR,
    /**
     * A list of kernel sizes, each a whole number or a list with one for each axis; null stands for
     * all.
     */
    SIZES,
    /** A whole number, at least 0: the fewest children that are kept. */
    DEPTH
  }

  public static RuleOption ratio(String name) {
    return new RuleOption(name, Kind.RATIO);
  }

  public static RuleOption openingRatio(String name) {
    return new RuleOption(name, Kind.OPENING_RATIO);
  }

  public static RuleOption divisor(String name) {
    return new RuleOption(name, Kind.DIVISOR);
  }

  public static RuleOption sizes(String name) {
    return new RuleOption(name, Kind.SIZES);
  }

  public static RuleOption depth(String name) {
    return new RuleOption(name, Kind.DEPTH);
  }
}

package io.espalier.modules.operators;

/** Reasons that several operators give. */
final class Reasons {
  /** Where nothing is written, something else than a zero may stand. */
  static final String WRITTEN = "it counts the elements that are written by index";

  private Reasons() {}

  /**
   * Something that must be known before the network runs is not.
   *
   * @param what what it is, with its verb: {@code its shape is}
   */
  static String fromData(String what) {
    return what
        + " computed from data; exporting the model with fixed sizes and folded constants may help";
  }
}

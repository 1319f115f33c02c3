package io.espalier.modules.operators;

/** Reasons that several operators give. */
final class Reasons {
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

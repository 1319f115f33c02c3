package io.espalier.core.checks;

/**
 * One thing that must hold of what a stage made.
 *
 * @param name what must hold, as a sentence
 * @param search looks for a place where it does not
 */
record Check<T>(String name, Search<T> search) {
  /** Looks for a place where something does not hold. */
  @FunctionalInterface
  interface Search<T> {
    /**
     * Looks for it.
     *
     * @param made what the stage made
     * @param faults makes the exception to throw at the first such place
     * @throws CheckException if there is one
     */
    void in(T made, Faults faults);
  }
}

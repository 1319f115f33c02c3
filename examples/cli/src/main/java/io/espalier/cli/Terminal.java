package io.espalier.cli;

import java.io.Console;
import java.io.PrintStream;

/**
 * Where a command prints.
 *
 * @param out results
 * @param err errors and progress
 * @param interactive whether a person is watching
 */
record Terminal(PrintStream out, PrintStream err, boolean interactive) {
  /** The terminal of this process. */
  static Terminal system(PrintStream out) {
    return new Terminal(out, System.err, isWatched());
  }

  /** Up to JDK 21 there is a console only on a terminal; later ones have a method that tells. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isWatched() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}

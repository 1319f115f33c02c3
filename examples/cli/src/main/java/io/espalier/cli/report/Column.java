package io.espalier.cli.report;

/**
 * A column of a table.
 *
 * @param heading what stands above it
 * @param number whether it holds numbers, which stand flush right
 */
record Column(String heading, boolean number) {
  static Column words(String heading) {
    return new Column(heading, false);
  }

  static Column number(String heading) {
    return new Column(heading, true);
  }
}

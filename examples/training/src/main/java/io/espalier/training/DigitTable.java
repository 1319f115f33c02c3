package io.espalier.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A table, in Markdown, and a picture of what {@link DigitPruning} printed of several networks. */
public final class DigitTable {
  private static final String USAGE =
      "give a folder of files with what DigitPruning printed, and, if wanted, --plot FILE.svg";

  private DigitTable() {}

  /** Prints the table, and writes the picture to the file that {@code --plot} names. */
  public static void main(String[] args) throws IOException {
    boolean plots = args.length == 3 && args[1].equals("--plot");
    if (args.length != 1 && !plots) {
      throw new IllegalArgumentException(USAGE);
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(Path.of(args[0]))) {
      files = all.sorted().toList();
    }
    DigitLosses losses = DigitLosses.read(files);
    System.out.print(table(losses));
    if (plots) {
      Files.writeString(Path.of(args[2]), LossPlot.of(losses));
    }
  }

  private static String table(DigitLosses losses) {
    StringBuilder table = new StringBuilder("| | repair |");
    losses.budgets().forEach(budget -> table.append(' ').append(budget).append(" of the MACs |"));
    table.append("\n| --- | --- |").append(" --- |".repeat(losses.budgets().size())).append('\n');
    for (DigitLosses.Method method : losses.methods()) {
      String cells =
          losses.budgets().stream()
              .map(budget -> cell(losses.of(method, budget)))
              .collect(Collectors.joining(" | "));
      table.append("| `").append(losses.name(method)).append("` | ").append(method.repair());
      table.append(" | ").append(cells).append(" |\n");
    }
    return table.toString();
  }

  private static String cell(List<Double> lost) {
    return lost.isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "%.2f (%.2f to %.2f)",
            DigitLosses.mean(lost),
            Collections.min(lost),
            Collections.max(lost));
  }
}

package io.espalier.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A table, in Markdown, and a picture of what {@link DigitPruning} printed of several networks. */
public final class DigitTable {
  private static final String USAGE =
      "give files with what DigitPruning printed, one for each network, and, if wanted, --plot"
          + " FILE.svg";

  private DigitTable() {}

  /** Prints the table, and writes the picture to the file that {@code --plot} names. */
  public static void main(String[] args) throws IOException {
    List<Path> files = new ArrayList<>();
    Path plot = null;
    for (int i = 0; i < args.length; i++) {
      if (!args[i].equals("--plot")) {
        files.add(Path.of(args[i]));
      } else if (++i < args.length) {
        plot = Path.of(args[i]);
      } else {
        throw new IllegalArgumentException("--plot lacks its value; " + USAGE);
      }
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(USAGE);
    }
    DigitLosses losses = DigitLosses.read(files);
    System.out.print(table(losses));
    if (plot != null) {
      Files.writeString(plot, LossPlot.of(losses));
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

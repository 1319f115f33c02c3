package io.espalier.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Processor time (user and system) that whole processes of the command line take, by one launcher
 * or by several that take turns, and that of a bare JVM. Wants a POSIX shell.
 */
public final class WholeProcesses {
  /** Child processes: the second line that the shell's {@code times} prints. */
  private static final Pattern TIMES = Pattern.compile("(\\d+)m([\\d.]+)s\\s+(\\d+)m([\\d.]+)s");

  private static final double MINUTE = 60;

  private final int runs;
  private final Map<String, List<Double>> seconds = new LinkedHashMap<>();

  private WholeProcesses(int runs) {
    this.runs = runs;
  }

  /**
   * Prints for every command and launcher the least and the median of some runs, in seconds.
   *
   * @param args how many runs; launchers, separated by commas; models to be inspected, but for
   *     ResNet-50, which is made here, and pruned as well
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    String[] launchers = args[1].split(",");
    ResNet50 large = new ResNet50();
    try {
      WholeProcesses all = new WholeProcesses(Integer.parseInt(args[0]));
      all.measure("java -version", new String[] {"java"}, "-version");
      for (int i = 2; i < args.length; i++) {
        Path model = Path.of(args[i]).toAbsolutePath();
        all.measure("inspect " + model.getFileName(), launchers, "inspect", model.toString());
      }
      all.measure("inspect ResNet-50", launchers, "inspect", large.file.toString());
      all.measure(
          "prune ResNet-50",
          launchers,
          "prune",
          large.file.toString(),
          "--macs",
          "0.5",
          "-o",
          large.folder.resolve("half.onnx").toString(),
          "--manifest",
          large.folder.resolve("half.json").toString());
      all.print();
    } finally {
      large.delete();
    }
  }

  private void measure(String name, String[] launchers, String... words)
      throws IOException, InterruptedException {
    for (int run = -1; run < runs; run++) { // the first fills caches
      for (String launcher : launchers) {
        double taken = run(launcher, words);
        if (run >= 0) {
          seconds.computeIfAbsent(launcher + " " + name, key -> new ArrayList<>()).add(taken);
        }
      }
    }
  }

  private static double run(String launcher, String... words)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "\"$@\" >/dev/null 2>&1 || exit 1; times", "sh"));
    command.add(launcher);
    command.addAll(Arrays.asList(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      out.lines().forEach(lines::add);
    }
    if (process.waitFor() != 0 || lines.size() < 2) {
      throw new IOException(String.join(" ", command) + " failed: " + lines);
    }
    Matcher times = TIMES.matcher(lines.get(1));
    if (!times.matches()) {
      throw new IOException("the shell says " + lines);
    }
    return MINUTE * (Integer.parseInt(times.group(1)) + Integer.parseInt(times.group(3)))
        + Double.parseDouble(times.group(2))
        + Double.parseDouble(times.group(4));
  }

  private void print() {
    seconds.forEach(
        (name, taken) -> {
          double[] sorted = taken.stream().mapToDouble(Double::doubleValue).sorted().toArray();
          System.out.printf(
              "%-70s least %.2f, median %.2f%n", name, sorted[0], sorted[sorted.length / 2]);
        });
  }
}

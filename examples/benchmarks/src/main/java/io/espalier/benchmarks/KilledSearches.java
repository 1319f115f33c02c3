package io.espalier.benchmarks;

import io.espalier.core.search.SearchStrategies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Kills searches at random moments, lets them go on from their checkpoint, and compares what comes
 * out with what an undisturbed search writes, byte by byte.
 */
public final class KilledSearches {
  private static final List<String> STRATEGIES =
      List.of(SearchStrategies.CURVES, "greedy", "fastnas", "random", "evolution", "pareto");

  /** A search that had ended before it was to be killed is tried again, so often at most. */
  private static final int MOST_TRIES = 4;

  private final String launcher;
  private final String model;
  private final Path folder;

  private KilledSearches(String launcher, String model, Path folder) {
    this.launcher = launcher;
    this.model = model;
    this.folder = folder;
  }

  /**
   * Prints a line for every strategy.
   *
   * @param args how many kills of each strategy; the launcher; a model; how many candidates are
   *     scored
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int kills = Integer.parseInt(args[0]);
    Path folder = Files.createTempDirectory("searches");
    KilledSearches searches = new KilledSearches(args[1], args[2], folder);
    try {
      for (String strategy : STRATEGIES) {
        searches.kill(strategy, kills, args[3]);
      }
    } finally {
      Folders.delete(folder);
    }
  }

  private void kill(String strategy, int kills, String evaluations)
      throws IOException, InterruptedException {
    Path whole = folder.resolve("whole.onnx");
    long start = System.nanoTime();
    finish(search(strategy, evaluations, whole, folder.resolve("undisturbed")));
    long milliseconds = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    Random random = new Random(kills);
    int killed = 0;
    int same = 0;
    int tried = 0;
    for (; killed < kills && tried < MOST_TRIES * kills; tried++) {
      Path scores = folder.resolve("scores-" + strategy + tried);
      Path out = folder.resolve("out.onnx");
      Process process = search(strategy, evaluations, out, scores);
      if (!process.waitFor(random.nextLong(milliseconds), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        killed++;
      }
      finish(search(strategy, evaluations, out, scores));
      same += Files.mismatch(whole, out) < 0 ? 1 : 0;
      Files.delete(out);
    }
    System.out.printf(
        "%-10s undisturbed %.1f s, killed %d times of %d, else it had ended; same bytes %d times%n",
        strategy, milliseconds / 1e3, killed, tried, same);
  }

  private Process search(String strategy, String evaluations, Path out, Path scores)
      throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(launcher, "prune", model, "-q", "--macs", "0.5", "-o", out.toString()));
    words.addAll(List.of("--data", "random", "--samples", "100"));
    words.addAll(List.of("--checkpoint", scores.toString()));
    words.addAll(List.of("--strategy", strategy));
    if (!strategy.equals(SearchStrategies.CURVES)) {
      words.addAll(List.of("--evaluations", evaluations));
    }
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void finish(Process process) throws IOException, InterruptedException {
    if (process.waitFor() != 0) {
      throw new IOException("a search failed with exit code " + process.exitValue());
    }
  }
}

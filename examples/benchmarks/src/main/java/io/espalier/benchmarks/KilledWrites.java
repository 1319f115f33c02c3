package io.espalier.benchmarks;

import io.espalier.core.values.StagedFiles;
import io.espalier.core.values.WholeFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Kills processes that write a model, its data and a manifest over older ones, and looks at what is
 * left: files of two runs side by side, half files, leftovers. A signal comes at a random moment
 * after the first write, so always while something is written.
 *
 * <p>Arguments: how many kills of each kind.
 */
public final class KilledWrites {
  private static final String[] NAMES = {"cut.json", "small.onnx", "small.onnx.data"};
  private static final int LONGEST_DELAY = 60;
  private static final int PATIENCE = 60;
  private static final int SMALL = 1 << 10;
  private static final int LARGE = 1 << 21;

  private KilledWrites() {}

  /** Runs it; {@code write} as the first argument is the process that is killed. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length > 0 && args[0].equals("write")) {
      write(Path.of(args[1]), Integer.parseInt(args[2]));
      return;
    }
    int kills = args.length > 0 ? Integer.parseInt(args[0]) : 100;
    for (String signal : List.of("KILL", "INT", "TERM")) {
      report(signal, kill(signal, kills, 1));
    }
    report("KILL, two writers", kill("KILL", kills / 4, 2));
  }

  private static void report(String what, Map<String, Integer> found) {
    System.out.println(what + ": " + found);
  }

  /** Writes one generation of files after the other, for ever. */
  private static void write(Path folder, int size) throws IOException {
    long first = System.nanoTime();
    for (long generation = first; ; generation++) {
      byte[] bytes = ByteBuffer.allocate(size).putLong(0, generation).array();
      ByteBuffer.wrap(bytes).putLong(size - Long.BYTES, generation);
      try (StagedFiles files = new StagedFiles()) {
        files.write(folder.resolve(NAMES[0]), out -> out.write(bytes));
        Path model = files.stage(folder.resolve(NAMES[1]));
        Files.write(model.resolveSibling(NAMES[2]), bytes);
        Files.write(model, bytes);
        files.commit();
      }
      if (generation == first) {
        System.out.println("ready");
      }
    }
  }

  private static Map<String, Integer> kill(String signal, int kills, int writers)
      throws IOException, InterruptedException {
    Map<String, Integer> counts = new TreeMap<>();
    Random random = new Random(kills);
    for (int i = 0; i < kills; i++) {
      Path folder = Files.createTempDirectory("killed");
      List<Process> processes = new ArrayList<>();
      for (int writer = 0; writer < writers; writer++) {
        processes.add(start(folder, i % 2 == 0 ? SMALL : LARGE));
      }
      TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_DELAY));
      for (Process process : processes) {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
      }
      for (Process process : processes) {
        if (!process.waitFor(PATIENCE, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
          throw new IOException("the signal is ignored here; run this in the foreground");
        }
      }
      counts.merge("at once: " + state(folder), 1, Integer::sum);
      counts.merge("left at once: " + (leftovers(folder) > 0), 1, Integer::sum);
      WholeFile.write(folder.resolve("next.json"), "the next run");
      counts.merge("after the next run: " + state(folder), 1, Integer::sum);
      counts.merge("left after the next run: " + (leftovers(folder) > 0), 1, Integer::sum);
      Folders.delete(folder);
    }
    return counts;
  }

  private static Process start(Path folder, int size) throws IOException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWrites.class.getName(),
                "write",
                folder.toString(),
                Integer.toString(size))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader words =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    if (!"ready".equals(words.readLine())) {
      throw new IOException("a writer did not start");
    }
    return process;
  }

  private static String state(Path folder) throws IOException {
    List<Long> generations = new ArrayList<>();
    for (String name : NAMES) {
      Path file = folder.resolve(name);
      if (!Files.exists(file)) {
        if (name.endsWith(".onnx")) {
          return "no model";
        }
        return "MISSING " + name;
      }
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      if (bytes.limit() < SMALL || bytes.getLong(0) != bytes.getLong(bytes.limit() - Long.BYTES)) {
        return "BROKEN " + name;
      }
      generations.add(bytes.getLong(0));
    }
    return generations.stream().distinct().count() == 1 ? "whole" : "MIXED";
  }

  private static long leftovers(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> String.valueOf(file.getFileName()).startsWith(".")).count();
    }
  }
}

package io.espalier.benchmarks;

import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.ByteSink;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What the command line takes for models that are larger than its heap: makes one with data beside
 * it, and one in a single file, runs commands on both, and says how long each took beside copying
 * what it reads and writes, and how much memory of its own it had at most. Linux only.
 */
public final class BigFiles {
  private static final int WIDTH = 4096;
  private static final long LAYER = (long) WIDTH * WIDTH * Float.BYTES;
  private static final long PAUSE = 20;

  private final Path folder;
  private final String launcher;

  private BigFiles(Path folder, String launcher) {
    this.folder = folder;
    this.launcher = launcher;
  }

  /**
   * Prints a line for each command.
   *
   * @param args a folder for the files, which are deleted; the launcher; millions of bytes of the
   *     model with data beside it (10,000) and of the other (1,900)
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    BigFiles big = new BigFiles(Files.createDirectories(Path.of(args[0])), args[1]);
    System.out.printf(
        "%-34s %5s %8s %8s %8s %10s%n", "", "exit", "s", "copy, s", "times", "own, MB");
    big.run(args.length > 2 ? Long.parseLong(args[2]) : 10_000);
    big.run(args.length > 3 ? Long.parseLong(args[3]) : 1_900);
  }

  private void run(long megabytes) throws IOException, InterruptedException {
    Path model = folder.resolve("model.onnx");
    Path out = folder.resolve("out.onnx");
    Path config = folder.resolve("config.json");
    write(model, (int) (megabytes * 1_000_000 / LAYER));
    String size = "%,d MB ".formatted(megabytes);
    measure(size, "256m", List.of("inspect", model.toString()), List.of());
    measure(
        size,
        "512m",
        List.of(
            "sample", model.toString(), "-o", out.toString(), "--config-out", config.toString()),
        List.of(model, out));
    measure(
        size,
        "512m",
        List.of("export", model.toString(), "-o", out.toString(), "--config", config.toString()),
        List.of(model, out));
    measure(
        size,
        "512m",
        List.of("prune", model.toString(), "-o", out.toString(), "--params", "0.5"),
        List.of(model, out));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  /** A chain of layers, with weights of random numbers that repeat from row to row. */
  private static void write(Path file, int layers) {
    OnnxGraphBuilder graph = new OnnxGraphBuilder("big", 17);
    String x = graph.input("x", 1, WIDTH);
    for (int i = 0; i < layers; i++) {
      String product = graph.node("MatMul", "/l" + i + "/MatMul", List.of(x, weight(i)), Map.of());
      x = i < layers - 1 ? graph.node("Relu", "/l" + i + "/Relu", List.of(product)) : product;
    }
    graph.output("y", x, 1, WIDTH);
    OnnxEdit edit = new OnnxEdit(graph.build());
    for (int i = 0; i < layers; i++) {
      edit.addInitializer(new Repeated(weight(i), i));
    }
    edit.write(file);
  }

  private static String weight(int layer) {
    return "l" + layer + ".weight";
  }

  private void measure(String size, String heap, List<String> words, List<Path> copied)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher));
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("ESPALIER_JAVA_OPTS", "-Xmx" + heap);
    builder.redirectOutput(folder.resolve("out.txt").toFile());
    builder.redirectError(folder.resolve("err.txt").toFile());
    long begun = System.nanoTime();
    Process process = builder.start();
    long own = 0;
    while (process.isAlive()) {
      own = Math.max(own, anonymous(process.pid()));
      Thread.sleep(PAUSE);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    double copy = copy(copied);
    System.out.printf(
        "%-34s %5d %8.1f %8.1f %8.2f %10d%n",
        size + words.get(0) + " -Xmx" + heap,
        process.exitValue(),
        seconds,
        copy,
        seconds / copy,
        own / 1024);
    System.out.print(Files.readString(folder.resolve("err.txt")));
  }

  /** Kilobytes that a process holds beside what it maps. */
  private static long anonymous(long process) {
    try {
      return Files.readAllLines(Path.of("/proc/" + process + "/status")).stream()
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0; // it has just ended
    }
  }

  /** How long it takes to copy files with the data beside them, until they are on the disk. */
  private double copy(List<Path> files) throws IOException {
    Path copy = folder.resolve("copy");
    long begun = System.nanoTime();
    for (Path file : files) {
      for (Path part : List.of(file, file.resolveSibling(file.getFileName() + ".data"))) {
        if (Files.exists(part)) {
          Files.copy(part, copy, StandardCopyOption.REPLACE_EXISTING);
          try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            channel.force(true);
          }
        }
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    Files.deleteIfExists(copy);
    return seconds;
  }

  /** Weights of one layer. */
  private record Repeated(String name, long seed) implements TensorSource {
    @Override
    public int dataType() {
      return DataTypes.FLOAT;
    }

    @Override
    public long[] dims() {
      return new long[] {WIDTH, WIDTH};
    }

    @Override
    public long byteSize() {
      return LAYER;
    }

    @Override
    public void writeTo(ByteSink sink) throws IOException {
      Random random = new Random(seed);
      ByteBuffer row =
          ByteBuffer.allocateDirect(WIDTH * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < WIDTH; i++) {
        row.putFloat(i * Float.BYTES, (float) (random.nextGaussian() / WIDTH));
      }
      for (int i = 0; i < WIDTH; i++) {
        // each row differs a little, so that no two units are the same
        row.putFloat(i * Float.BYTES, (float) random.nextGaussian());
        sink.write(row.duplicate());
      }
    }
  }
}

package io.espalier.benchmarks;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.TracedModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How long it takes to carve and prove the active sub-network and to write it to disk, beside what
 * it takes to write the same bytes from memory. Both write under a temporary name, force the file
 * to disk, and move it into place.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ExportBenchmark {
  /** A space with an active config, and the bytes it is exported as. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // JMH calls the setup first
  public static class Exported {
    /** Every width at half, or all as it is. */
    @Param({"half", "full"})
    public String width;

    SearchSpace space;
    Path file;
    Path temporary;
    ByteBuffer bytes;

    /** Exports once, to know the bytes. */
    @Setup
    public void export(ResNet50 resnet) throws IOException {
      space = width.equals("half") ? resnet.halved() : resnet.space();
      file = resnet.folder.resolve("exported.onnx");
      temporary = resnet.folder.resolve("exported.tmp");
      space.export().save(file);
      byte[] content = Files.readAllBytes(file);
      bytes = ByteBuffer.allocateDirect(content.length).put(content).flip();
    }
  }

  /** Carve and proof alone. */
  @Benchmark
  public TracedModel export(Exported exported) {
    return exported.space.export();
  }

  /** Carve, proof and file. */
  @Benchmark
  public void exportAndSave(Exported exported) {
    exported.space.export().save(exported.file);
  }

  /** The baseline. */
  @Benchmark
  public void writeFromMemory(Exported exported) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            exported.temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = exported.bytes.duplicate();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        exported.temporary,
        exported.file,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}

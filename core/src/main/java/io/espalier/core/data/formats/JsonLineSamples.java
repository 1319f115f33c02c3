package io.espalier.core.data.formats;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Samples of which each is a line of JSON; lines are read when they are asked for. */
final class JsonLineSamples implements Samples {
  /**
   * Where a sample is in the file.
   *
   * @param number its number, from 1
   * @param offset its first byte
   * @param length its bytes
   */
  record Line(int number, long offset, int length) {}

  private final String location;
  private final Path file;
  private final List<Line> lines;
  private final List<InputSpec> inputs;

  JsonLineSamples(String location, Path file, List<Line> lines, List<InputSpec> inputs) {
    this.location = location;
    this.file = file;
    this.lines = lines;
    this.inputs = inputs;
  }

  @Override
  public int count() {
    return lines.size();
  }

  @Override
  public String describe(int sample) {
    return "line " + lines.get(sample).number();
  }

  @Override
  public Batches read(int[] samples, int size) {
    try {
      return new LineBatches(FileChannel.open(file, StandardOpenOption.READ), samples, size);
    } catch (IOException e) {
      throw DataFiles.unreadable(location, e);
    }
  }

  private final class LineBatches implements Batches {
    private final FileChannel channel;
    private final int[] samples;
    private final int size;
    private int next;

    /** A sample of another shape than those before it, which begins the next batch. */
    private @Nullable Map<String, DataArray> waiting;

    LineBatches(FileChannel channel, int[] samples, int size) {
      this.channel = channel;
      this.samples = samples;
      this.size = size;
    }

    @Override
    public Optional<Batch> next() {
      List<Map<String, DataArray>> rows = new ArrayList<>();
      int first = next - (waiting == null ? 0 : 1);
      if (waiting != null) {
        rows.add(waiting);
        waiting = null;
      }
      while (rows.size() < size && next < samples.length) {
        Map<String, DataArray> row = parse(lines.get(samples[next++]));
        if (!rows.isEmpty() && !alike(rows.get(0), row)) {
          waiting = row;
          break;
        }
        rows.add(row);
      }
      if (rows.isEmpty()) {
        return Optional.empty();
      }
      int[] chosen = new int[rows.size()];
      System.arraycopy(samples, first, chosen, 0, chosen.length);
      Map<String, DataArray> arrays = new LinkedHashMap<>();
      for (InputSpec input : inputs) {
        arrays.put(input.name(), Rows.stack(rows.stream().map(r -> r.get(input.name())).toList()));
      }
      return Optional.of(new Batch(chosen, arrays));
    }

    private Map<String, DataArray> parse(Line line) {
      ByteBuffer bytes = ByteBuffer.allocate(line.length());
      try {
        while (bytes.hasRemaining()) {
          if (channel.read(bytes, line.offset() + bytes.position()) < 0) {
            throw new DataException(location + " was changed while it was read; read it again");
          }
        }
      } catch (IOException e) {
        throw DataFiles.unreadable(location, e);
      }
      return JsonSample.parse(location + ", line " + line.number(), bytes.array(), inputs);
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        // all that was wanted has been read
      }
    }
  }

  private static boolean alike(Map<String, DataArray> a, Map<String, DataArray> b) {
    return a.keySet().stream().allMatch(name -> Rows.alike(a.get(name), b.get(name)));
  }
}

package io.espalier.core.values;

import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * A file that grows by a line at a time, each a key and a value that hold no tab and no line break.
 * A line that is not whole, since the process was killed while it was written, is passed over. Safe
 * for use by several threads at once. Internal: no promise is made.
 */
public final class LineFile implements AutoCloseable {
  private static final int FIELDS = 3;

  private final FileChannel file;
  private final String what;
  private final Map<String, String> lines = new LinkedHashMap<>();

  private LineFile(FileChannel file, String what) {
    this.file = file;
    this.what = what;
  }

  /**
   * Opens a file, or begins it.
   *
   * @param folder is made if there is none
   * @param what the lines are, in the plural, for messages
   * @throws EspalierException if the folder cannot be written to
   */
  public static LineFile in(Path folder, String name, String what) {
    try {
      Files.createDirectories(folder);
      LineFile file =
          new LineFile(
              FileChannel.open(
                  folder.resolve(name),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE),
              what);
      file.read();
      return file;
    } catch (IOException e) {
      throw new EspalierException(
          what + " cannot be kept in " + folder + ": " + WholeFile.reason(e), e);
    }
  }

  /** Reads whole lines, and leaves the file at the end of the last. */
  private void read() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
    while (bytes.hasRemaining() && file.read(bytes) >= 0) {}
    int start = 0;
    for (int i = 0; i < bytes.position(); i++) {
      if (bytes.get(i) == '\n') {
        String line = new String(bytes.array(), start, i - start, StandardCharsets.UTF_8);
        String[] fields = line.split("\t", -1);
        if (fields.length == FIELDS && line(fields[0], fields[1]).equals(line + "\n")) {
          lines.putIfAbsent(fields[0], fields[1]);
        }
        start = i + 1;
      }
    }
    file.truncate(start);
    file.position(start);
  }

  private static String line(String key, String value) {
    String text = key + "\t" + value;
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return text + "\t" + Long.toHexString(sum.getValue()) + "\n";
  }

  /** The values that were there when it was opened, by key; of one key the first counts. */
  public Map<String, String> lines() {
    return Map.copyOf(lines);
  }

  /**
   * Adds a line.
   *
   * @throws EspalierException if it cannot be written
   */
  public synchronized void append(String key, String value) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(line(key, value).getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    } catch (IOException e) {
      throw unkept(e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw unkept(e);
    }
  }

  private EspalierException unkept(IOException e) {
    return new EspalierException(what + " cannot be kept: " + WholeFile.reason(e), e);
  }
}

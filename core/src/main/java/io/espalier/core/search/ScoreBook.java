package io.espalier.core.search;

import io.espalier.core.values.Config;
import io.espalier.core.values.Sum;
import io.espalier.core.values.WholeFile;
import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The scores of candidates, perhaps kept in a file, so that a search that was stopped goes on from
 * there: it asks for the same scores in the same order again, and those that are known cost
 * nothing. A line of the file is one score; what is not whole, since the process was killed while
 * it was written, is passed over. Safe for use by several threads at once.
 */
public final class ScoreBook implements AutoCloseable {
  private static final int FIELDS = 3;

  private final Map<String, Double> known = new ConcurrentHashMap<>();
  private final @Nullable FileChannel file;

  private ScoreBook(@Nullable FileChannel file) {
    this.file = file;
  }

  /** A book that nothing is kept of. */
  public static ScoreBook inMemory() {
    return new ScoreBook(null);
  }

  /**
   * The book in a folder.
   *
   * @param folder is made if there is none
   * @param subject what the scores are of: they are found again for the same alone
   * @throws EspalierException if the folder cannot be written to
   */
  public static ScoreBook in(Path folder, String subject) {
    Path path = folder.resolve(digest(subject).substring(0, 32) + ".scores");
    try {
      Files.createDirectories(folder);
      FileChannel file =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      ScoreBook book = new ScoreBook(file);
      book.read(file);
      return book;
    } catch (IOException e) {
      throw new EspalierException(
          "scores cannot be kept in " + folder + ": " + WholeFile.reason(e), e);
    }
  }

  /** Reads whole lines, and leaves the file at the end of the last. */
  private void read(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
    int start = 0;
    for (int i = 0; i < bytes.position(); i++) {
      if (bytes.get(i) == '\n') {
        String line = new String(bytes.array(), start, i - start, StandardCharsets.UTF_8);
        String[] fields = line.split("\t", -1);
        if (fields.length == FIELDS && line(fields[0], fields[1]).equals(line + "\n")) {
          known.putIfAbsent(fields[0], Double.valueOf(fields[1]));
        }
        start = i + 1;
      }
    }
    channel.truncate(start);
    channel.position(start);
  }

  private static String line(String key, String score) {
    String text = key + "\t" + score;
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return text + "\t" + Long.toHexString(sum.getValue()) + "\n";
  }

  /**
   * The score of a config, as it is known, or found out now.
   *
   * @param kind what the score says
   */
  public double of(String kind, Config config, DoubleSupplier score) {
    String key = key(kind, config);
    Double before = known.get(key);
    if (before != null) {
      return before;
    }
    double now = score.getAsDouble();
    if (known.putIfAbsent(key, now) == null) {
      append(line(key, Double.toHexString(now)));
    }
    return now;
  }

  /** Whether the score of a config is known. */
  public boolean knows(String kind, Config config) {
    return known.containsKey(key(kind, config));
  }

  private static String key(String kind, Config config) {
    return kind + "-" + digest(new TreeMap<>(config.choices()).toString());
  }

  private static String digest(String text) {
    Sum sum = new Sum();
    sum.text(text);
    return HexFormat.of().formatHex(sum.digest());
  }

  private synchronized void append(String line) {
    if (file == null) {
      return;
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    } catch (IOException e) {
      throw new EspalierException("a score cannot be kept: " + WholeFile.reason(e), e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      throw new EspalierException("scores cannot be kept: " + WholeFile.reason(e), e);
    }
  }
}

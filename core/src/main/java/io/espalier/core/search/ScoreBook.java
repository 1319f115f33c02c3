package io.espalier.core.search;

import io.espalier.core.values.Config;
import io.espalier.core.values.LineFile;
import io.espalier.core.values.Sum;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The scores of candidates, perhaps kept in a file, so that a search that was stopped goes on from
 * there: it asks for the same scores in the same order again, and those that are known cost
 * nothing. Safe for use by several threads at once.
 */
public final class ScoreBook implements AutoCloseable {
  private final Map<String, Double> known = new ConcurrentHashMap<>();
  private final @Nullable LineFile file;

  private ScoreBook(@Nullable LineFile file) {
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
   * @throws io.espalier.spi.EspalierException if the folder cannot be written to
   */
  public static ScoreBook in(Path folder, String subject) {
    LineFile file = LineFile.in(folder, digest(subject).substring(0, 32) + ".scores", "scores");
    ScoreBook book = new ScoreBook(file);
    file.lines().forEach((key, score) -> book.known.putIfAbsent(key, Double.valueOf(score)));
    return book;
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
    if (known.putIfAbsent(key, now) == null && file != null) {
      file.append(key, Double.toHexString(now));
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

  @Override
  public void close() {
    if (file != null) {
      file.close();
    }
  }
}

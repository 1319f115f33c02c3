package io.espalier.core.calibration;

import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.moments.Measured;
import io.espalier.core.moments.Probe;
import io.espalier.core.values.WholeFile;
import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keeps what was measured of networks in a folder, a file for each pass over the data. What a file
 * is called follows from everything that its numbers depend on: the network with all its weights,
 * the data, which of them were drawn, what was asked for, and the version of this project. So a
 * file is either what would be measured again, to the last bit, or it is not asked for.
 *
 * <p>A file that is damaged, or of something else, is measured anew and replaced. For one thread at
 * a time.
 */
public final class MomentsCache {
  private static final String ENDING = ".moments";

  private final Path folder;
  private final Consumer<String> progress;
  private final MomentsKey keys = new MomentsKey();

  private MomentsCache(Path folder, Consumer<String> progress) {
    this.folder = folder;
    this.progress = progress;
  }

  /**
   * A cache in a folder, which is made if there is none.
   *
   * @param progress is told which files are of no use
   * @throws EspalierException if it is no folder that can be written to
   */
  public static MomentsCache in(Path folder, Consumer<String> progress) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new EspalierException(
          "the cache cannot be kept in " + folder + ", which is no folder; name another", e);
    }
    if (!Files.isWritable(folder)) {
      throw new EspalierException(
          "the cache cannot be kept in " + folder + ", which cannot be written to; name another");
    }
    return new MomentsCache(folder, progress);
  }

  /** What was measured of a network before, or is measured now and kept. */
  Measured measured(DataModel model, Probe.Request request, Samples data, List<int[]> sets) {
    byte[] key = keys.of(model, request, data, sets);
    Path file = folder.resolve(HexFormat.of().formatHex(key) + ENDING);
    if (Files.exists(file)) {
      Optional<Measured> known = MomentsFile.read(file, key);
      if (known.isPresent()) {
        return known.get();
      }
      progress.accept("measuring anew, since " + file + " is damaged");
    }
    Measured measured = model.measure(model, request, data, sets);
    try {
      MomentsFile.write(file, key, measured);
    } catch (IOException e) {
      throw new EspalierException(
          "what was measured cannot be kept: " + WholeFile.unwritten(file, e), e);
    }
    return measured;
  }
}

package io.espalier.core.values;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Files that appear together or not at all: each is written whole into a hidden folder beside its
 * place, and all are moved when the last is there. Until then, and whenever anything fails or the
 * process is asked to end, the old files stand and nothing is left.
 *
 * <pre>{@code
 * try (StagedFiles files = new StagedFiles()) {
 *   manifest.write(Path.of("cut.json"), files);
 *   model.save(Path.of("small.onnx"), files);
 *   files.commit();
 * }
 * }</pre>
 *
 * <p>They are moved in the order in which they were staged, so the model comes last. A symbolic
 * link is written through, and a file that is replaced keeps its permissions. One file takes the
 * place of another in an instant; where a file that the model needs is replaced too, the old model
 * is taken away first, so that nobody ever reads the model of one run with the weights of another.
 * Not thread-safe; several writers, in one process or in several, do not disturb each other.
 */
public final class StagedFiles implements AutoCloseable {
  /** Scratch folders by the folder that they stand in. */
  private final Map<Path, ScratchFolder> folders = new HashMap<>();

  private final List<Staged> staged = new ArrayList<>();
  private Listener listener = (bytes, all) -> {};

  /**
   * @param target the file as it was named
   * @param file where it is until it is moved; what stands beside it goes along
   */
  private record Staged(Path target, Path file) {}

  /** Is told how far the writing of a large file has come; by any thread. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Some bytes were written.
     *
     * @param bytes that are there by now
     * @param all that there will be
     */
    void written(long bytes, long all);
  }

  /** Tells how far the writing of each file has come that is staged from now on. */
  public void listen(Listener each) {
    listener = each;
  }

  /**
   * What a writer of a large file calls with the number of bytes that it has written, each time
   * that it has; from any thread.
   *
   * @param all how many it will write
   */
  public LongConsumer written(long all) {
    AtomicLong sum = new AtomicLong();
    Listener told = listener;
    return bytes -> told.written(sum.addAndGet(bytes), all);
  }

  /**
   * Checks that a file can be written, by making a folder beside it.
   *
   * @throws IOException if there can be no such file
   */
  public void announce(Path target) throws IOException {
    scratch(Destinations.checked(target));
  }

  /**
   * Prepares to write a file.
   *
   * @return where to write it now: a file of the same name, alone in a folder. What a writer puts
   *     beside it will stand beside the target.
   * @throws IOException if there can be no such file, or this was committed or closed
   */
  public Path stage(Path target) throws IOException {
    ScratchFolder scratch = scratch(Destinations.checked(target));
    Path slot = scratch.path().resolve(Integer.toString(staged.size()));
    scratch.use(() -> Files.createDirectory(slot));
    Path file = slot.resolve(target.toAbsolutePath().getFileName());
    staged.add(new Staged(target, file));
    return file;
  }

  /**
   * Writes a file, forced to disk, and stages it.
   *
   * @throws IOException as for {@link #stage}, and if it cannot be written
   */
  public void write(Path target, WholeFile.Body body) throws IOException {
    Path file = stage(target);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      body.writeTo(out);
      out.flush();
      channel.force(true);
    }
  }

  /** Where a file is that was staged, until it is committed; empty if it was not. */
  public Optional<Path> staged(Path target) {
    return staged.stream()
        .filter(file -> file.target().equals(target))
        .map(Staged::file)
        .findFirst();
  }

  private ScratchFolder scratch(Path place) throws IOException {
    Path folder = place.resolveSibling("").toRealPath();
    ScratchFolder known = folders.get(folder);
    if (known == null) {
      known = ScratchFolder.in(folder);
      folders.put(folder, known);
    }
    return known;
  }

  /**
   * Moves all files to their places.
   *
   * @throws IOException if one cannot be moved; then all places are as they were
   */
  public void commit() throws IOException {
    List<Replacement> all = new ArrayList<>();
    for (Staged file : List.copyOf(staged)) {
      all.addAll(replacements(file));
    }
    Set<Path> places = new HashSet<>();
    for (Replacement replacement : all) {
      if (!places.add(replacement.to())) {
        throw new IOException("two of the files would be " + replacement.to());
      }
    }
    inUse(List.copyOf(folders.values()), () -> Replacement.all(all));
    close();
  }

  /** What one staged file comes to: first what stands beside it, then itself. */
  private List<Replacement> replacements(Staged file) throws IOException {
    Path place = Destinations.checked(file.target());
    List<Path> beside;
    try (Stream<Path> found = Files.list(file.file().resolveSibling(""))) {
      beside = found.filter(other -> !other.equals(file.file())).sorted().toList();
    }
    List<Replacement> all = new ArrayList<>();
    boolean replacesNeeded = false;
    for (Path other : beside) {
      Path target = file.target().resolveSibling(String.valueOf(other.getFileName()));
      Path to = Destinations.checked(target);
      replacesNeeded |= Files.exists(to);
      all.add(new Replacement(moved(other, to), to, scratch(to), false));
    }
    all.add(new Replacement(moved(file.file(), place), place, scratch(place), replacesNeeded));
    return all;
  }

  /** A file in a place that it can be moved from at once; links may lead to another disk. */
  private Path moved(Path file, Path to) throws IOException {
    ScratchFolder scratch = scratch(to);
    if (file.startsWith(scratch.path())) {
      return file;
    }
    Path copy = scratch.path().resolve("copy-" + staged.size() + "-" + file.getFileName());
    scratch.use(() -> Files.copy(file, copy));
    return copy;
  }

  private static void inUse(List<ScratchFolder> folders, ScratchFolder.Action action)
      throws IOException {
    if (folders.isEmpty()) {
      action.run();
    } else {
      folders.get(0).use(() -> inUse(folders.subList(1, folders.size()), action));
    }
  }

  /** Discards whatever was not committed. */
  @Override
  public void close() {
    folders.values().forEach(ScratchFolder::close);
    folders.clear();
    staged.clear();
  }
}

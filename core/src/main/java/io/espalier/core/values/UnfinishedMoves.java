package io.espalier.core.values;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A list of moves that is written down before the first of them. A process that is killed between
 * two of them leaves the list, and the next one makes the rest, so that a manifest of one run never
 * stays beside the model of another.
 */
final class UnfinishedMoves {
  private static final String NAME = "moves";

  private UnfinishedMoves() {}

  /**
   * One file.
   *
   * @param from where it is, complete
   * @param to where it goes
   */
  record Move(Path from, Path to) {
    void make() throws IOException {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Writes down what is to be moved, in this order; one file alone moves at once. */
  static void note(Path folder, List<Move> moves) throws IOException {
    if (moves.size() < 2) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    for (Move move : moves) {
      lines.append(quoted(move.from())).append('\n').append(quoted(move.to())).append('\n');
    }
    Path draft = folder.resolve(NAME + ".draft");
    try (FileChannel file =
        FileChannel.open(draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.write(StandardCharsets.UTF_8.encode(lines.toString()));
      file.force(true);
    }
    new Move(draft, folder.resolve(NAME)).make();
  }

  /** A name may hold a line break. */
  private static String quoted(Path path) {
    return path.toAbsolutePath().toString().replace("%", "%25").replace("\n", "%0A");
  }

  private static Path path(String quoted) {
    return Path.of(quoted.replace("%0A", "\n").replace("%25", "%"));
  }

  /** There is nothing left to do. */
  static void forget(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(NAME));
  }

  /**
   * Makes the moves that a killed process did not come to, unless somebody has written to one of
   * the places since: what was put there later is not to be overwritten. Nothing is moved but out
   * of the folder, to beside it, whatever the list says.
   */
  static void finish(Path folder) throws IOException {
    Path list = folder.resolve(NAME);
    if (Files.exists(list)) {
      CommitLock.hold(List.of(folder.resolveSibling("")), () -> finish(folder, list));
    }
  }

  private static void finish(Path folder, Path list) throws IOException {
    FileTime noted = Files.getLastModifiedTime(list);
    List<String> lines = Files.readAllLines(list);
    List<Move> moves = new ArrayList<>();
    for (int i = 0; i + 1 < lines.size(); i += 2) {
      Move move = new Move(path(lines.get(i)), path(lines.get(i + 1)));
      if (!move.from().normalize().startsWith(folder.toAbsolutePath())
          || !Objects.equals(folder.toAbsolutePath().getParent(), move.to().getParent())
          || isYounger(move.to(), noted)) {
        return;
      }
      if (Files.exists(move.from())) {
        moves.add(move);
      }
    }
    for (Move move : moves) {
      move.make();
    }
  }

  private static boolean isYounger(Path file, FileTime time) throws IOException {
    return Files.exists(file) && Files.getLastModifiedTime(file).compareTo(time) > 0;
  }
}

package io.espalier.core.values;

import io.espalier.core.values.UnfinishedMoves.Move;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file that takes a place, perhaps that of another.
 *
 * @param from where it is, complete
 * @param to its place
 * @param scratch the folder beside the place, where the old file waits until all is done
 * @param cleared whether the old file goes before anything is moved
 */
record Replacement(Path from, Path to, ScratchFolder scratch, boolean cleared) {
  /**
   * Makes all of them, in this order.
   *
   * @throws IOException if one cannot be made; then every place is as it was
   */
  static void all(List<Replacement> replacements) throws IOException {
    for (Replacement replacement : replacements) {
      Destinations.copyMode(replacement.to, replacement.from);
    }
    if (replacements.size() == 1) {
      // nothing to agree with
      replacements.get(0).move().make();
      return;
    }
    Set<Path> folders = new HashSet<>();
    Map<ScratchFolder, List<Move>> moves = new LinkedHashMap<>();
    for (Replacement replacement : replacements) {
      folders.add(replacement.to.resolveSibling("").toRealPath());
      moves.computeIfAbsent(replacement.scratch, key -> new ArrayList<>()).add(replacement.move());
    }
    CommitLock.hold(folders, () -> noted(moves, replacements));
  }

  private static void noted(Map<ScratchFolder, List<Move>> moves, List<Replacement> replacements)
      throws IOException {
    for (Map.Entry<ScratchFolder, List<Move>> list : moves.entrySet()) {
      UnfinishedMoves.note(list.getKey().path(), list.getValue());
    }
    swap(replacements);
    for (ScratchFolder folder : moves.keySet()) {
      UnfinishedMoves.forget(folder.path());
    }
  }

  private static void swap(List<Replacement> replacements) throws IOException {
    List<Replacement> begun = new ArrayList<>();
    try {
      for (Replacement replacement : replacements) {
        if (replacement.cleared && Files.exists(replacement.to)) {
          begun.add(replacement);
          new Move(replacement.to, replacement.backup()).make();
        }
      }
      for (Replacement replacement : replacements) {
        if (!begun.contains(replacement)) {
          begun.add(replacement);
          replacement.keepOld();
        }
        replacement.move().make();
      }
    } catch (IOException | RuntimeException e) {
      for (Replacement replacement : begun) {
        UnfinishedMoves.forget(replacement.scratch.path());
      }
      for (Replacement replacement : begun) {
        replacement.undo();
      }
      throw e;
    }
  }

  private Move move() {
    return new Move(from, to);
  }

  private Path backup() {
    return from.resolveSibling(from.getFileName().hashCode() + ".old");
  }

  /** A second name for the old file, or, where there are no such, another name. */
  private void keepOld() throws IOException {
    if (!Files.exists(to)) {
      return;
    }
    try {
      Files.createLink(backup(), to);
    } catch (IOException | UnsupportedOperationException e) {
      new Move(to, backup()).make();
    }
  }

  private void undo() throws IOException {
    if (Files.exists(backup())) {
      new Move(backup(), to).make();
    } else if (!Files.exists(from)) {
      Files.deleteIfExists(to);
    }
  }
}

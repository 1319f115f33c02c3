package io.espalier.core.values;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/** Where a file that a user names will be. */
final class Destinations {
  private static final int MOST_LINKS = 40;

  private Destinations() {}

  /**
   * The place of a file, through the links that lead there.
   *
   * @throws IOException if there can be no regular file
   */
  static Path checked(Path file) throws IOException {
    Path place = file.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(place); links++) {
      if (links == MOST_LINKS) {
        throw new IOException("it is a link that leads to itself; choose another name");
      }
      place = place.resolveSibling(Files.readSymbolicLink(place));
    }
    Path folder = place.getParent();
    if (folder == null || Files.isDirectory(place)) {
      throw new IOException("it is a folder; name a file in it");
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException("there is no folder " + folder + "; create it first");
    }
    if (Files.exists(place) && !Files.isRegularFile(place)) {
      // a move would put a file in the place of a device
      throw new IOException("it is not a regular file; choose another name");
    }
    return place;
  }

  /** Gives a file the permissions of the one that it will replace, and its owner if that can be. */
  static void copyMode(Path from, Path to) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (view == null || !Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    PosixFileAttributes mode = Files.readAttributes(from, PosixFileAttributes.class);
    PosixFileAttributes own = view.readAttributes();
    try {
      if (!own.owner().equals(mode.owner())) {
        view.setOwner(mode.owner());
      }
      if (!own.group().equals(mode.group())) {
        view.setGroup(mode.group());
      }
    } catch (IOException e) {
      // only who owns the machine may give files away
    }
    view.setPermissions(mode.permissions());
  }
}

package io.espalier.core.values;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A hidden folder for files that are not finished. It goes when it is closed, and when the process
 * is asked to end (SIGINT, SIGTERM). What a process leaves that was killed is found by the next one
 * that makes such a folder beside it, and is removed: each folder is locked for as long as its
 * process lives, so that nobody removes what another still writes.
 */
public final class ScratchFolder implements AutoCloseable {
  private static final String PREFIX = ".espalier-";
  private static final String LOCK = "lock";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  /** Folders that are open: they go when the process is asked to end. */
  private static final Set<ScratchFolder> OPEN = new LinkedHashSet<>();

  private static boolean ending;

  private final Path path;
  private final FileChannel lock;
  private boolean closed;

  private ScratchFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes a folder within another, and removes what killed processes left there.
   *
   * @throws IOException if nothing can be written there, or the process is about to end
   */
  public static ScratchFolder in(Path parent) throws IOException {
    while (true) {
      ScratchFolder made = made(parent.resolve(PREFIX + process() + "-" + UUID.randomUUID()));
      if (made != null) {
        made.removeLeftovers(parent);
        return made;
      }
    }
  }

  /** The end of the process waits until a folder that is being made is known. */
  private static @Nullable ScratchFolder made(Path path) throws IOException {
    synchronized (OPEN) {
      Hook.set();
      if (ending) {
        throw new IOException("the process is about to end");
      }
      create(path);
      restrict(path);
      FileChannel lock = lock(path);
      if (lock == null) {
        return null;
      }
      ScratchFolder made = new ScratchFolder(path, lock);
      OPEN.add(made);
      return made;
    }
  }

  private static void create(Path folder) throws IOException {
    try {
      Files.createDirectory(folder);
    } catch (AccessDeniedException e) {
      throw new IOException("the folder is not writable; choose another", e);
    }
  }

  /**
   * Locks a folder that was just made; null if another process took it for a leftover before its
   * lock was there.
   */
  private static @Nullable FileChannel lock(Path folder) throws IOException {
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      return null;
    }
    try {
      channel.lock();
    } catch (IOException e) {
      // a file system without locks: then others cannot lock it either, and leave it alone
      return channel;
    }
    if (Files.exists(folder.resolve(LOCK))) {
      return channel;
    }
    channel.close();
    return null;
  }

  /**
   * A word that no other process has. Locks belong to a process, and would be lost if the same
   * process opened the file again; a system property is known to every class loader.
   */
  private static String process() {
    String own = UUID.randomUUID().toString().substring(0, 8);
    Object known = System.getProperties().putIfAbsent("io.espalier.process", own);
    return known == null ? own : known.toString();
  }

  private static void restrict(Path folder) throws IOException {
    try {
      Files.setPosixFilePermissions(folder, OWNER_ONLY);
    } catch (UnsupportedOperationException e) {
      // a file system without such permissions
    }
  }

  /** What is done when the process is asked to end. */
  private static final class Hook {
    private static boolean isSet;

    static void set() {
      if (isSet) {
        return;
      }
      try {
        Runtime.getRuntime().addShutdownHook(new Thread(Hook::run, "espalier-scratch"));
        isSet = true;
      } catch (IllegalStateException e) {
        ending = true;
      }
    }

    private static void run() {
      List<ScratchFolder> open;
      synchronized (OPEN) {
        ending = true;
        open = List.copyOf(OPEN);
      }
      open.forEach(ScratchFolder::close);
    }
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /**
   * Does something while the folder is there for certain: it is not closed meanwhile.
   *
   * @throws IOException if it is closed already, as the process is about to end
   */
  synchronized void use(Action action) throws IOException {
    if (closed) {
      throw new IOException("the process is about to end");
    }
    action.run();
  }

  /** What may fail. */
  interface Action {
    void run() throws IOException;
  }

  /** Removes the folder with all that is in it. What cannot be removed is left to the next run. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    remove(path);
    try {
      lock.close();
    } catch (IOException e) {
      // the lock goes with the process
    }
    synchronized (OPEN) { // not before it is gone: the end of the process waits for it
      OPEN.remove(this);
    }
  }

  private void removeLeftovers(Path parent) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*-*")) {
      for (Path folder : folders) {
        boolean ours = String.valueOf(folder.getFileName()).startsWith(PREFIX + process() + "-");
        if (!ours
            && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
            && Files.getOwner(folder).equals(Files.getOwner(path))) {
          removeIfLeft(folder);
        }
      }
      CommitLock.removeIfLeft(parent);
    } catch (IOException | DirectoryIteratorException | UnsupportedOperationException e) {
      // what cannot be seen cannot be removed, and is in nobody's way
    }
  }

  private static void removeIfLeft(Path folder) {
    try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        UnfinishedMoves.finish(folder);
        remove(folder);
      }
    } catch (NoSuchFileException e) {
      // killed before there was a lock, or at the very end: the folder is empty
      deleteQuietly(folder);
    } catch (IOException | OverlappingFileLockException e) {
      // it is used, or not ours to judge
    }
  }

  /** Removes a folder; its lock goes last, so that whatever is left is still known as left. */
  private static void remove(Path folder) {
    for (int attempt = 0; attempt < 10 && Files.exists(folder); attempt++) {
      try (Stream<Path> all = Files.walk(folder)) {
        all.sorted(Comparator.reverseOrder())
            .filter(file -> !file.equals(folder) && !file.equals(folder.resolve(LOCK)))
            .forEach(ScratchFolder::deleteQuietly);
      } catch (IOException | UncheckedIOException e) {
        // a file that went meanwhile
      }
      // a thread that still writes may have made another file meanwhile
      if (isEmptyButForLock(folder)) {
        deleteQuietly(folder.resolve(LOCK));
        deleteQuietly(folder);
      }
    }
  }

  private static boolean isEmptyButForLock(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.allMatch(file -> file.equals(folder.resolve(LOCK)));
    } catch (IOException e) {
      return false;
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // what cannot be removed is left to the next run
    }
  }
}

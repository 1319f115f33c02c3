package io.espalier.core.values;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Two processes that write the same files do so one after the other, so that nobody finds the
 * manifest of one beside the model of the other.
 */
final class CommitLock {
  private static final String NAME = ".espalier.lock";

  /** Threads of this process: a file lock is the whole process's. */
  private static final ReentrantLock THREADS = new ReentrantLock();

  private final List<Path> files = new ArrayList<>();
  private final List<FileChannel> channels = new ArrayList<>();

  private CommitLock() {
    THREADS.lock();
  }

  /** Waits until nobody else moves files into one of the folders. */
  private static CommitLock of(Collection<Path> folders) throws IOException {
    CommitLock lock = new CommitLock();
    try {
      // everybody in the same order, so that no two wait for each other
      for (Path folder : new TreeSet<>(folders)) {
        lock.add(folder.resolve(NAME));
      }
      return lock;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private void add(Path file) throws IOException {
    while (true) {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        channel.lock();
      } catch (IOException e) {
        // a file system without locks
      }
      FileChannel named = opened(file);
      if (named != null && isSame(channel, named)) {
        files.add(file);
        channels.addAll(List.of(channel, named));
        return;
      }
      channel.close();
      if (named != null) {
        named.close();
      }
    }
  }

  private static @Nullable FileChannel opened(Path file) throws IOException {
    try {
      return FileChannel.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * Whether a file that was locked is the one of that name: who held the lock before has deleted
   * it, and another may have made it anew. What is written to one of them tells. Both stay open as
   * long as the lock is held, since a process loses its locks on a file once it closes it, however
   * often it has opened it.
   */
  private static boolean isSame(FileChannel locked, FileChannel named) throws IOException {
    long stamp = System.nanoTime() | 1;
    locked.truncate(0);
    locked.write(ByteBuffer.allocate(Long.BYTES).putLong(0, stamp), 0);
    ByteBuffer found = ByteBuffer.allocate(Long.BYTES);
    return named.read(found, 0) == Long.BYTES && found.getLong(0) == stamp;
  }

  /** Removes the file of a process that was killed. */
  static void removeIfLeft(Path folder) {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file) || !THREADS.tryLock()) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | OverlappingFileLockException e) {
      // it is used, or gone
    } finally {
      THREADS.unlock();
    }
  }

  /** Does something while nobody else moves files into the folders. */
  static void hold(Collection<Path> folders, ScratchFolder.Action action) throws IOException {
    CommitLock lock = of(folders);
    try {
      action.run();
    } finally {
      lock.close();
    }
  }

  private void close() throws IOException {
    try {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      for (FileChannel channel : channels) {
        channel.close();
      }
    } finally {
      THREADS.unlock();
    }
  }
}

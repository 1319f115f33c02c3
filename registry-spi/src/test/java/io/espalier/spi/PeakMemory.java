package io.espalier.spi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Prints the most memory that was resident in a JVM of tests, when its tests have ended; on Linux.
 * Natives take theirs outside the heap, where nothing else would tell. Every module has it on the
 * class path of its tests.
 */
public final class PeakMemory implements LauncherSessionListener {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    if (!Files.isReadable(STATUS)) {
      return;
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(STATUS);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + STATUS, e);
    }
    lines.stream()
        .filter(line -> line.startsWith(PEAK))
        .map(line -> line.substring(PEAK.length()).replace("kB", "").strip())
        .forEach(
            kilobytes ->
                System.out.println(
                    "At most " + Long.parseLong(kilobytes) / 1024 + " MB were resident."));
  }
}

package io.espalier.core.values;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitLockTest {
  @TempDir private Path folder;

  /** Another process: says whether it could have the lock. */
  static final class Other {
    public static void main(String[] args) throws IOException {
      try (FileChannel file = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
        System.out.print(file.tryLock() == null ? "taken" : "free");
      }
    }
  }

  @Test
  void anotherProcessWaitsForAsLongAsItIsHeld() throws IOException {
    for (int again = 0; again < 2; again++) {
      CommitLock.hold(List.of(folder), () -> assertEquals("taken", seenByAnotherProcess()));
      try (Stream<Path> left = Files.list(folder)) {
        assertEquals(List.of(), left.toList());
      }
    }
  }

  private String seenByAnotherProcess() throws IOException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                Path.of(
                        CommitLockTest.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())
                    .toString(),
                Other.class.getName(),
                folder.resolve(".espalier.lock").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}

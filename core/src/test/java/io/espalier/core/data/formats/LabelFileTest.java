package io.espalier.core.data.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An integer a sample. */
class LabelFileTest {
  @TempDir private Path dir = Path.of("");

  private String write(String name, byte[] content) throws IOException {
    return Files.write(dir.resolve(name), content).toString();
  }

  private String text(String content) throws IOException {
    return Files.writeString(dir.resolve("l.txt"), content).toString();
  }

  private static void assertRefused(String location, String words) {
    String message = assertThrows(DataException.class, () -> LabelFile.read(location)).toString();
    assertTrue(message.contains(words), message);
    assertTrue(message.contains(location), message);
  }

  @Test
  void arraysAndText() throws IOException {
    int[] labels = {7, 0, 3};
    assertArrayEquals(
        labels, LabelFile.read(write("l.npy", Made.npy("<i8", "(3,)", Made.longs(7, 0, 3)))));
    assertArrayEquals(
        labels, LabelFile.read(write("l.npy", Made.npy("|u1", "(3, 1)", Made.bytes(7, 0, 3)))));
    byte[] idx = Made.idx(8, Made.bytes(7, 0, 3), 3);
    assertArrayEquals(labels, LabelFile.read(write("l-idx1-ubyte", idx)));
    assertArrayEquals(labels, LabelFile.read(write("l-idx1-ubyte.gz", Made.gzip(idx))));
    assertArrayEquals(labels, LabelFile.read(text("7\n0\r\n 3\n\n")));
  }

  @Test
  void labelsThatAreNone() throws IOException {
    assertRefused(write("l.npy", Made.npy("<f4", "(3,)", Made.floats(7, 0, 3))), "float32[3]");
    assertRefused(write("l.npy", Made.npy("|u1", "(1, 3)", Made.bytes(7, 0, 3))), "uint8[1, 3]");
    assertRefused(
        write("l.npy", Made.npy("<i8", "(2,)", Made.longs(1, 1L << 40))), "sample 1 is 109951");
    assertRefused(text("1\ncat\n"), "line 2 is \"cat\"");
    assertRefused(text("1\n\n2\n"), "line 2 is empty");
    assertRefused(text("\n"), "holds no labels");
    assertRefused(write("l.txt", Made.bytes(0xff, 0xfe, 0x80, 1)), "neither text nor an array");
    assertRefused(dir.resolve("gone.txt").toString(), "there is no file");
    assertRefused(dir.toString(), "is a folder");
    byte[] lies = Made.gzip(Made.idx(8, new byte[3], 4));
    assertRefused(write("l.gz", lies), "breaks off");
  }
}

package io.espalier.core.data.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.core.data.Batch;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays in NumPy's archive. */
class NpzTest {
  private static final InputSpec IDS = InputSpec.of("input_ids", ElementType.INT64, -1L, -1L);
  private static final InputSpec MASK = InputSpec.of("mask", ElementType.BOOL, -1L, -1L);

  @TempDir private Path dir = Path.of("");

  private Path file() {
    return dir.resolve("d.npz");
  }

  private static byte[] ids() {
    return Made.npy("<i8", "(3, 2)", Made.longs(1, 2, 3, 4, 5, 6));
  }

  private static byte[] mask() {
    return Made.npy("|b1", "(3, 2)", Made.bytes(1, 1, 1, 0, 1, 1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void arraysByTheNamesOfTheInputs(boolean deflated) throws IOException {
    Path file =
        Made.zip(file(), deflated, "labels.npy", ids(), "mask.npy", mask(), "input_ids.npy", ids());
    List<Batch> batches =
        Made.batches(Made.open(Made.request(file, IDS, MASK)), new int[] {0, 2}, 1);
    assertEquals(2, batches.size());
    assertArrayEquals(new double[] {5, 6}, Made.numbers(batches.get(1).array("input_ids")));
    assertArrayEquals(new double[] {1, 1}, Made.numbers(batches.get(1).array("mask")));
    assertEquals(ElementType.BOOL, batches.get(1).array("mask").type());
  }

  @Test
  void storedWithoutCompression() throws IOException {
    byte[] content = ids();
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(content);
    java.util.zip.ZipEntry entry = new java.util.zip.ZipEntry("input_ids.npy");
    entry.setMethod(java.util.zip.ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    try (var out = new java.util.zip.ZipOutputStream(Files.newOutputStream(file()))) {
      out.putNextEntry(entry);
      out.write(content);
    }
    assertEquals(6, Made.read(Made.request(file(), IDS)).number(5));
  }

  @Test
  void arraysThatAreMissingOrDoNotFit() throws IOException {
    Path file = Made.zip(file(), true, "input_id.npy", ids(), "mask.npy", mask());
    Made.assertRefused(
        Made.request(file, IDS, MASK),
        "no array 'input_ids'",
        "did you mean \"input_id\"?",
        "arrays: input_id, mask");
    Made.zip(
        file,
        true,
        "input_ids.npy",
        ids(),
        "mask.npy",
        Made.npy("|b1", "(2, 2)", Made.bytes(1, 1, 1, 1)));
    Made.assertRefused(Made.request(file, IDS, MASK), "array 'mask'", "2 samples", "3");
    Made.zip(file, true, "input_ids.npy", Made.npy("<f4", "(3, 1)", Made.floats(1, 2, 3)));
    Made.assertRefused(Made.request(file, IDS), "array 'input_ids' holds float32");
  }

  @Test
  void archivesThatAreDamagedOrLie() throws IOException {
    Path file = Made.zip(file(), true, "input_ids.npy", ids());
    byte[] good = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(good, good.length / 2));
    Made.assertRefused(Made.request(file, IDS), "is no whole .npz archive");
    Files.write(file, new byte[0]);
    Made.assertRefused(Made.request(file, IDS), "is no whole .npz archive");
    Made.zip(file, true, "input_ids.npy", Made.npy("<i8", "(90000000, 2)", Made.longs(1, 2)));
    Made.assertRefused(Made.request(file, IDS), "breaks off: its header says int64[90000000, 2]");
    Made.zip(file, true, "input_ids.npy", Made.bytes(1, 2, 3));
    Made.assertRefused(Made.request(file, IDS), "array 'input_ids' is no .npy array");
    byte[] broken = good.clone();
    for (int i = 45; i < 60; i++) {
      broken[i] ^= (byte) 0x5a; // within the deflated array
    }
    Files.write(file, broken);
    Made.assertRefused(Made.request(file, IDS), "d.npz");
  }
}

package io.espalier.core.data.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays in NumPy's format. */
class NpyTest {
  @TempDir private Path dir = Path.of("");

  private Path write(byte[] content) throws IOException {
    return Files.write(dir.resolve("d.npy"), content);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyVersion(int version) throws IOException {
    Path file =
        write(
            Made.npy(
                version, Made.dictionary("<f4", "False", "(2, 3)"), Made.floats(1, 2, 3, 4, 5, 6)));
    DataArray read = Made.read(Made.request(file, Made.input(ElementType.FLOAT32, -1L, 3L)));
    assertArrayEquals(new long[] {2, 3}, read.shape());
    assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, Made.numbers(read));
  }

  @ParameterizedTest
  @CsvSource({
    "|b1, 1, 1",
    "|u1, 1, 200",
    "|i1, 1, -3",
    "<u2, 2, 60000",
    ">u2, 2, 60000",
    "<i2, 2, -300",
    ">i2, 2, -300",
    "<u4, 4, 3000000000",
    ">i4, 4, -70000",
    "<i4, 4, -70000",
    "<u8, 8, 70000",
    ">u8, 8, 70000",
    "<i8, 8, -70000",
    ">i8, 8, -70000"
  })
  void everyTypeOfIntegers(String descr, int size, long value) throws IOException {
    ByteOrder order = descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
    byte[] element = Arrays.copyOf(bytes.array(), size);
    if (order == ByteOrder.BIG_ENDIAN) {
      for (int i = 0; i < size / 2; i++) {
        byte low = element[i];
        element[i] = element[size - 1 - i];
        element[size - 1 - i] = low;
      }
    }
    Path file = write(Made.npy(descr, "(1, 1)", element));
    InputSpec longs = Made.input(ElementType.INT64, -1L, 1L);
    assertEquals(value, Made.read(Made.request(file, longs)).longs().get(0));
  }

  @ParameterizedTest
  @CsvSource({"<f2, 2", ">f2, 2", "<f4, 4", ">f4, 4", "<f8, 8", ">f8, 8"})
  void everyTypeOfFloats(String descr, int size) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(3 * size)
            .order(descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    float[] values = {-1.5f, (float) Math.pow(2, -24), 1024};
    short[] halves = {(short) 0xBE00, 1, 0x6400};
    for (int i = 0; i < 3; i++) {
      switch (size) {
        case 2 -> bytes.putShort(halves[i]);
        case 4 -> bytes.putFloat(values[i]);
        default -> bytes.putDouble(values[i]);
      }
    }
    Path file = write(Made.npy(descr, "(3,)", bytes.array()));
    DataArray read = Made.read(Made.request(file, Made.input(ElementType.FLOAT32, -1L)));
    assertArrayEquals(new double[] {values[0], values[1], values[2]}, Made.numbers(read));
  }

  @Test
  void fortransOrder() throws IOException {
    // element [s, i, j] is 100 s + 10 i + j
    float[] values = new float[2 * 3 * 4];
    int next = 0;
    for (int j = 0; j < 4; j++) {
      for (int i = 0; i < 3; i++) {
        for (int s = 0; s < 2; s++) {
          values[next++] = 100 * s + 10 * i + j;
        }
      }
    }
    Path file =
        write(Made.npy(1, Made.dictionary("<f4", "True", "(2, 3, 4)"), Made.floats(values)));
    InputSpec input = Made.input(ElementType.FLOAT32, -1L, 3L, 4L);
    DataArray all = Made.read(Made.request(file, input));
    assertEquals(112, all.number(12 + 4 + 2));
    List<Batch> second = Made.batches(Made.open(Made.request(file, input)), new int[] {1}, 8);
    assertEquals(123, second.get(0).array("x").number(11));
  }

  @Test
  void someSamplesInBatches() throws IOException {
    Path file = write(Made.npy("<f4", "(7, 1)", Made.floats(0, 1, 2, 3, 4, 5, 6)));
    InputSpec input = Made.input(ElementType.FLOAT32, -1L, 1L);
    List<Batch> batches =
        Made.batches(Made.open(Made.request(file, input)), new int[] {1, 2, 4, 6}, 3);
    assertEquals(2, batches.size());
    assertArrayEquals(new int[] {1, 2, 4}, batches.get(0).samples());
    assertArrayEquals(new double[] {1, 2, 4}, Made.numbers(batches.get(0).array("x")));
    assertArrayEquals(new double[] {6}, Made.numbers(batches.get(1).array("x")));
  }

  @Test
  void dimensionsOfOneComeAndGo() throws IOException {
    Path file = write(Made.npy("<f4", "(2, 2, 2)", Made.floats(1, 2, 3, 4, 5, 6, 7, 8)));
    InputSpec image = Made.input(ElementType.FLOAT32, -1L, 1L, 2L, 2L);
    assertArrayEquals(new long[] {2, 1, 2, 2}, Made.read(Made.request(file, image)).shape());
    InputSpec open = Made.input(ElementType.FLOAT32, -1L, 1L, -1L, -1L);
    assertArrayEquals(new long[] {2, 1, 2, 2}, Made.read(Made.request(file, open)).shape());
    InputSpec flat = Made.input(ElementType.FLOAT32, -1L, 4L);
    Made.assertRefused(Made.request(file, flat), "samples of shape [2, 2]", "of shape [4]");
  }

  @Test
  void numbersAreReadAsTheInputsTypeWhereTheyMeanTheSame() throws IOException {
    Path bytes = write(Made.npy("|u1", "(2, 2)", Made.bytes(0, 1, 254, 255)));
    for (ElementType type : List.of(ElementType.FLOAT16, ElementType.FLOAT64, ElementType.INT32)) {
      assertArrayEquals(
          new double[] {0, 1, 254, 255},
          Made.numbers(Made.read(Made.request(bytes, Made.input(type, -1L, 2L)))));
    }
    Made.assertRefused(
        Made.request(bytes, Made.input(ElementType.INT8, -1L, 2L)),
        "sample 1, element [0] is 254",
        "int8");
    Made.assertRefused(
        Made.request(bytes, Made.input(ElementType.BOOL, -1L, 2L)), "sample 1, element [0] is 254");
    Path floats = write(Made.npy("<f4", "(1, 2)", Made.floats(1, 2)));
    Made.assertRefused(
        Made.request(floats, Made.input(ElementType.INT64, -1L, 2L)), "holds float32", "int64");
    Path longs = write(Made.npy("<i8", "(1, 2)", Made.longs(5, (1L << 24) + 1)));
    Made.assertRefused(
        Made.request(longs, Made.input(ElementType.FLOAT32, -1L, 2L)),
        "sample 0, element [1] is 16777217",
        "exactly");
    Made.assertRefused(
        Made.request(
            write(Made.npy("<u8", "(1, 1)", Made.longs(-1))),
            Made.input(ElementType.UINT64, -1L, 1L)),
        "18446744073709551615");
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void numbersThatAreNoneAreRefused(float bad) throws IOException {
    Path file = write(Made.npy("<f4", "(3, 2)", Made.floats(1, 2, 3, 4, 5, bad)));
    Made.assertRefused(
        Made.request(file, Made.input(ElementType.FLOAT32, -1L, 2L)),
        "d.npy, sample 2, element [1] is " + bad,
        "finite");
  }

  @Test
  void largeNumbersDoNotBecomeInfinite() throws IOException {
    Path file = write(Made.npy("<f4", "(1, 1)", Made.floats(1e5f)));
    Made.assertRefused(
        Made.request(file, Made.input(ElementType.FLOAT16, -1L, 1L)), "is 100000.0", "float16");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "|O; (2,); type '|O'",
        "[('a', '<f4')]; (2,); type",
        "<c8; (2,); type '<c8'",
        "<U4; (2,); type '<U4'",
        "<f4; (); a single number",
        "<f4; (0, 2); no samples",
        "<f4; (2, 0); no elements",
        "<f4; (-2,); no file can hold",
        "<f4; (99999999999, 2); says that it holds 99999999999 samples",
        "<f4; (2, 9999999999999, 9999999999999); no file can hold",
        "<f4; (2, 999999999); more than 2 GB",
        "<f4; (2, 1000); breaks off: its header says float32[2, 1000]",
        "<f4; (1, 2); goes on behind its end",
        "<f4; (99999999999999999999,); no file can hold",
      })
  void headersThatLie(String descr, String shape, String words) throws IOException {
    Path file = write(Made.npy(descr.strip(), shape.strip(), Made.floats(1, 2, 3, 4)));
    Made.assertRefused(
        Made.request(file, Made.input(ElementType.FLOAT32, -1L, -1L)), "d.npy", words.strip());
  }

  @Test
  void filesThatAreNone() throws IOException {
    InputSpec input = Made.input(ElementType.FLOAT32, -1L, 2L);
    byte[] good = Made.npy("<f4", "(2, 2)", Made.floats(1, 2, 3, 4));
    for (int length : new int[] {6, 7, 9, 20, good.length - 1}) {
      Made.assertRefused(Made.request(write(Arrays.copyOf(good, length)), input), "breaks off");
    }
    Made.assertRefused(Made.request(write(new byte[0]), input), "is no .npy array");
    Made.assertRefused(Made.request(write(Made.bytes(1, 2, 3, 4, 5, 6, 7, 8)), input), "no .npy");
    byte[] future = good.clone();
    future[6] = 9;
    Made.assertRefused(Made.request(write(future), input), "version 9");
    byte[] long2 = Made.npy(2, Made.dictionary("<f4", "False", "(2, 2)"), new byte[0]);
    long2[11] = 0x7f;
    Made.assertRefused(Made.request(write(long2), input), "more than any header needs");
    Made.assertRefused(
        Made.request(write(Made.npy(1, "{'descr': '<f4'}", new byte[0])), input), "neither type");
    Made.assertRefused(
        Made.request(write(Made.npy(1, "import os", new byte[0])), input), "neither type");
    Made.assertRefused(Made.request(dir.resolve("gone.npy"), input), "there is no file");
  }

  @Test
  void oneArrayDoesNotFillSeveralInputs() throws IOException {
    Path file = write(Made.npy("<f4", "(2, 2)", Made.floats(1, 2, 3, 4)));
    InputSpec input = Made.input(ElementType.FLOAT32, -1L, 2L);
    InputSpec other = InputSpec.of("mask", ElementType.INT64, -1L, 2L);
    Made.assertRefused(Made.request(file, input, other), "the model reads 'x'", ".npz");
  }
}

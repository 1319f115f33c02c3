package io.espalier.core.data.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSources;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Files of data made for a test, and what is read from them. */
final class Made {
  private static final DataSources SOURCES =
      DataSources.discover(DataSources.class.getClassLoader());

  private Made() {}

  static InputSpec input(ElementType type, Long... shape) {
    return InputSpec.of("x", type, shape);
  }

  static DataRequest request(Path file, InputSpec... inputs) {
    return DataRequest.of(file.toString(), List.of(inputs));
  }

  static Samples open(DataRequest request) {
    return SOURCES.open(request);
  }

  /** All samples, a batch of so many at a time. */
  static List<Batch> batches(Samples samples, int[] wanted, int size) {
    List<Batch> batches = new ArrayList<>();
    try (Samples.Batches all = samples.read(wanted, size)) {
      for (var next = all.next(); next.isPresent(); next = all.next()) {
        batches.add(next.get());
      }
    }
    return batches;
  }

  /** The only input of all samples, in one batch. */
  static DataArray read(DataRequest request) {
    Samples samples = open(request);
    List<Batch> batches = batches(samples, SampleDraw.all(samples.count()), samples.count());
    assertEquals(1, batches.size());
    return batches.get(0).array(request.inputs().get(0).name());
  }

  static double[] numbers(DataArray array) {
    double[] numbers = new double[array.size()];
    Arrays.setAll(numbers, array::number);
    return numbers;
  }

  /** Checks that data are refused, at the latest when they are read, in one sentence. */
  static void assertRefused(DataRequest request, String... words) {
    String message = assertThrows(DataException.class, () -> read(request)).toString();
    assertFalse(message.contains("\n") || message.endsWith("."), message);
    for (String word : words) {
      assertTrue(message.contains(word), message);
    }
  }

  /** A file in NumPy's format. */
  static byte[] npy(int version, String dictionary, byte[] elements) {
    byte[] header = (dictionary + "   \n").getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + (version == 1 ? 2 : 4) + header.length + elements.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    file.put((byte) version).put((byte) 0);
    if (version == 1) {
      file.putShort((short) header.length);
    } else {
      file.putInt(header.length);
    }
    return file.put(header).put(elements).array();
  }

  static byte[] npy(String descr, String shape, byte[] elements) {
    return npy(1, dictionary(descr, "False", shape), elements);
  }

  static String dictionary(String descr, String fortran, String shape) {
    return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
  }

  static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  static byte[] longs(long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      bytes.putLong(value);
    }
    return bytes.array();
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** An IDX file. */
  static byte[] idx(int type, byte[] elements, int... shape) {
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * shape.length + elements.length);
    file.put((byte) 0).put((byte) 0).put((byte) type).put((byte) shape.length);
    for (int size : shape) {
      file.putInt(size);
    }
    return file.put(elements).array();
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  /** An archive. */
  static Path zip(Path file, boolean deflated, Object... namesAndContents) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      out.setLevel(deflated ? 9 : 0);
      for (int i = 0; i < namesAndContents.length; i += 2) {
        out.putNextEntry(new ZipEntry((String) namesAndContents[i]));
        out.write((byte[]) namesAndContents[i + 1]);
      }
    }
    return file;
  }
}

package io.espalier.onnx.quantize;

import io.espalier.onnx.file.ByteSink;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.Lazy;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A stored table of float32 as a product quantiser writes it (Jégou, Douze and Schmid, 2011): each
 * row is divided into groups of four numbers, and each group has a book of 256 such fours, of which
 * one byte for each row names the nearest. Books are found by k-means, from rows at even distances,
 * and are the same on every machine. Nothing is computed before it is written.
 */
final class TableCodes {
  /** Numbers that one code stands for. */
  static final int WIDTH = CodeBook.WIDTH;

  /** Codes of a group. */
  static final int CODES = CodeBook.CODES;

  /** Below so many rows books take about what is saved. */
  private static final int FEWEST_ROWS = 2048;

  /** Rows of fewer numbers are no vectors that few codes could stand for. */
  private static final int FEWEST_COLUMNS = 16;

  private static final int MOST_LEARNT_FROM = 32_768;
  private static final int ROUNDS = 12;

  private final OnnxTensor table;
  private final int rows;
  private final int groups;
  private final Lazy<Found> found = new Lazy<>(this::find);

  /**
   * What k-means finds.
   *
   * @param codes [rows, groups]
   * @param books [groups * 256, 4]
   */
  @SuppressWarnings("ArrayRecordComponent") // these are not compared
  private record Found(byte[] codes, float[] books) {}

  TableCodes(OnnxTensor table) {
    this.table = table;
    this.rows = Math.toIntExact(table.dim(0));
    this.groups = Math.toIntExact(table.dim(1)) / WIDTH;
  }

  /** Whether a table is worth it. */
  static boolean fits(OnnxTensor table) {
    long columns = table.dim(1);
    return table.dim(0) >= FEWEST_ROWS
        && columns >= FEWEST_COLUMNS
        && columns % WIDTH == 0
        && table.elementCount() <= Integer.MAX_VALUE;
  }

  /** The codes, [rows, groups]. */
  TensorSource codes(String name) {
    long[] dims = {rows, groups};
    return new Late(name, DataTypes.UINT8, dims, () -> ByteBuffer.wrap(found.get().codes()));
  }

  /** Where the book of each group begins, [groups]. */
  TensorSource starts(String name) {
    ByteBuffer starts = ByteBuffer.allocate(groups * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int group = 0; group < groups; group++) {
      starts.putInt(group * CODES);
    }
    return TensorSource.ofBytes(name, DataTypes.INT32, starts.flip(), groups);
  }

  /** All books, one below the other, [groups * 256, 4]. */
  TensorSource books(String name) {
    long[] dims = {(long) groups * CODES, WIDTH};
    return new Late(name, DataTypes.FLOAT, dims, () -> bytes(found.get().books()));
  }

  /** How many numbers a row has, [1]. */
  TensorSource width(String name) {
    return TensorSource.ofLongs(name, new long[] {(long) groups * WIDTH}, 1);
  }

  private static ByteBuffer bytes(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  private Found find() {
    FloatBuffer values = table.floatBuffer();
    Found all = new Found(new byte[rows * groups], new float[groups * CODES * WIDTH]);
    IntStream.range(0, groups).parallel().forEach(group -> find(group, values, all));
    return all;
  }

  /** The book and the codes of one group. */
  private void find(int group, FloatBuffer values, Found all) {
    float[] numbers = new float[rows * WIDTH];
    for (int row = 0; row < rows; row++) {
      values.get((row * groups + group) * WIDTH, numbers, row * WIDTH, WIDTH);
    }
    CodeBook book = new CodeBook(numbers, rows);
    int learnt = Math.min(rows, MOST_LEARNT_FROM);
    for (int round = 0; round < ROUNDS; round++) {
      book.learn(learnt);
    }
    for (int row = 0; row < rows; row++) {
      all.codes()[row * groups + group] = (byte) book.nearest(row);
    }
    book.copyTo(all.books(), group * CODES * WIDTH);
  }

  /** A tensor whose bytes are computed when it is written. */
  @SuppressWarnings("ArrayRecordComponent") // these are not compared
  private record Late(String name, int dataType, long[] dims, Supplier<ByteBuffer> bytes)
      implements TensorSource {
    @Override
    public long byteSize() {
      return dims[0] * dims[1] * DataTypes.bits(dataType) / Byte.SIZE;
    }

    @Override
    public void writeTo(ByteSink sink) throws IOException {
      sink.write(bytes.get());
    }
  }
}

package io.espalier.onnx.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Kept indices along the axes of a tensor. The axes after the last that is cut make one contiguous
 * *unit*; the kept indices of the last cut axis make a *row* of units, the same for all
 * combinations of the outer axes' indices. A row of long runs is copied run by run, one of short
 * runs element by element: below some 64 bytes a loop of single loads and stores is faster than one
 * bulk copy for each run.
 */
final class GatherSource implements TensorSource {
  private static final int LONG_RUN = 64;

  /** Up to so many bytes, a row is copied as a whole before elements are picked from it. */
  private static final int LONGEST_COPY = 1 << 14;

  private final OnnxTensor source;
  private final String name;
  private final int elementSize;
  private final long[] dims;

  /** Kept indices per axis; null where the axis stays whole. */
  private final List<int @Nullable []> kept;

  /** The last axis that is cut; -1 if none is. */
  private final int rowAxis;

  GatherSource(OnnxTensor source, String name, List<int @Nullable []> keepPerAxis) {
    if (keepPerAxis.size() > source.rank()) {
      throw new IllegalArgumentException(
          keepPerAxis.size() + " lists of indices for the " + source.rank() + " axes of " + source);
    }
    this.source = source;
    this.name = name;
    this.elementSize = source.elementSize();
    this.dims = source.dims();
    this.kept = new ArrayList<>();
    int last = -1;
    for (int axis = 0; axis < source.rank(); axis++) {
      int[] keep = axis < keepPerAxis.size() ? keepPerAxis.get(axis) : null;
      if (keep == null || isWhole(keep, source.dim(axis))) {
        kept.add(null);
        continue;
      }
      check(keep, axis);
      kept.add(keep.clone());
      dims[axis] = keep.length;
      last = axis;
    }
    this.rowAxis = last;
  }

  private static boolean isWhole(int[] keep, long extent) {
    return keep.length == extent && IntStream.range(0, keep.length).allMatch(i -> keep[i] == i);
  }

  private void check(int[] keep, int axis) {
    for (int index : keep) {
      if (index < 0 || index >= source.dim(axis)) {
        throw new IllegalArgumentException(
            "index " + index + " is outside axis " + axis + " of " + source);
      }
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int dataType() {
    return source.dataType();
  }

  @Override
  public long[] dims() {
    return dims.clone();
  }

  @Override
  public long byteSize() {
    long size = elementSize;
    for (long dim : dims) {
      size *= dim;
    }
    return size;
  }

  @Override
  public void writeTo(ByteSink sink) throws IOException {
    if (byteSize() == 0) {
      return;
    }
    if (rowAxis < 0) {
      sink.write(source.bytes());
      return;
    }
    int unit = elementSize;
    for (int axis = rowAxis + 1; axis < dims.length; axis++) {
      unit *= (int) dims[axis];
    }
    int[] row = kept.get(rowAxis);
    int[] runs = runs(row, unit);
    boolean longRuns = (long) row.length * unit >= (long) LONG_RUN * runs.length / 2;
    int stride = unit * (int) source.dim(rowAxis);
    Row copier;
    if (longRuns || elementSize > Long.BYTES) {
      copier = new RunRow(source.bytes(), runs);
    } else if (elementSize == Integer.BYTES && stride <= LONGEST_COPY && row.length > 0) {
      copier = new CopiedRow(source.bytes(), stride, elements(row, unit));
    } else {
      copier = new ElementRow(source.bytes(), elements(row, unit), elementSize);
    }
    writeRows(copier, sink, 0, 0, outerStrides(stride));
  }

  /** Bytes from one index to the next, for each axis before the row's. */
  private int[] outerStrides(int rowBytes) {
    int[] strides = new int[rowAxis];
    int stride = rowBytes;
    for (int axis = rowAxis - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= (int) source.dim(axis);
    }
    return strides;
  }

  private void writeRows(Row row, ByteSink sink, int axis, int base, int[] strides)
      throws IOException {
    if (axis == rowAxis) {
      row.write(base, sink);
      return;
    }
    int[] indices = kept.get(axis);
    int count = (int) dims[axis];
    for (int i = 0; i < count; i++) {
      int index = indices == null ? i : indices[i];
      writeRows(row, sink, axis + 1, base + index * strides[axis], strides);
    }
  }

  /** Offset and length in bytes of each run of adjacent units. */
  private static int[] runs(int[] row, int unit) {
    int[] runs = new int[2 * row.length];
    int count = 0;
    for (int i = 0; i < row.length; i++) {
      if (i > 0 && row[i] == row[i - 1] + 1) {
        runs[count - 1] += unit;
      } else {
        runs[count++] = row[i] * unit;
        runs[count++] = unit;
      }
    }
    return Arrays.copyOf(runs, count);
  }

  /** Offset in bytes of each element of the row. */
  private int[] elements(int[] row, int unit) {
    int perUnit = unit / elementSize;
    int[] offsets = new int[row.length * perUnit];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = row[i / perUnit] * unit + i % perUnit * elementSize;
    }
    return offsets;
  }

  /** Copies what is kept of one row. */
  private interface Row {
    /**
     * @param base offset in bytes of the row's first unit
     */
    void write(int base, ByteSink sink) throws IOException;
  }

  private static final class RunRow implements Row {
    private final ByteBuffer bytes;
    private final int[] runs;

    RunRow(ByteBuffer bytes, int[] runs) {
      this.bytes = bytes;
      this.runs = runs;
    }

    @Override
    public void write(int base, ByteSink sink) throws IOException {
      for (int i = 0; i < runs.length; i += 2) {
        int length = runs[i + 1];
        if (length >= ByteSink.maximumRoom() / 8) {
          sink.write(bytes.slice(base + runs[i], length));
        } else {
          ByteBuffer room = sink.room(length);
          room.put(room.position(), bytes, base + runs[i], length);
          room.position(room.position() + length);
        }
      }
    }
  }

  /** Copies a row of 4-byte elements to an array, where picking is quickest. */
  private static final class CopiedRow implements Row {
    private final ByteBuffer bytes;
    private final int[] offsets;
    private final int[] all;
    private final int[] picked;

    CopiedRow(ByteBuffer bytes, int stride, int[] offsets) {
      this.bytes = bytes;
      this.all = new int[stride / Integer.BYTES];
      this.picked = new int[offsets.length];
      this.offsets = new int[offsets.length];
      Arrays.setAll(this.offsets, i -> offsets[i] / Integer.BYTES);
    }

    @Override
    public void write(int base, ByteSink sink) throws IOException {
      bytes.position(base);
      bytes.asIntBuffer().get(all);
      for (int i = 0; i < picked.length; i++) {
        picked[i] = all[offsets[i]];
      }
      int length = picked.length * Integer.BYTES;
      ByteBuffer room = sink.room(length);
      room.asIntBuffer().put(picked);
      room.position(room.position() + length);
    }
  }

  private static final class ElementRow implements Row {
    private final ByteBuffer bytes;
    private final int[] offsets;
    private final int size;

    ElementRow(ByteBuffer bytes, int[] offsets, int size) {
      this.bytes = bytes;
      this.offsets = offsets;
      this.size = size;
    }

    @Override
    public void write(int base, ByteSink sink) throws IOException {
      int chunk = ByteSink.maximumRoom() / 8 / size;
      for (int from = 0; from < offsets.length; from += chunk) {
        int to = Math.min(offsets.length, from + chunk);
        ByteBuffer room = sink.room((to - from) * size);
        copy(room, room.position(), base, from, to);
        room.position(room.position() + (to - from) * size);
      }
    }

    private void copy(ByteBuffer room, int position, int base, int from, int to) {
      int at = position;
      switch (size) {
        case Byte.BYTES -> {
          for (int i = from; i < to; i++, at += Byte.BYTES) {
            room.put(at, bytes.get(base + offsets[i]));
          }
        }
        case Short.BYTES -> {
          for (int i = from; i < to; i++, at += Short.BYTES) {
            room.putShort(at, bytes.getShort(base + offsets[i]));
          }
        }
        case Integer.BYTES -> {
          for (int i = from; i < to; i++, at += Integer.BYTES) {
            room.putInt(at, bytes.getInt(base + offsets[i]));
          }
        }
        default -> {
          for (int i = from; i < to; i++, at += Long.BYTES) {
            room.putLong(at, bytes.getLong(base + offsets[i]));
          }
        }
      }
    }
  }
}

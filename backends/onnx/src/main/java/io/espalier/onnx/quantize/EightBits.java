package io.espalier.onnx.quantize;

import io.espalier.onnx.file.ByteSink;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * A stored float32 weight of two axes in integers of eight bits: {@code value = scale * (integer -
 * zero)}. The integers of a matrix are 0 to 255, with a zero point for each column, so that all of
 * them are used, and products of two of them are summed up without overflow on any processor. Those
 * of a table are -127 to 127 around zero. Integers are computed when they are written, row by row.
 */
final class EightBits {
  private static final int MOST = 255;
  private static final int MOST_SIGNED = 127;

  private final OnnxTensor weight;
  private final Arrangement arrangement;
  private final float[] scales;
  private final byte[] zeros;
  private final boolean finite;

  EightBits(OnnxTensor weight, Arrangement arrangement) {
    this.weight = weight;
    this.arrangement = arrangement;
    int groups = Math.toIntExact(weight.dim(arrangement.axis()));
    float[] least = new float[groups];
    float[] most = new float[groups];
    extremes(least, most);
    this.scales = new float[groups];
    this.zeros = new byte[groups];
    boolean all = true;
    for (int group = 0; group < groups; group++) {
      all &= Float.isFinite(least[group]) && Float.isFinite(most[group]);
      scale(group, least[group], most[group]);
    }
    this.finite = all;
  }

  private void extremes(float[] least, float[] most) {
    FloatBuffer values = weight.floatBuffer();
    float[] row = new float[Math.toIntExact(weight.dim(1))];
    for (int r = 0; r < weight.dim(0); r++) {
      values.get(row);
      for (int c = 0; c < row.length; c++) {
        int group = arrangement.axis() == 0 ? r : c;
        least[group] = Math.min(least[group], row[c]);
        most[group] = Math.max(most[group], row[c]);
      }
    }
  }

  /** From the range of a group, zero included. */
  private void scale(int group, float least, float most) {
    double step =
        isTable() ? Math.max(most, -(double) least) / MOST_SIGNED : ((double) most - least) / MOST;
    float scale = (float) step;
    scales[group] = scale > 0 && Float.isFinite(scale) ? scale : 1;
    zeros[group] = isTable() ? 0 : (byte) Math.min(MOST, Math.rint(-least / scales[group]));
  }

  private boolean isTable() {
    return arrangement == Arrangement.TABLE;
  }

  /** Whether all numbers of the weight are finite; it cannot be written in eight bits otherwise. */
  boolean isFinite() {
    return finite;
  }

  /** The integers, [inputs, outputs] of a matrix however it is stored. */
  TensorSource integers(String name) {
    return new Integers(name);
  }

  /** The scales: of a matrix [outputs], of a table [rows, 1]. */
  TensorSource scales(String name) {
    long groups = scales.length;
    return isTable()
        ? TensorSource.ofFloats(name, scales, groups, 1)
        : TensorSource.ofFloats(name, scales, groups);
  }

  /** The zero points of a matrix, [outputs]. */
  TensorSource zeros(String name) {
    return TensorSource.ofBytes(name, type(), ByteBuffer.wrap(zeros), zeros.length);
  }

  private int type() {
    return isTable() ? DataTypes.INT8 : DataTypes.UINT8;
  }

  /** The nearest integer, the even one of two. */
  private byte encode(float value, int group) {
    double nearest = Math.rint(value / (double) scales[group]);
    return (byte)
        (isTable()
            ? Math.max(-MOST_SIGNED, Math.min(MOST_SIGNED, nearest))
            : Math.max(0, Math.min(MOST, nearest + (zeros[group] & MOST))));
  }

  private final class Integers implements TensorSource {
    private final String name;

    Integers(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int dataType() {
      return type();
    }

    @Override
    public long[] dims() {
      long[] dims = weight.dims();
      return arrangement == Arrangement.TURNED_MATRIX ? new long[] {dims[1], dims[0]} : dims;
    }

    @Override
    public long byteSize() {
      return weight.elementCount();
    }

    @Override
    public void writeTo(ByteSink sink) throws IOException {
      FloatBuffer values = weight.floatBuffer();
      int rows = (int) dims()[0];
      byte[] row = new byte[(int) dims()[1]];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < row.length; c++) {
          row[c] =
              switch (arrangement) {
                case MATRIX -> encode(values.get(r * row.length + c), c);
                case TURNED_MATRIX -> encode(values.get(c * rows + r), c);
                case TABLE, CODES -> encode(values.get(r * row.length + c), r);
              };
        }
        sink.write(row);
      }
    }
  }
}

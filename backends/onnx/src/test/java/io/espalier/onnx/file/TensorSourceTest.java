package io.espalier.onnx.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TensorSourceTest {

  @Test
  void gathersAlongEachAxis() throws IOException {
    OnnxTensor matrix = OnnxTensor.of(TestModels.raw("m", 2, 3));

    assertGathered(new float[] {3, 4, 5}, matrix, new long[] {1, 3}, new int[] {1}, null);
    assertGathered(new float[] {0, 2, 3, 5}, matrix, new long[] {2, 2}, null, new int[] {0, 2});
    assertGathered(new float[] {5, 3}, matrix, new long[] {1, 2}, new int[] {1}, new int[] {2, 0});
    assertGathered(new float[] {}, matrix, new long[] {2, 0}, null, new int[] {});
    assertGathered(new float[] {0, 1, 2, 3, 4, 5}, matrix, new long[] {2, 3}, null, null);
  }

  /**
   * Against the definition, element by element, on any shape with at most one long axis, element
   * size and selection.
   */
  @Property(tries = 300, seed = "38")
  void gatherIsWhatItSays(@ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int rank)
      throws IOException {
    Random random = new Random(seed);
    int[] types = {
      DataTypes.UINT8, DataTypes.FLOAT16, DataTypes.FLOAT, DataTypes.DOUBLE, DataTypes.COMPLEX128
    };
    int type = types[random.nextInt(types.length)];
    int size = DataTypes.bits(type) / 8;
    int[] dims = IntStream.range(0, rank).map(i -> 1 + random.nextInt(6)).toArray();
    if (random.nextInt(3) == 0) {
      dims[random.nextInt(rank)] = 1 + random.nextInt(300);
    }
    byte[] bytes = new byte[size * Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
    random.nextBytes(bytes);
    TensorProto.Builder proto =
        TensorProto.newBuilder().setDataType(type).setRawData(ByteString.copyFrom(bytes));
    int[] @Nullable [] keep = new int[rank][];
    for (int axis = 0; axis < rank; axis++) {
      proto.addDims(dims[axis]);
      int extent = dims[axis];
      keep[axis] =
          random.nextInt(3) == 0
              ? null
              : random.ints(random.nextInt(extent + 1), 0, extent).sorted().distinct().toArray();
    }

    TensorSource source =
        TensorSource.gather(OnnxTensor.of(proto.build()), "g", Arrays.asList(keep));

    byte[] expected = bytes;
    for (int axis = 0; axis < rank; axis++) {
      expected = gather(expected, dims, axis, keep[axis], size);
      dims[axis] = (int) source.dims()[axis];
    }
    assertArrayEquals(expected, written(source));
    assertEquals(expected.length, source.byteSize());
  }

  @Test
  void longRowsAndLongRunsGoInPieces() throws IOException {
    int extent = 1 << 18;
    OnnxTensor wide = OnnxTensor.of(TestModels.raw("w", 2, extent));
    int[] even = IntStream.range(0, extent / 2).map(i -> 2 * i).toArray();
    int[] most = IntStream.range(1, extent).toArray();

    ByteBuffer everySecond =
        ByteBuffer.wrap(written(TensorSource.gather(wide, "g", Arrays.asList(null, even))));
    ByteBuffer allButOne =
        ByteBuffer.wrap(written(TensorSource.gather(wide, "g", Arrays.asList(null, most))));

    assertEquals(2 * even.length * Float.BYTES, everySecond.remaining());
    assertEquals(
        (float) (extent + 4),
        everySecond.order(ByteOrder.LITTLE_ENDIAN).getFloat((even.length + 2) * Float.BYTES));
    assertEquals(2 * most.length * Float.BYTES, allButOne.remaining());
    assertEquals(
        (float) (extent + 1),
        allButOne.order(ByteOrder.LITTLE_ENDIAN).getFloat(most.length * Float.BYTES));
  }

  @Test
  void refusesWhatCannotBeGathered() {
    OnnxTensor matrix = OnnxTensor.of(TestModels.raw("m", 2, 3));
    assertThrows(
        IllegalArgumentException.class,
        () -> TensorSource.gather(matrix, "g", List.of(new int[] {2})));
    assertThrows(
        IllegalArgumentException.class,
        () -> TensorSource.gather(matrix, "g", Arrays.asList(null, null, null)));
    OnnxTensor nibbles =
        OnnxTensor.of(
            TensorProto.newBuilder()
                .setDataType(DataTypes.INT4)
                .addDims(2)
                .setRawData(ByteString.fromHex("21"))
                .build());
    assertThrows(
        OnnxFileException.class, () -> TensorSource.gather(nibbles, "g", List.of(new int[] {0})));
  }

  @Test
  void valuesMustFillTheDimensions() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> TensorSource.ofLongs("s", new long[3], 2));
    assertEquals("tensor 's' of int64[2] needs 16 bytes, not 24", e.getMessage());
  }

  private static void assertGathered(
      float[] expected,
      OnnxTensor tensor,
      long[] dims,
      int @Nullable [] rows,
      int @Nullable [] columns)
      throws IOException {
    TensorSource source = TensorSource.gather(tensor, "g", Arrays.asList(rows, columns));
    assertArrayEquals(dims, source.dims());
    ByteBuffer bytes = ByteBuffer.wrap(written(source)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    assertArrayEquals(expected, values);
  }

  private static byte[] gather(
      byte[] bytes, int[] dims, int axis, int @Nullable [] keep, int size) {
    if (keep == null) {
      return bytes;
    }
    int outer = Arrays.stream(dims, 0, axis).reduce(1, (a, b) -> a * b);
    int inner = size * Arrays.stream(dims, axis + 1, dims.length).reduce(1, (a, b) -> a * b);
    ByteBuffer out = ByteBuffer.allocate(outer * keep.length * inner);
    for (int i = 0; i < outer; i++) {
      for (int index : keep) {
        out.put(bytes, (i * dims[axis] + index) * inner, inner);
      }
    }
    return out.array();
  }

  private static byte[] written(TensorSource source) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteSink sink = new ByteSink(Channels.newChannel(bytes));
    source.writeTo(sink);
    sink.flush();
    assertEquals(bytes.size(), sink.written());
    return bytes.toByteArray();
  }
}

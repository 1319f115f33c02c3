package io.espalier.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Numbers with a type and a shape. */
class DataArrayTest {
  @Test
  void integersBeyondThePrecisionOfFloatsAreExact() {
    long large = (1L << 40) + 1;
    DataArray ids = DataArray.ofLongs(ElementType.INT64, new long[] {large, 1}, 2, 1);
    assertEquals((double) large, ids.number(0));
    assertEquals(large, ids.longs().get(0));
    assertThrows(IllegalStateException.class, ids::floats);
  }

  @Test
  void aRowKeepsTheRank() {
    float[] values = {1, 2, 3, 4};
    DataArray row = DataArray.ofFloats(ElementType.FLOAT16, values, 2, 1, 2).row(1);
    assertArrayEquals(new long[] {1, 1, 2}, row.shape());
    assertEquals(4, row.number(1));
    assertEquals("float16[1, 1, 2]", row.toString());
    assertThrows(IndexOutOfBoundsException.class, () -> row.row(1));
  }

  @Test
  void valuesMustFillTheShapeAndBeOfTheType() {
    assertThrows(
        IllegalArgumentException.class,
        () -> DataArray.ofFloats(ElementType.FLOAT32, new float[3], 2, 2));
    assertThrows(
        IllegalArgumentException.class,
        () -> DataArray.ofFloats(ElementType.INT64, new float[4], 2, 2));
    assertThrows(
        IllegalArgumentException.class,
        () -> DataArray.ofLongs(ElementType.FLOAT32, new long[4], 2, 2));
  }
}

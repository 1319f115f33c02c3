package io.espalier.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What fills up texts is left out of what a network computes. */
class TokenMaskTest {
  private static final DataArray MASK =
      DataArray.ofLongs(ElementType.INT64, new long[] {1, 1, 1, 1, 0, 0}, 2, 3);

  private static TokenMask mask(String name, DataArray array) {
    return TokenMask.of(new Batch(new int[] {0, 1}, Map.of(name, array)));
  }

  private static DataArray numbers(long... shape) {
    int size = 1;
    for (long extent : shape) {
      size *= (int) extent;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = i + 1;
    }
    return DataArray.ofFloats(ElementType.FLOAT32, values, shape);
  }

  @Test
  void hiddenPlacesHoldNothing() {
    TokenMask mask = mask("attention_mask", MASK);
    DataArray output = numbers(2, 3, 2);
    assertArrayEquals(new boolean[] {true, true, true, true, false, false}, mask.real(output));
    float[] values = new float[12];
    mask.blanked(output).floats().get(values);
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0}, values);
    assertEquals(8, mask.shown(output));
  }

  @Test
  void othersAreAsTheyAre() {
    DataArray output = numbers(2, 3, 2);
    DataArray whole = DataArray.ofLongs(ElementType.INT64, new long[] {1, 1, 1, 1, 1, 1}, 2, 3);
    assertSame(output, mask("attention_mask", whole).blanked(output));
    assertSame(output, mask("ids", MASK).blanked(output));
    TokenMask mask = mask("Mask", MASK);
    for (DataArray other :
        new DataArray[] {numbers(2, 3), numbers(2, 4, 2), numbers(2), numbers(1)}) {
      assertSame(other, mask.blanked(other));
      assertEquals(other.size(), mask.shown(other));
    }
  }
}

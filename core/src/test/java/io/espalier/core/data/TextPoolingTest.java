package io.espalier.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tokens become one vector of length 1. */
class TextPoolingTest {
  private static final float NEAR = 1e-6f;

  /** Two texts of two tokens, of which the second has one. */
  private static final Batch BATCH =
      new Batch(
          new int[] {0, 1},
          Map.of(
              "attention_mask",
              DataArray.ofLongs(ElementType.INT64, new long[] {1, 1, 1, 0}, 2, 2)));

  private static Map<String, DataArray> outputs(float... tokens) {
    Map<String, DataArray> outputs = new LinkedHashMap<>();
    outputs.put("ids", DataArray.ofLongs(ElementType.INT64, new long[4], 2, 2));
    outputs.put("tokens", DataArray.ofFloats(ElementType.FLOAT32, tokens, 2, 2, 2));
    outputs.put("pooled", DataArray.ofFloats(ElementType.FLOAT32, new float[] {0, -2, 3, 4}, 2, 2));
    return outputs;
  }

  private static void assertVectors(TextPooling pooling, float... due) {
    DataArray vectors = pooling.embed(BATCH, outputs(1, 7, 5, 1, 4, 3, 1000, 1000));
    assertArrayEquals(new long[] {2, 2}, vectors.shape());
    float[] found = new float[4];
    vectors.floats().get(found);
    assertArrayEquals(due, found, NEAR);
  }

  @Test
  void eachKindReadsItsOutput() {
    assertVectors(TextPooling.MEAN, 0.6f, 0.8f, 0.8f, 0.6f);
    float root = (float) Math.sqrt(50);
    assertVectors(TextPooling.CLS, 1 / root, 7 / root, 0.8f, 0.6f);
    assertVectors(TextPooling.NONE, 0, -1, 0.6f, 0.8f);
  }

  private static void assertRefused(String words, TextPooling pooling, Map<String, DataArray> out) {
    DataException e = assertThrows(DataException.class, () -> pooling.embed(BATCH, out));
    assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
  }

  @Test
  void whatIsNoVectorIsRefused() {
    assertRefused("is zero", TextPooling.CLS, outputs(0, 0, 1, 1, 1, 1, 1, 1));
    assertRefused("none", TextPooling.MEAN, outputs(1, 1, Float.NaN, 1, 1, 1, 1, 1));
    assertEquals(4, TextPooling.MEAN.embed(BATCH, outputs(1, 1, 1, 1, 1, 1, Float.NaN, 1)).size());
    Map<String, DataArray> less = outputs(1, 1, 1, 1, 1, 1, 1, 1);
    less.remove("tokens");
    assertRefused("[samples, tokens, features]", TextPooling.MEAN, less);
    less.remove("pooled");
    assertRefused("[samples, features]", TextPooling.NONE, less);
  }
}

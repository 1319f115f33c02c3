package io.espalier.core.data.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.Draw;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Data that are made up. */
class RandomSourceTest {
  private static final InputSpec IDS =
      new InputSpec("ids", ElementType.INT64, List.of(-1L, -1L), List.of(1L, 50L), Draw.below(7));
  private static final InputSpec MASK =
      new InputSpec("mask", ElementType.BOOL, List.of(-1L, -1L), List.of(1L, 50L), Draw.always(1));
  private static final InputSpec NORMAL = InputSpec.of("x", ElementType.FLOAT32, -1L, 2000L);

  private static Samples open(long seed) {
    return Made.open(new DataRequest("random", List.of(IDS, MASK, NORMAL), Map.of(), 40, seed));
  }

  @Test
  void plausibleForEachInput() {
    Samples samples = open(1);
    assertEquals(40, samples.count());
    Batch batch = Made.batches(samples, IntStream.range(0, 40).toArray(), 40).get(0);
    double[] ids = Made.numbers(batch.array("ids"));
    assertEquals(0, Arrays.stream(ids).min().orElseThrow());
    assertEquals(6, Arrays.stream(ids).max().orElseThrow());
    assertTrue(Arrays.stream(Made.numbers(batch.array("mask"))).allMatch(one -> one == 1));
    double[] normal = Made.numbers(batch.array("x"));
    assertEquals(0, Arrays.stream(normal).average().orElseThrow(), 0.02);
    assertEquals(1, Arrays.stream(normal).map(v -> v * v).average().orElseThrow(), 0.02);
  }

  @Test
  void aSampleIsTheSameWhicheverOthersAreRead() {
    double[] all = Made.numbers(Made.batches(open(1), new int[] {3, 17}, 2).get(0).array("x"));
    double[] alone = Made.numbers(Made.batches(open(1), new int[] {17}, 9).get(0).array("x"));
    assertArrayEquals(alone, Arrays.copyOfRange(all, 2000, 4000));
    assertFalse(Arrays.equals(alone, Arrays.copyOf(all, 2000)));
    double[] other = Made.numbers(Made.batches(open(2), new int[] {17}, 9).get(0).array("x"));
    assertFalse(Arrays.equals(alone, other));
  }
}

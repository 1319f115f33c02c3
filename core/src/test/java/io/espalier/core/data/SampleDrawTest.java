package io.espalier.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Choices of samples. */
class SampleDrawTest {
  private static final int[] POOL = IntStream.range(100, 200).toArray();

  @Test
  void drawsAreDistinctAscendingAndSeeded() {
    int[] drawn = SampleDraw.draw(POOL, 30, 1);
    assertEquals(30, Arrays.stream(drawn).distinct().count());
    assertArrayEquals(Arrays.stream(drawn).sorted().toArray(), drawn);
    assertArrayEquals(drawn, SampleDraw.draw(POOL, 30, 1));
    assertFalse(Arrays.equals(drawn, SampleDraw.draw(POOL, 30, 2)));
    assertArrayEquals(POOL, SampleDraw.draw(POOL, 100, 1));
    String message =
        assertThrows(DataException.class, () -> SampleDraw.draw(POOL, 101, 1)).getMessage();
    assertEquals(
        "there are 100 samples, fewer than the 101 that are asked for; ask for at most 100, or give"
            + " more data",
        message);
  }

  @Test
  void partsHaveNothingInCommonAndMissNothing() {
    SampleDraw.Split split = SampleDraw.split(POOL, 0.2, 3);
    assertEquals(20, split.heldBack().size());
    assertArrayEquals(
        POOL,
        IntStream.concat(
                Arrays.stream(split.fittedSamples()), Arrays.stream(split.heldBackSamples()))
            .sorted()
            .toArray());
    assertEquals(1, SampleDraw.split(new int[] {4, 5}, 0.01, 0).heldBack().size());
    assertThrows(DataException.class, () -> SampleDraw.split(new int[] {4}, 0.5, 0));

    List<int[]> folds = SampleDraw.folds(POOL, 3, 1);
    assertArrayEquals(POOL, folds.stream().flatMapToInt(Arrays::stream).sorted().toArray());
    assertEquals(3, folds.size());
    assertThrows(DataException.class, () -> SampleDraw.folds(new int[] {1, 2}, 3, 0));
  }

  @Test
  void positionsThatNoSampleHasAreRefused() {
    SampleDraw.check(new int[] {0, 3, 59}, 60);
    assertRefused("there is no sample 60 among 60; they are counted from 0", 0, 60);
    assertRefused("there is no sample -1 among 60; they are counted from 0", -1, 0);
    assertRefused(
        "sample 3 is named behind sample 3; name samples in ascending order, each once", 3, 3);
  }

  private static void assertRefused(String message, int... samples) {
    assertEquals(
        message,
        assertThrows(DataException.class, () -> SampleDraw.check(samples, 60)).getMessage());
  }
}

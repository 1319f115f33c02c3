package io.espalier.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MovedImagesTest {
  private static final int SIDE = 28;
  private static final InputSpec GREY = InputSpec.of("x", ElementType.FLOAT32, -1L, 1L, 28L, 28L);
  private static final InputSpec LAST = InputSpec.of("x", ElementType.FLOAT32, -1L, 28L, 28L, 3L);
  private static final InputSpec IDS = InputSpec.of("ids", ElementType.INT64, -1L, 4L);

  /** Sample s has a bright square in the middle, brighter the later it is; ids count. */
  private static Samples squares(int count, int channels) {
    return new Samples() {
      @Override
      public int count() {
        return count;
      }

      @Override
      public Batches read(int[] samples, int size) {
        return Batches.of(
            samples,
            size,
            some -> {
              float[] pixels = new float[some.length * SIDE * SIDE * channels];
              long[] ids = new long[some.length * 4];
              for (int i = 0; i < some.length; i++) {
                for (int y = 10; y < 18; y++) {
                  for (int x = 10; x < 18; x++) {
                    int at = ((i * SIDE + y) * SIDE + x) * channels;
                    Arrays.fill(pixels, at, at + channels, 1 + some[i]);
                  }
                }
                Arrays.fill(ids, i * 4, i * 4 + 4, some[i]);
              }
              long[] shape =
                  channels == 1
                      ? new long[] {some.length, 1, SIDE, SIDE}
                      : new long[] {some.length, SIDE, SIDE, channels};
              return new Batch(
                  some,
                  Map.of(
                      "x", DataArray.ofFloats(ElementType.FLOAT32, pixels, shape),
                      "ids", DataArray.ofLongs(ElementType.INT64, ids, some.length, 4)));
            });
      }
    };
  }

  private static List<Batch> read(Samples samples, int[] which, int size) {
    List<Batch> found = new ArrayList<>();
    try (Samples.Batches batches = samples.read(which, size)) {
      for (var next = batches.next(); next.isPresent(); next = batches.next()) {
        found.add(next.get());
      }
    }
    return found;
  }

  @Test
  void copiesStandBehindTheSamplesAndAreMovedByUpToAFourteenth() {
    MovedImages moved = MovedImages.of(squares(5, 1), List.of(GREY, IDS), 3, 7);
    assertEquals(20, moved.count());
    assertEquals("sample 2", moved.describe(2));
    assertEquals("sample 2, moved", moved.describe(12));
    int[] which = moved.withCopies(new int[] {1, 4});
    assertArrayEquals(new int[] {1, 4, 6, 9, 11, 14, 16, 19}, which);
    int somewhereElse = 0;
    List<Integer> seen = new ArrayList<>();
    for (Batch batch : read(moved, which, 3)) {
      DataArray pixels = batch.array("x");
      for (int i = 0; i < batch.size(); i++) {
        int sample = batch.samples()[i];
        seen.add(sample);
        assertEquals(sample % 5, batch.array("ids").number(4 * i));
        int[] corner = corner(pixels, i, 1 + sample % 5);
        assertTrue(Math.abs(corner[0] - 10) <= 2 && Math.abs(corner[1] - 10) <= 2);
        boolean stays = corner[0] == 10 && corner[1] == 10;
        assertTrue(stays || sample >= 5, "a sample itself stays as it is");
        somewhereElse += stays ? 0 : 1;
      }
    }
    assertEquals(List.of(1, 4, 6, 9, 11, 14, 16, 19), seen);
    assertTrue(somewhereElse >= 3, () -> "few of six copies are moved");
  }

  /** Where the square begins; its 64 pixels have the value, and no others are bright. */
  private static int[] corner(DataArray pixels, int image, float value) {
    int bright = 0;
    int first = -1;
    for (int i = 0; i < SIDE * SIDE; i++) {
      if (pixels.number(image * SIDE * SIDE + i) != 0) {
        assertEquals(value, pixels.number(image * SIDE * SIDE + i));
        first = first < 0 ? i : first;
        bright++;
      }
    }
    assertEquals(64, bright);
    return new int[] {first / SIDE, first % SIDE};
  }

  @Test
  void channelsMoveTogetherWhereTheyAreLast() {
    MovedImages moved = MovedImages.of(squares(2, 3), List.of(LAST), 1, 0);
    DataArray pixels = read(moved, new int[] {2, 3}, 2).get(0).array("x");
    int bright = 0;
    for (int i = 0; i < pixels.size(); i += 3) {
      assertEquals(pixels.number(i), pixels.number(i + 1));
      assertEquals(pixels.number(i), pixels.number(i + 2));
      bright += pixels.number(i) == 0 ? 0 : 1;
    }
    assertEquals(128, bright);
  }

  @Test
  void oneSeedMovesInOneWay() {
    Samples samples = squares(8, 1);
    MovedImages one = MovedImages.of(samples, List.of(GREY), 1, 3);
    MovedImages same = MovedImages.of(samples, List.of(GREY), 1, 3);
    MovedImages other = MovedImages.of(samples, List.of(GREY), 1, 4);
    int[] copies = {8, 9, 10, 11, 12, 13, 14, 15};
    float[] first = pixels(one, copies, 8);
    assertArrayEquals(first, pixels(same, copies, 8));
    assertArrayEquals(first, pixels(one, copies, 3), "in other batches");
    assertFalse(Arrays.equals(first, pixels(other, copies, 8)));
  }

  private static float[] pixels(Samples samples, int[] which, int size) {
    float[] all = new float[which.length * SIDE * SIDE];
    int at = 0;
    for (Batch batch : read(samples, which, size)) {
      for (int i = 0; i < batch.array("x").size(); i++) {
        all[at++] = (float) batch.array("x").number(i);
      }
    }
    return all;
  }

  @Test
  void whatIsNoImageHasNoCopies() {
    for (InputSpec input :
        List.of(
            IDS,
            InputSpec.of("x", ElementType.FLOAT32, -1L, 784L),
            InputSpec.of("x", ElementType.UINT8, -1L, 1L, 28L, 28L),
            InputSpec.of("x", ElementType.FLOAT32, -1L, 12L, 64L, 64L),
            InputSpec.of("x", ElementType.FLOAT32, -1L, 3L, 4L, 4L))) {
      MovedImages moved = MovedImages.of(squares(5, 1), List.of(input), 3, 0);
      assertEquals(5, moved.count(), input::toString);
      assertArrayEquals(new int[] {0, 2}, moved.withCopies(new int[] {0, 2}));
    }
  }
}

package io.espalier.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeptSamplesTest {
  /** Samples of four floats, each its own number. */
  private static final class Counted implements Samples {
    private int reads;

    @Override
    public int count() {
      return 100;
    }

    @Override
    public String describe(int sample) {
      return "number " + sample;
    }

    @Override
    public Batches read(int[] samples, int size) {
      reads++;
      return Batches.of(samples, size, Counted::batch);
    }

    private static Batch batch(int[] some) {
      float[] values = new float[4 * some.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = some[i / 4];
      }
      DataArray array = DataArray.ofFloats(ElementType.FLOAT32, values, some.length, 4);
      return new Batch(some, Map.of("x", array));
    }
  }

  private static List<Batch> read(Samples samples, int... wanted) {
    List<Batch> read = new ArrayList<>();
    try (Samples.Batches batches = samples.read(wanted, 3)) {
      batches.next().ifPresent(read::add);
      while (read.size() * 3 < wanted.length) {
        batches.next().ifPresent(read::add);
      }
      assertTrue(batches.next().isEmpty());
    }
    return read;
  }

  @Test
  void whatWasReadIsNotReadAgain() {
    Counted counted = new Counted();
    Samples kept = new KeptSamples(counted, 1000);
    List<Batch> first = read(kept, 1, 2, 5, 7);
    assertEquals(first, read(kept, 1, 2, 5, 7));
    assertEquals(2, first.size());
    assertEquals(1, counted.reads);
    assertEquals(100, kept.count());
    assertEquals("number 3", kept.describe(3));
  }

  @Test
  void whatWasUsedLongestAgoGoesFirst() {
    Counted counted = new Counted();
    Samples kept = new KeptSamples(counted, 4 * 4 * Float.BYTES);
    read(kept, 0, 1);
    read(kept, 2, 3);
    read(kept, 0, 1);
    read(kept, 4, 5);
    assertEquals(3, counted.reads);
    read(kept, 0, 1);
    assertEquals(3, counted.reads);
    read(kept, 2, 3);
    assertEquals(4, counted.reads);
  }

  @Test
  void whatDoesNotFitIsReadEachTime() {
    Counted counted = new Counted();
    Samples kept = new KeptSamples(counted, 4 * 4 * Float.BYTES);
    read(kept, 0, 1);
    read(kept, 0, 1, 2, 3, 4);
    List<Batch> again = read(kept, 0, 1, 2, 3, 4);
    assertEquals(4, again.get(1).array("x").number(5));
    read(kept, 0, 1);
    assertEquals(3, counted.reads);
  }

  @Test
  void whatIsNotReadToItsEndIsNotKept() {
    Counted counted = new Counted();
    Samples kept = new KeptSamples(counted, 1000);
    try (Samples.Batches batches = kept.read(new int[] {0, 1, 2, 3}, 3)) {
      assertTrue(batches.next().isPresent());
    }
    assertEquals(2, read(kept, 0, 1, 2, 3).size());
    assertEquals(2, counted.reads);
  }
}

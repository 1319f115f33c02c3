package io.espalier.core.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Seeded choices of samples, as positions in ascending order; the same seed chooses the same. */
public final class SampleDraw {
  private SampleDraw() {}

  /** All positions of so many samples. */
  public static int[] all(int count) {
    return IntStream.range(0, count).toArray();
  }

  /**
   * Some of the samples, each as likely as any other.
   *
   * @param from the positions to draw from
   * @param count how many
   * @throws DataException if there are too few to draw from
   */
  public static int[] draw(int[] from, int count, long seed) {
    if (count > from.length) {
      throw new DataException(
          "there are "
              + from.length
              + " samples, fewer than the "
              + count
              + " that are asked for; ask for at most "
              + from.length
              + ", or give more data");
    }
    int[] drawn = Arrays.copyOf(shuffled(from, seed), count);
    Arrays.sort(drawn);
    return drawn;
  }

  /**
   * Refuses positions that no sample has.
   *
   * @param count how many samples there are
   * @throws DataException if one is not from 0 to below the count, or not above the one before it
   */
  public static void check(int[] samples, int count) {
    for (int i = 0; i < samples.length; i++) {
      if (samples[i] < 0 || samples[i] >= count) {
        throw new DataException(
            "there is no sample " + samples[i] + " among " + count + "; they are counted from 0");
      }
      if (i > 0 && samples[i] <= samples[i - 1]) {
        throw new DataException(
            "sample "
                + samples[i]
                + " is named behind sample "
                + samples[i - 1]
                + "; name samples in ascending order, each once");
      }
    }
  }

  /**
   * Two parts of the samples that have none in common.
   *
   * @param fitted what is fitted to
   * @param heldBack what judges the fit
   */
  public record Split(List<Integer> fitted, List<Integer> heldBack) {
    public Split {
      fitted = List.copyOf(fitted);
      heldBack = List.copyOf(heldBack);
    }

    /** What is fitted to, as positions to read. */
    public int[] fittedSamples() {
      return fitted.stream().mapToInt(Integer::intValue).toArray();
    }

    /** What is held back, as positions to read. */
    public int[] heldBackSamples() {
      return heldBack.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /**
   * Holds some of the samples back.
   *
   * @param part how much of them, above 0 and below 1; at least one sample is on either side
   * @throws DataException if there are fewer than two
   */
  public static Split split(int[] samples, double part, long seed) {
    if (!(part > 0 && part < 1)) {
      throw new IllegalArgumentException(part + " is no part of samples to hold back");
    }
    requireTwo(samples);
    int count = Math.max(1, Math.min(samples.length - 1, (int) Math.round(part * samples.length)));
    int[] mixed = shuffled(samples, seed);
    return new Split(
        sorted(Arrays.copyOfRange(mixed, count, mixed.length)),
        sorted(Arrays.copyOf(mixed, count)));
  }

  /**
   * Parts of about the same size.
   *
   * @param count how many, at least 2
   * @throws DataException if there are fewer samples than parts
   */
  public static List<int[]> folds(int[] samples, int count, long seed) {
    if (samples.length < count) {
      throw new DataException(
          "there are " + samples.length + " samples, too few for " + count + " parts; give more");
    }
    int[] mixed = shuffled(samples, seed);
    List<int[]> folds = new ArrayList<>();
    for (int fold = 0; fold < count; fold++) {
      int from = (int) ((long) mixed.length * fold / count);
      int to = (int) ((long) mixed.length * (fold + 1) / count);
      int[] part = Arrays.copyOfRange(mixed, from, to);
      Arrays.sort(part);
      folds.add(part);
    }
    return folds;
  }

  private static void requireTwo(int[] samples) {
    if (samples.length < 2) {
      throw new DataException(
          "there is only one sample, and none can be held back; give at least two");
    }
  }

  private static List<Integer> sorted(int[] samples) {
    return Arrays.stream(samples).sorted().boxed().toList();
  }

  private static int[] shuffled(int[] samples, long seed) {
    int[] mixed = samples.clone();
    Random random = new Random(seed);
    for (int i = mixed.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int sample = mixed[i];
      mixed[i] = mixed[other];
      mixed[other] = sample;
    }
    return mixed;
  }
}

package io.espalier.core.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;

/**
 * How far two encoders agree on texts: on each by itself, on which are near to it, and on how near
 * any two are. Their vectors are kept. Not safe for use by several threads at once.
 */
public final class EmbeddingComparison {
  /** How many neighbours of a text are looked at. */
  public static final int NEIGHBOURS = 10;

  /** Neighbours are looked for from so many texts only that this many products are enough. */
  private static final long MOST_PRODUCTS = 20_000_000;

  private static final int MOST_PAIRS = 500_000;

  private final List<Integer> samples = new ArrayList<>();
  private final List<float[]> original = new ArrayList<>();
  private final List<float[]> small = new ArrayList<>();
  private final OutputDistance distance = new OutputDistance("embedding");

  /**
   * Adds the vectors of a batch, each of length 1.
   *
   * @param positions the positions of the samples
   * @param before [samples, features] of the first encoder
   * @param after those of the second
   * @throws DataException if they have different numbers of features
   */
  public void add(int[] positions, DataArray before, DataArray after) {
    if (!Arrays.equals(before.shape(), after.shape())) {
      throw new DataException(
          "vectors of texts are "
              + before
              + " in the original and "
              + after
              + " in the other model; those of different lengths cannot be compared");
    }
    int features = before.size() / positions.length;
    for (int i = 0; i < positions.length; i++) {
      distance.add(numbers(before, i, features), numbers(after, i, features), "");
      samples.add(positions[i]);
      original.add(row(before, i, features));
      small.add(row(after, i, features));
    }
  }

  private static float[] row(DataArray array, int index, int features) {
    float[] row = new float[features];
    array.floats().get(index * features, row);
    return row;
  }

  private static double[] numbers(DataArray array, int index, int features) {
    double[] numbers = new double[features];
    Arrays.setAll(numbers, i -> array.number(index * features + i));
    return numbers;
  }

  /** How many texts there are. */
  public int samples() {
    return samples.size();
  }

  /** The root of the mean squared distance between both vectors of a text. */
  public double error() {
    return distance.error();
  }

  /** The mean cosine between both vectors of a text; empty if they have one feature. */
  public OptionalDouble cosine() {
    return distance.cosine();
  }

  /**
   * How many of the {@value #NEIGHBOURS} texts that are nearest to one for the first encoder are so
   * for the second too, as a part; the mean over texts. Empty where there are no more than that.
   */
  public OptionalDouble neighbours() {
    int count = samples.size();
    if (count <= NEIGHBOURS) {
      return OptionalDouble.empty();
    }
    int step = (int) Math.max(1, (long) count * count / MOST_PRODUCTS);
    long same = 0;
    int texts = 0;
    for (int text = 0; text < count; text += step, texts++) {
      Set<Integer> common = new HashSet<>(nearest(original, text));
      common.retainAll(nearest(small, text));
      same += common.size();
    }
    return OptionalDouble.of((double) same / NEIGHBOURS / texts);
  }

  /** The texts that are nearest to one, of those that are equally near the first. */
  private static List<Integer> nearest(List<float[]> vectors, int text) {
    List<Integer> nearest = new ArrayList<>();
    List<Double> products = new ArrayList<>();
    for (int other = 0; other < vectors.size(); other++) {
      double product = other == text ? -2 : product(vectors.get(text), vectors.get(other));
      int at = nearest.size();
      while (at > 0 && products.get(at - 1) < product) {
        at--;
      }
      if (at < NEIGHBOURS && other != text) {
        nearest.add(at, other);
        products.add(at, product);
        if (nearest.size() > NEIGHBOURS) {
          nearest.remove(NEIGHBOURS);
          products.remove(NEIGHBOURS);
        }
      }
    }
    return nearest;
  }

  /**
   * How far both encoders put pairs of texts into the same order by their cosines, as Spearman's
   * coefficient: of all pairs, or of half a million that are drawn. Empty where there are fewer
   * than two pairs, or all are equally near.
   */
  public OptionalDouble spearman() {
    int count = samples.size();
    long all = (long) count * (count - 1) / 2;
    int pairs = (int) Math.min(all, MOST_PAIRS);
    double[] before = new double[pairs];
    double[] after = new double[pairs];
    Random random = new Random(0);
    int first = 0;
    int second = 0;
    for (int pair = 0; pair < pairs; pair++) {
      if (all <= MOST_PAIRS) {
        second++;
        if (second == count) {
          first++;
          second = first + 1;
        }
      } else {
        first = random.nextInt(count);
        second = (first + 1 + random.nextInt(count - 1)) % count;
      }
      before[pair] = product(original.get(first), original.get(second));
      after[pair] = product(small.get(first), small.get(second));
    }
    return RankCorrelation.of(before, after);
  }

  /**
   * What encoders make of pairs of which people said how alike they are.
   *
   * @param pairs how many there are of which both texts were read
   * @param original Spearman's coefficient between the first encoder's cosines and the scores
   * @param small that of the second
   */
  public record Scores(int pairs, OptionalDouble original, OptionalDouble small) {}

  /** How near cosines come to scores, over the pairs of which both samples were added. */
  public Scores scores(List<ScoredPair> pairs) {
    Map<Integer, Integer> rows = new HashMap<>();
    for (int row = 0; row < samples.size(); row++) {
      rows.put(samples.get(row), row);
    }
    List<ScoredPair> known =
        pairs.stream()
            .filter(pair -> rows.containsKey(pair.first()) && rows.containsKey(pair.second()))
            .toList();
    double[] scores = known.stream().mapToDouble(ScoredPair::score).toArray();
    return new Scores(
        known.size(),
        RankCorrelation.of(cosines(original, known, rows), scores),
        RankCorrelation.of(cosines(small, known, rows), scores));
  }

  private static double[] cosines(
      List<float[]> vectors, List<ScoredPair> pairs, Map<Integer, Integer> rows) {
    return pairs.stream()
        .mapToDouble(
            pair ->
                product(
                    vectors.get(rows.getOrDefault(pair.first(), 0)),
                    vectors.get(rows.getOrDefault(pair.second(), 0))))
        .toArray();
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}

package io.espalier.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How far encoders agree. */
class EmbeddingComparisonTest {
  private static final double NEAR = 1e-6;

  /** Directions in a plane, by their angles in degrees. */
  private static DataArray angles(double... degrees) {
    float[] values = new float[2 * degrees.length];
    for (int i = 0; i < degrees.length; i++) {
      values[2 * i] = (float) Math.cos(Math.toRadians(degrees[i]));
      values[2 * i + 1] = (float) Math.sin(Math.toRadians(degrees[i]));
    }
    return DataArray.ofFloats(ElementType.FLOAT32, values, degrees.length, 2);
  }

  private static EmbeddingComparison of(double[] before, double[] after) {
    EmbeddingComparison found = new EmbeddingComparison();
    found.add(SampleDraw.all(before.length), angles(before), angles(after));
    return found;
  }

  private static double[] drawn(int count, long seed) {
    return new Random(seed).doubles(count, 0, 90).toArray();
  }

  @Test
  void theSameVectorsAgree() {
    EmbeddingComparison found = of(drawn(40, 1), drawn(40, 1));
    assertEquals(40, found.samples());
    assertEquals(0, found.error());
    assertEquals(1, found.cosine().orElseThrow(), NEAR);
    assertEquals(1, found.neighbours().orElseThrow());
    assertEquals(1, found.spearman().orElseThrow(), NEAR);
  }

  @Test
  void othersAgreeLess() {
    EmbeddingComparison found = of(new double[] {0, 30, 90}, new double[] {60, 30, 100});
    double turned = Math.cos(Math.toRadians(10));
    assertEquals((0.5 + 1 + turned) / 3, found.cosine().orElseThrow(), NEAR);
    assertEquals(Math.sqrt((1 + 0 + 2 - 2 * turned) / 3), found.error(), NEAR);
    assertEquals(OptionalDouble.empty(), found.neighbours());
    // the angles between them are 30, 90 and 60, and then 30, 40 and 70
    assertEquals(0.5, found.spearman().orElseThrow(), NEAR);
  }

  @Test
  void neighboursAreThoseOfEachText() {
    double[] line = new double[30];
    double[] halves = new double[30];
    for (int i = 0; i < 30; i++) {
      line[i] = i;
      halves[i] = i < 15 ? i : i + 40;
    }
    // 10 neighbours of a text among 30 lie up to 5 away; those beyond the gap change
    assertEquals(0.9, of(line, halves).neighbours().orElseThrow(), NEAR);
    assertTrue(of(line, drawn(30, 2)).neighbours().orElseThrow() < 0.6);
  }

  @Test
  void manyTextsAreJudgedByPairsThatAreDrawn() {
    double[] before = drawn(1200, 3);
    double[] after = before.clone();
    assertEquals(1, of(before, after).spearman().orElseThrow(), NEAR);
    assertEquals(0, of(before, drawn(1200, 4)).spearman().orElseThrow(), 0.15);
  }

  @Test
  void scoresAreHeldAgainstCosines() {
    EmbeddingComparison found = new EmbeddingComparison();
    found.add(new int[] {7, 2}, angles(0, 10), angles(0, 80));
    found.add(new int[] {4, 5, 8, 9}, angles(0, 40, 0, 70), angles(0, 40, 0, 20));
    List<ScoredPair> pairs =
        List.of(
            new ScoredPair(2, 7, 5),
            new ScoredPair(4, 5, 3),
            new ScoredPair(8, 9, 1),
            new ScoredPair(1, 2, 9));
    EmbeddingComparison.Scores scores = found.scores(pairs);
    assertEquals(3, scores.pairs());
    assertEquals(1, scores.original().orElseThrow(), NEAR);
    assertEquals(-1, scores.small().orElseThrow(), NEAR);
    assertEquals(0, found.scores(List.of()).pairs());
  }

  @Test
  void equalNumbersShareTheirRanks() {
    double[] some = {3, 1, 3, 7};
    assertEquals(1, RankCorrelation.of(some, new double[] {5, 0, 5, 6}).orElseThrow(), NEAR);
    // ranks 1.5, 0, 1.5, 3 against 0, 1, 2, 3
    assertEquals(
        Math.sqrt(0.4), RankCorrelation.of(some, new double[] {0, 1, 2, 3}).orElseThrow(), NEAR);
    assertEquals(OptionalDouble.empty(), RankCorrelation.of(some, new double[4]));
    assertEquals(OptionalDouble.empty(), RankCorrelation.of(new double[1], new double[1]));
  }

  @Test
  void vectorsOfDifferentLengthsAreRefused() {
    DataArray longer = DataArray.ofFloats(ElementType.FLOAT32, new float[3], 1, 3);
    DataException e =
        assertThrows(
            DataException.class,
            () -> new EmbeddingComparison().add(new int[1], angles(0), longer));
    assertTrue(String.valueOf(e.getMessage()).contains("different lengths"), e.getMessage());
  }
}

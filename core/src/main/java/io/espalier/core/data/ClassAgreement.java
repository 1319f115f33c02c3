package io.espalier.core.data;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * How far two networks agree on the classes of samples, and with labels how often they are right.
 */
public final class ClassAgreement {
  /** How far a sum of probabilities may be from 1, with those of float16 in mind. */
  private static final double SUM = 5e-3;

  /** No probability counts as less: its logarithm would be infinite. */
  private static final double LEAST = 1e-12;

  private int samples;
  private int same;
  private int labelled;
  private int originalRight;
  private int otherRight;
  private double divergenceOfScores;
  private double divergenceOfProbabilities;
  private boolean probabilities = true;

  ClassAgreement() {}

  void add(double[] original, double[] other, int label) {
    add(original, other);
    labelled++;
    originalRight += best(original) == label ? 1 : 0;
    otherRight += best(other) == label ? 1 : 0;
  }

  void add(double[] original, double[] other) {
    samples++;
    same += best(original) == best(other) ? 1 : 0;
    probabilities = probabilities && areProbabilities(original) && areProbabilities(other);
    if (probabilities) {
      divergenceOfProbabilities += divergence(logarithms(original), logarithms(other));
    }
    divergenceOfScores += divergence(logSoftmax(original), logSoftmax(other));
  }

  /** The first of the largest. */
  private static int best(double[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  private static boolean areProbabilities(double[] scores) {
    return Arrays.stream(scores).allMatch(score -> score >= 0)
        && Math.abs(Arrays.stream(scores).sum() - 1) <= SUM;
  }

  private static double[] logarithms(double[] probabilities) {
    return Arrays.stream(probabilities).map(p -> Math.log(Math.max(p, LEAST))).toArray();
  }

  private static double[] logSoftmax(double[] scores) {
    double largest = Arrays.stream(scores).max().orElse(0);
    double sum = Arrays.stream(scores).map(score -> Math.exp(score - largest)).sum();
    double least = Math.log(LEAST);
    return Arrays.stream(scores)
        .map(score -> Math.max(score - largest - Math.log(sum), least))
        .toArray();
  }

  /** The Kullback-Leibler divergence, in nats, of logarithms of probabilities. */
  private static double divergence(double[] original, double[] other) {
    double sum = 0;
    for (int i = 0; i < original.length; i++) {
      sum += Math.exp(original[i]) * (original[i] - other[i]);
    }
    return sum;
  }

  /** How large a part of the samples both put into the same class. */
  public double top1Agreement() {
    return (double) same / samples;
  }

  /**
   * The mean Kullback-Leibler divergence from the original's probabilities, in nats. Outputs that
   * are none are made such by a softmax; probabilities below 1e-12 count as that. Empty if an
   * output is infinite.
   */
  public OptionalDouble kl() {
    double sum = probabilities ? divergenceOfProbabilities : divergenceOfScores;
    return Double.isFinite(sum)
        ? OptionalDouble.of(Math.max(0, sum / samples))
        : OptionalDouble.empty();
  }

  /** How often the original is right; empty without labels. */
  public OptionalDouble originalAccuracy() {
    return part(originalRight);
  }

  /** How often the other model is right; empty without labels. */
  public OptionalDouble otherAccuracy() {
    return part(otherRight);
  }

  private OptionalDouble part(int right) {
    return labelled == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / labelled);
  }
}

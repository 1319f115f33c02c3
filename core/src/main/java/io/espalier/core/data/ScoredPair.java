package io.espalier.core.data;

/**
 * Two samples of which people said how alike they are.
 *
 * @param first the position of one sample in the data
 * @param second that of the other
 * @param score higher for samples that are more alike; a finite number on any scale
 */
public record ScoredPair(int first, int second, double score) {
  public ScoredPair {
    if (first < 0 || second < 0 || !Double.isFinite(score)) {
      throw new IllegalArgumentException(
          "samples " + first + " and " + second + " cannot be " + score + " alike");
    }
  }
}

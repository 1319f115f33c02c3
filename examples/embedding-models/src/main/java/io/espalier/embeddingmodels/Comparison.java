package io.espalier.embeddingmodels;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.store.embedding.CosineSimilarity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Two encoders on the same texts.
 *
 * @param cosine between both vectors of a text, on average
 * @param neighbours the part of the ten texts nearest to one that both agree on, on average
 * @param milliseconds what the original takes for a text, on average
 * @param smallMilliseconds what the other takes
 */
record Comparison(double cosine, double neighbours, double milliseconds, double smallMilliseconds) {
  private static final int NEAREST = 10;
  private static final double MILLION = 1e6;

  /** Vectors, and what they took. */
  private record Encoded(List<Embedding> vectors, double nanoseconds) {}

  /**
   * Compares two encoders.
   *
   * @param texts more than ten
   */
  static Comparison of(EmbeddingModel original, EmbeddingModel small, List<String> texts) {
    if (texts.size() <= NEAREST) {
      throw new IllegalArgumentException(
          texts.size() + " texts to compare with, and more than " + NEAREST + " are needed");
    }
    Encoded whole = encode(original, texts);
    Encoded cut = encode(small, texts);
    double cosine = 0;
    double shared = 0;
    for (int i = 0; i < texts.size(); i++) {
      cosine += CosineSimilarity.between(whole.vectors().get(i), cut.vectors().get(i));
      Set<Integer> both = new HashSet<>(nearest(whole.vectors(), i));
      both.retainAll(nearest(cut.vectors(), i));
      shared += (double) both.size() / NEAREST;
    }
    int count = texts.size();
    return new Comparison(
        cosine / count,
        shared / count,
        whole.nanoseconds() / count / MILLION,
        cut.nanoseconds() / count / MILLION);
  }

  private static Encoded encode(EmbeddingModel model, List<String> texts) {
    model.embed(texts.get(0)); // the first run of a session takes longer
    List<Embedding> vectors = new ArrayList<>();
    long start = System.nanoTime();
    for (String text : texts) {
      vectors.add(model.embed(text).content());
    }
    return new Encoded(vectors, (double) (System.nanoTime() - start));
  }

  private static List<Integer> nearest(List<Embedding> vectors, int text) {
    return IntStream.range(0, vectors.size())
        .boxed()
        .filter(other -> other != text)
        .sorted(
            Comparator.comparingDouble(
                other -> -CosineSimilarity.between(vectors.get(text), vectors.get(other))))
        .limit(NEAREST)
        .toList();
  }
}

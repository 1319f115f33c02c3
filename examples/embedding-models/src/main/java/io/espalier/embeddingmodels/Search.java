package io.espalier.embeddingmodels;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.store.embedding.CosineSimilarity;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Finds texts that are near to a question. */
final class Search {
  private final List<String> texts;
  private final List<Embedding> index;

  /**
   * An index of texts.
   *
   * @param encoder makes the vectors that are kept
   */
  Search(EmbeddingModel encoder, List<String> texts) {
    this.texts = List.copyOf(texts);
    this.index = texts.stream().map(text -> encoder.embed(text).content()).toList();
  }

  /**
   * The nearest texts, the nearest first.
   *
   * @param encoder makes the vector of the question: the encoder of the index, or what was cut from
   *     it
   */
  List<String> nearest(EmbeddingModel encoder, String question, int count) {
    Embedding asked = encoder.embed(question).content();
    return IntStream.range(0, texts.size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -CosineSimilarity.between(asked, index.get(i))))
        .limit(count)
        .map(texts::get)
        .toList();
  }
}

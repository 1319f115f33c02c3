package io.espalier.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.EmbeddingComparison;
import io.espalier.core.data.ScoredPair;
import io.espalier.core.data.TextPooling;
import io.espalier.spi.EspalierException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How far two encoders agree on texts.
 *
 * @param pooling how a vector is made of what they compute
 * @param vectors what is known so far
 * @param pairs texts of which it is known how alike they are
 */
record TextFindings(TextPooling pooling, EmbeddingComparison vectors, List<ScoredPair> pairs)
    implements Findings {
  /**
   * What is found with one kind of pooling.
   *
   * @throws EspalierException if there is no such kind
   */
  static TextFindings of(String pooling, List<ScoredPair> pairs) {
    TextPooling kind =
        switch (pooling) {
          case "mean" -> TextPooling.MEAN;
          case "cls" -> TextPooling.CLS;
          case "none" -> TextPooling.NONE;
          default ->
              throw new EspalierException(
                  "--pooling is \"" + pooling + "\", and must be mean, cls or none");
        };
    return new TextFindings(kind, new EmbeddingComparison(), pairs);
  }

  @Override
  public void add(Batch batch, Map<String, DataArray> original, Map<String, DataArray> small) {
    vectors.add(batch.samples(), pooling.embed(batch, original), pooling.embed(batch, small));
  }

  @Override
  public void write(ObjectNode root) {
    root.put("samples", vectors.samples());
    root.put("error", vectors.error());
    put(root, "cosine", vectors.cosine());
    put(root, "neighbours10", vectors.neighbours());
    put(root, "spearman", vectors.spearman());
    EmbeddingComparison.Scores scores = vectors.scores(pairs);
    if (scores.pairs() > 0) {
      ObjectNode node = root.putObject("scores");
      node.put("pairs", scores.pairs());
      put(node, "original", scores.original());
      put(node, "small", scores.small());
    }
  }

  private static void put(ObjectNode root, String field, OptionalDouble value) {
    value.ifPresent(number -> root.put(field, number));
  }

  @Override
  public void write(Table found, Table each) {
    found.row("relative error", Numbers.error(vectors.error()));
    found.row("cosine", Findings.part(vectors.cosine()));
    found.row("same of 10 neighbours", Findings.part(vectors.neighbours()));
    found.row("Spearman over pairs", Findings.part(vectors.spearman()));
    EmbeddingComparison.Scores scores = vectors.scores(pairs);
    if (scores.pairs() > 0) {
      each.row(
          "Spearman with " + Numbers.exact(scores.pairs()) + " scores",
          Findings.part(scores.original()),
          Findings.part(scores.small()),
          "");
    }
  }
}

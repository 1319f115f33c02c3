package io.espalier.embeddingmodels;

import dev.langchain4j.model.embedding.EmbeddingModel;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.search.Budget;
import io.espalier.core.search.Cost;
import io.espalier.core.values.ScratchFolder;
import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Takes a sentence encoder out of its JAR, makes it smaller, loads both with LangChain4j, compares
 * them on texts that nothing was fitted to, and searches.
 */
public final class SmallerEncoder {
  private static final int SHOWN = 3;

  private SmallerEncoder() {}

  /**
   * Runs it.
   *
   * @param args the encoder, how much of its multiplications it keeps, a file of lines, the file to
   *     write, and a question to search for
   * @throws IOException if a file cannot be read or written
   */
  public static void main(String[] args) throws IOException {
    if (args.length < 5) {
      System.err.println("usage: ENCODER MACS LINES RESULT QUESTION...");
      System.exit(2);
    }
    String question = String.join(" ", List.of(args).subList(4, args.length));
    try (ScratchFolder folder = ScratchFolder.in(Path.of(System.getProperty("java.io.tmpdir")))) {
      Texts texts = Texts.read(Path.of(args[2]));
      Encoder encoder = Encoder.packed(args[0], folder.path());
      Smaller smaller =
          new Smaller(SmallerEncoder.class.getClassLoader(), step -> System.err.println(step));
      PruneOptions options = PruneOptions.of(Budget.of(Cost.MACS, Double.parseDouble(args[1])));
      Encoder small = smaller.make(encoder, options, texts, Path.of(args[3]));
      show(encoder, small, texts, question);
    } catch (EspalierException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private static void show(Encoder encoder, Encoder small, Texts texts, String question)
      throws IOException {
    EmbeddingModel original = encoder.load();
    EmbeddingModel cut = small.load();
    Comparison comparison = Comparison.of(original, cut, texts.others());
    System.out.printf("%-28s%14s%14s%n", "", "original", "smaller");
    System.out.printf(
        "%-28s%,14d%,14d%n", "bytes", Files.size(encoder.model()), Files.size(small.model()));
    System.out.printf(
        "%-28s%14.2f%14.2f%n",
        "milliseconds a text", comparison.milliseconds(), comparison.smallMilliseconds());
    System.out.printf("%-28s%14s%14.4f%n", "cosine to the original", "1", comparison.cosine());
    System.out.printf("%-28s%14s%14.4f%n", "same ten neighbours", "1", comparison.neighbours());
    Search search = new Search(original, texts.lines());
    System.out.printf("%nnearest to \"%s\", in an index of the original:%n", question);
    show("by the original", search.nearest(original, question, SHOWN));
    show("by the smaller", search.nearest(cut, question, SHOWN));
  }

  private static void show(String title, List<String> texts) {
    System.out.println("  " + title);
    texts.forEach(text -> System.out.println("    " + text));
  }
}

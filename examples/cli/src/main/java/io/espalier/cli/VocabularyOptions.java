package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.data.Samples;
import io.espalier.core.vocabulary.Vocabulary;
import io.espalier.spi.EspalierException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How many rows of a table of tokens stay. */
final class VocabularyOptions {
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?");

  @Option(
      names = "--vocabulary",
      paramLabel = "N",
      description =
          "How many rows stay of the table that ids of tokens pick from: those that the data read"
              + " most, without data the first. Other ids lead to the most similar row that stays.")
  private @Nullable Integer rows;

  @Option(
      names = "--keep-ids",
      paramLabel = "IDS",
      description =
          "Ids whose rows stay in any case, as in 0,100-103; the special tokens of a tokenizer do,"
              + " where data are read with it.")
  private @Nullable String kept;

  private String text = "";

  /** Whether a vocabulary is to be cut. */
  boolean given() {
    return rows != null;
  }

  /**
   * Checks that nothing is said of a vocabulary that stays whole.
   *
   * @throws EspalierException if something is
   */
  void check() {
    if (rows == null && kept != null) {
      throw new EspalierException(
          "--keep-ids says what stays of a vocabulary; say by --vocabulary N how much does, or"
              + " leave it out");
    }
    ids();
  }

  /** Cuts the vocabulary of a space, if that was asked for; rows stay by their ids. */
  void cut(SearchSpace space) {
    if (rows != null) {
      Vocabulary vocabulary = Vocabulary.of(space);
      vocabulary.cut(rows, ids());
      text = words(vocabulary, rows);
    }
  }

  /** The same, by how often data read them. */
  void cut(SearchSpace space, Samples data, int[] samples) {
    if (rows != null) {
      Vocabulary vocabulary = Vocabulary.of(space);
      vocabulary.count(data, samples);
      Set<Integer> ids = ids();
      ids.addAll(data.keptIds());
      vocabulary.cut(rows, ids);
      text = words(vocabulary, rows);
    }
  }

  private static String words(Vocabulary vocabulary, int rows) {
    String share =
        vocabulary.isCounted()
            ? String.format(
                Locale.ROOT,
                "; %.4f of the tokens of the data keep their own",
                vocabulary.covered(rows))
            : "";
    return "rows of the vocabulary: "
        + Numbers.exact(rows)
        + " of "
        + Numbers.exact(vocabulary.size())
        + share
        + System.lineSeparator();
  }

  /** What was cut, as a line; nothing where that is nothing. */
  String text() {
    return text;
  }

  private Set<Integer> ids() {
    Set<Integer> ids = new TreeSet<>();
    for (String part : kept == null ? new String[0] : kept.split(",", -1)) {
      Matcher range = RANGE.matcher(part.strip());
      int from = range.matches() ? Integer.parseInt(range.group(1)) : 0;
      int to = range.matches() && range.group(2) != null ? Integer.parseInt(range.group(2)) : from;
      if (!range.matches() || to < from || to - from > 10_000_000) {
        throw new EspalierException(
            "--keep-ids is \"" + kept + "\", and must be ids and ranges of them, as in 0,100-103");
      }
      for (int id = from; id <= to; id++) {
        ids.add(id);
      }
    }
    return ids;
  }
}

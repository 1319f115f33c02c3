package io.espalier.text;

import io.espalier.core.data.DataException;
import io.espalier.core.data.ScoredPair;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The texts of a file.
 *
 * @param texts the texts, none of them blank
 * @param numbers for each the line that it is in, from 1
 * @param pairs which of them are known to be how alike; empty for plain text
 */
record TextLines(List<String> texts, List<Integer> numbers, List<ScoredPair> pairs) {
  private static final String MARK = "\uFEFF";
  private static final int COLUMNS = 3;

  TextLines {
    texts = List.copyOf(texts);
    numbers = List.copyOf(numbers);
    pairs = List.copyOf(pairs);
  }

  /**
   * Every line of a file that is not blank.
   *
   * @throws DataException if it cannot be read, is no UTF-8, or holds no text
   */
  static TextLines of(String location) {
    List<String> texts = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    List<String> lines = read(location);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        texts.add(lines.get(i));
        numbers.add(i + 1);
      }
    }
    requireAny(location, texts, "a text a line");
    return new TextLines(texts, numbers, List.of());
  }

  /**
   * Both sentences of every line of a table, the score behind them; a first line whose score is no
   * number is a heading.
   *
   * @throws DataException if it cannot be read, or a line is no pair with a score
   */
  static TextLines pairs(String location) {
    List<String> texts = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    List<ScoredPair> pairs = new ArrayList<>();
    List<String> lines = read(location);
    for (int i = 0; i < lines.size(); i++) {
      String[] columns = lines.get(i).split("\t", -1);
      boolean whole = columns.length == COLUMNS && !columns[0].isBlank() && !columns[1].isBlank();
      double score = whole ? number(columns[2]) : Double.NaN;
      if (lines.get(i).isBlank() || (i == 0 && whole && !Double.isFinite(score))) {
        continue;
      }
      if (!Double.isFinite(score)) {
        throw new DataException(
            location
                + ", line "
                + (i + 1)
                + " is no sentence, sentence and score between tabs; write it so, as in"
                + " \"a dog<tab>a hound<tab>0.9\"");
      }
      pairs.add(new ScoredPair(texts.size(), texts.size() + 1, score));
      texts.addAll(List.of(columns[0], columns[1]));
      numbers.addAll(List.of(i + 1, i + 1));
    }
    requireAny(location, texts, "sentence, sentence and score a line, between tabs");
    return new TextLines(texts, numbers, pairs);
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static void requireAny(String location, List<String> texts, String what) {
    if (texts.isEmpty()) {
      throw new DataException(location + " holds no text; give " + what);
    }
  }

  private static List<String> read(String location) {
    List<String> lines = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(Path.of(location))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        // some editors write a mark at the beginning of a file
        lines.add(lines.isEmpty() && line.startsWith(MARK) ? line.substring(1) : line);
      }
      return lines;
    } catch (InvalidPathException e) {
      throw new DataException(location + " is no path of a file; check it", e);
    } catch (NoSuchFileException e) {
      throw new DataException("there is no file " + location + "; check the path", e);
    } catch (CharacterCodingException e) {
      throw new DataException(
          location + ", line " + (lines.size() + 1) + " or near it is no UTF-8; convert the file",
          e);
    } catch (IOException e) {
      throw new DataException(
          location + " cannot be read: " + e.getMessage() + "; check the file", e);
    }
  }
}

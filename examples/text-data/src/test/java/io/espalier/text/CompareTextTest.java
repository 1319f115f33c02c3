package io.espalier.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encoders are compared on lines of text. */
class CompareTextTest {
  /** Texts that are the same may change places among neighbours. */
  private static final double NEAR = 5e-3;

  @TempDir private Path dir = Path.of("");

  private static double number(String json, String field) {
    Matcher matcher = Pattern.compile("\"" + field + "\" : ([-0-9.E]+)").matcher(json);
    assertTrue(matcher.find(), () -> field + " is missing from " + json);
    return Double.parseDouble(matcher.group(1));
  }

  private String compare(Path original, Path small, Path data, String pooling) throws IOException {
    Path tokenizer = SmallTokenizer.save(dir.resolve("tokenizer.json"));
    return Run.done(
        "compare",
        original,
        small,
        "--data",
        data,
        "--tokenizer",
        tokenizer,
        "--json",
        "--pooling",
        pooling);
  }

  /** The same weights, but lines are filled up to 24 tokens in one of them only. */
  @Test
  void whatFillsUpIsNoPartOfAVector() throws IOException {
    Path texts = SmallTokenizer.texts(dir.resolve("t.txt"), 60, 5);
    Path fixed = new SmallEncoder(24).save(dir.resolve("fixed.onnx"));
    Path cut = dir.resolve("cut.onnx");
    Run.done("prune", fixed, "-o", cut, "--macs", 0.7);
    Path open = new SmallEncoder(0).save(dir.resolve("open.onnx"));
    Path small = dir.resolve("small.onnx");
    Run.done("prune", open, "-o", small, "--macs", 0.7);
    for (String pooling : new String[] {"mean", "cls"}) {
      String filled = compare(fixed, cut, texts, pooling);
      String bare = compare(open, small, texts, pooling);
      for (String field : new String[] {"samples", "cosine", "neighbours10", "spearman", "error"}) {
        assertEquals(number(filled, field), number(bare, field), NEAR, pooling + " " + field);
      }
      assertTrue(number(filled, "cosine") < 0.9999, filled);
      assertFalse(filled.contains("scores"), filled);
    }
  }

  @Test
  void pairsAreHeldAgainstTheirScores() throws IOException {
    Path pairs =
        Files.writeString(
            dir.resolve("p.tsv"),
            "the cat\tthe cat\t5\nthe cat sit\tthe cat sitting\t4\nred tree\tdog running on\t0\n");
    Path model = new SmallEncoder(0).save(dir.resolve("m.onnx"));
    String found = compare(model, model, pairs, "mean");
    assertEquals(6, number(found, "samples"));
    assertEquals(3, number(found, "pairs"));
    assertEquals(1, number(found, "original"), 1e-9);
    assertEquals(1, number(found, "small"), 1e-9);
  }
}

package io.espalier.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of the table of words, on the command line. */
class PruneVocabularyTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path dir = Path.of("");

  private Path model = Path.of("");
  private Path small = Path.of("");
  private Path manifest = Path.of("");
  private Path tokenizer = Path.of("");

  @BeforeEach
  void save() throws IOException {
    model = new SmallEncoder(0).save(dir.resolve("model.onnx"));
    small = dir.resolve("small.onnx");
    manifest = dir.resolve("cut.json");
    tokenizer = SmallTokenizer.save(dir.resolve("tokenizer.json"));
  }

  private String prune(Object... more) {
    Object[] all = new Object[more.length + 6];
    List.of("prune", model, "-o", small, "--manifest", manifest).toArray(all);
    System.arraycopy(more, 0, all, 6, more.length);
    return Run.done(all);
  }

  private void verify() {
    Run.done("verify", model, small, "--manifest", manifest);
  }

  private List<Integer> table() throws IOException {
    JsonNode mapped = MAPPER.readTree(manifest.toFile()).path("mapped");
    assertEquals(1, mapped.size());
    return MAPPER.convertValue(
        mapped.get(0).path("table"),
        MAPPER.getTypeFactory().constructCollectionType(List.class, Integer.class));
  }

  private JsonNode compare(Path data) throws IOException {
    return MAPPER.readTree(
        Run.done(
            "compare",
            model,
            small,
            "--data",
            data,
            "--tokenizer",
            tokenizer,
            "--pooling",
            "mean",
            "--json"));
  }

  private static List<Integer> kept(JsonNode manifest) {
    for (JsonNode parameter : manifest.path("parameters")) {
      if (parameter.path("initializer").asText().equals("embeddings.word.weight")) {
        return MAPPER.convertValue(
            parameter.path("keep").path("0"),
            MAPPER.getTypeFactory().constructCollectionType(List.class, Integer.class));
      }
    }
    return List.of();
  }

  @Test
  void rowsThatTheDataReadStayAndSpecialTokens() throws IOException {
    Path data =
        Files.writeString(dir.resolve("t.txt"), "red tree red tree\nthe red house\nred house\n");
    String words =
        prune("--vocabulary", 8, "--data", data, "--tokenizer", tokenizer, "--keep-ids", "23");
    verify();

    // special tokens 0 to 3, what was asked for, and of the four words those that are read most
    assertEquals(List.of(0, 1, 2, 3, 13, 15, 16, 23), kept(MAPPER.readTree(manifest.toFile())));
    assertTrue(words.contains("rows of the vocabulary: 8 of 24"), words);
    assertEquals(SmallEncoder.WORDS, table().size());

    JsonNode all = compare(Files.writeString(dir.resolve("a.txt"), "red tree\nred house\ntree\n"));
    assertEquals(0, all.path("mapped_tokens").asDouble(1));
    assertEquals(0, all.path("error").asDouble(1), "the same to the last bit");
    JsonNode some = compare(Files.writeString(dir.resolve("b.txt"), "red dog\nred cat\n"));
    assertEquals(2.0 / 8, some.path("mapped_tokens").asDouble(), 1e-9);
    assertTrue(some.path("cosine").asDouble() < 0.9999);
  }

  @Test
  void firstRowsStayWithoutData() throws IOException {
    prune("--vocabulary", 5, "--keep-ids", "9,20-21");
    verify();

    assertEquals(List.of(0, 1, 9, 20, 21), kept(MAPPER.readTree(manifest.toFile())));
  }

  @Test
  void withABudgetAndData() throws IOException {
    Path data = SmallTokenizer.texts(dir.resolve("t.txt"), 60, 5);
    String words =
        prune(
            "--vocabulary",
            15,
            "--macs",
            0.7,
            "--data",
            data,
            "--tokenizer",
            tokenizer,
            "--no-compensate");
    verify();

    assertTrue(words.contains("rows of the vocabulary: 15 of 24"), words);
    assertEquals(15, kept(MAPPER.readTree(manifest.toFile())).size());
  }

  @Test
  void withRepair() throws IOException {
    Path data = SmallTokenizer.texts(dir.resolve("t.txt"), 120, 5);
    prune("--vocabulary", 15, "--macs", 0.6, "--data", data, "--tokenizer", tokenizer);
    verify();

    assertEquals(SmallEncoder.WORDS, table().size());
  }

  @Test
  void whatIsWrongIsSaidAndNothingWritten() throws IOException {
    List<List<Object>> wrong =
        List.of(
            List.of("--vocabulary", 25),
            List.of("--vocabulary", 0),
            List.of("--vocabulary", 5, "--keep-ids", "24"),
            List.of("--vocabulary", 5, "--keep-ids", "7-3"),
            List.of("--macs", 0.5, "--keep-ids", "3"));
    for (List<Object> options : wrong) {
      Object[] all = new Object[options.size() + 4];
      List.of("prune", model, "-o", small).toArray(all);
      System.arraycopy(options.toArray(), 0, all, 4, options.size());
      Run run = Run.of(all);
      assertEquals(2, run.code(), options + run.err());
      assertEquals(1, run.err().lines().count(), run.err());
      assertFalse(Files.exists(small), options.toString());
    }
  }
}

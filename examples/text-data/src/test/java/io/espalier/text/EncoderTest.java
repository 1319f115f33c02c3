package io.espalier.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An encoder is made smaller with lines of text. */
class EncoderTest {
  private static final float NEAR = 2e-3f;

  @TempDir private Path dir = Path.of("");
  private Path texts = Path.of("");
  private Path tokenizer = Path.of("");

  @BeforeEach
  void data() throws IOException {
    tokenizer = SmallTokenizer.save(dir.resolve("tokenizer.json"));
    texts = SmallTokenizer.texts(dir.resolve("texts.txt"), 200, 0);
  }

  private OnnxModel prune(SmallEncoder encoder) {
    Path model = encoder.save(dir.resolve("whole.onnx"));
    Path small = dir.resolve("small.onnx");
    Path manifest = dir.resolve("cut.json");
    String text =
        Run.done(
            "prune",
            model,
            "-o",
            small,
            "--macs",
            0.7,
            "--input=input_ids=1x24", // what it costs depends on the length of a text
            "--manifest",
            manifest,
            "--data",
            texts,
            "--tokenizer",
            tokenizer);
    assertTrue(text.contains("parameters repaired"), text);
    Run.done("verify", model, small, "--manifest", manifest);
    return OnnxModel.read(small);
  }

  /** Lines are filled up to the longest beside them here, and to 24 tokens there. */
  @Test
  void whatFillsUpCountsForNothing() throws IOException {
    Map<String, OnnxTensor> few = prune(new SmallEncoder(0)).initializers();
    Map<String, OnnxTensor> many = prune(new SmallEncoder(24)).initializers();
    assertEquals(few.keySet(), many.keySet());
    few.forEach(
        (name, tensor) -> {
          OnnxTensor other = Objects.requireNonNull(many.get(name));
          if (DataTypes.isFloating(tensor.dataType())) {
            assertArrayEquals(tensor.floats(), other.floats(), NEAR, name);
          }
        });
  }

  @Test
  void aWrongTokenizerIsRefusedAndNothingIsWritten() {
    Path model = new SmallEncoder(0).save(dir.resolve("whole.onnx"));
    Path small = dir.resolve("small.onnx");
    Run run =
        Run.of(
            "prune",
            model,
            "-o",
            small,
            "--macs",
            0.7,
            "--data",
            texts,
            "--tokenizer",
            "none.json");
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains("there is no file none.json"), run.err());
    assertTrue(Files.notExists(small));
  }
}

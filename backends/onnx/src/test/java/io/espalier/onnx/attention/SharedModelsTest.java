package io.espalier.onnx.attention;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.onnx.SharedData;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How much freedom is found in exported transformers and recurrent networks. */
class SharedModelsTest {
  private static final int CONFIGS = 4;

  @ParameterizedTest
  @CsvSource({
    "convnext, 9",
    "vit, 10",
    "gpt2_dynamo, 13",
    "llama_gqa_dynamo, 13",
    "bert_dynamo, 12",
    "bert_dynamic, 8",
    "swin, 13",
    "lstm, 4",
    "zoo_of_ops, 4",
    "real/super_resolution_10, 3"
  })
  void searchableWidths(String name, int least) {
    Subject subject = Subject.of(SharedData.path("zoo/" + name + ".onnx"));

    assertTrue(subject.widths().size() >= least, () -> subject.widths().toString());
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 16, 29})
  void openDimensionsStayOpen(long sequence) {
    Subject subject = Subject.of(SharedData.path("zoo/bert_dynamic.onnx"));

    List<Long> shape = List.of(sequence % 5 + 1, sequence);
    subject.proves(CONFIGS, Map.of("input_ids", shape, "attention_mask", shape));
  }
}

package io.espalier.onnx.depth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.onnx.SharedData;
import io.espalier.onnx.attention.Subject;
import io.espalier.onnx.file.OnnxModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exported networks whose scopes are gone: blocks are found by structure alone. */
class UnnamedZooTest {
  private static final int CONFIGS = 4;

  /** How many blocks each chain has, in graph order. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "resnet18, 1 1 1 1",
    "resnet18_dynamo, 1 1 1 1",
    "resnet50, 2 3 5 2",
    "resnet50_unfold, 2 3 5 2",
    "resnext50, 2 3 5 2",
    "mobilenet_v2, 1 1 2 3 2 2",
    "efficientnet, 1 1 1",
    "convnext, 2 2 2",
    "vit, 6",
    "swin, 4 4",
    "gpt2_dynamo, 6",
    "llama_gqa_dynamo, 6",
    "bert_dynamo, 6",
    "bert_dynamic, 4"
  })
  void everyChainIsFound(String name, String blocks) {
    OnnxModel model = OnnxModel.read(SharedData.path("zoo/" + name + ".onnx"));
    Subject subject = Subject.of(Anonymous.of(model));

    List<String> found = new ArrayList<>();
    subject.depths().values().forEach(choices -> found.add(choices.size() - 1 + ""));
    assertEquals(List.of(blocks.split(" ")), found);
    subject.proves(CONFIGS, Map.of());
  }
}

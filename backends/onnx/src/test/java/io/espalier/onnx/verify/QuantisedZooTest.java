package io.espalier.onnx.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.espalier.core.values.Manifest;
import io.espalier.core.values.Precision;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.quantize.Quantised;
import io.espalier.onnx.quantize.Quantiser;
import io.espalier.onnx.verify.Verification.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transformers as they are exported, cut and in eight bits. */
class QuantisedZooTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"bert_dynamic", "bert_dynamo", "gpt2_dynamo", "llama_gqa_dynamo", "swin", "vit"})
  void theCutIsProved(String name) {
    OnnxModel original = OnnxModel.read(SharedData.path("zoo/" + name + ".onnx"));
    Carved carved = Carved.of(original, choices -> choices.get(choices.size() * 3 / 4));
    Quantised quantised = Quantiser.quantise(carved.small(), Precision.INT8);
    assertFalse(quantised.parts().isEmpty());
    Manifest manifest = carved.manifest().withQuantised(quantised.quantisation().parameters());
    OnnxModel file = OnnxModel.of(quantised.edit().toBytes());
    Verification proved = Verifier.verify(original, file, manifest);
    assertEquals(Verdict.PROVED, proved.verdict(), proved::toString);
  }
}

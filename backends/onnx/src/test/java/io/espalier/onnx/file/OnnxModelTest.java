package io.espalier.onnx.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.onnx.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {
  @TempDir Path folder;

  @Test
  void readsTheGraphAndFindsTheWeights() throws IOException {
    Path file = Files.write(folder.resolve("m.onnx"), TestModels.small().toByteArray());

    OnnxModel model = OnnxModel.read(file);

    assertEquals(TestModels.small().getGraph().getNodeList(), model.nodes());
    assertEquals(TestModels.small().getGraph().getInputList(), model.inputs());
    assertEquals(TestModels.small().getGraph().getOutputList(), model.outputs());
    assertEquals(TestModels.small().getGraph().getValueInfoList(), model.valueInfos());
    assertEquals(List.of("weight", "bias"), List.copyOf(model.initializers().keySet()));
    assertEquals(Map.of("", 17L), model.opsets());
    assertEquals(17, model.opset("ai.onnx"));
    assertEquals(0, model.opset("ai.onnx.ml"));
    assertEquals(8, model.irVersion());
    assertEquals(Map.of("author", "me"), model.metadata());
    assertEquals(Optional.of(file), model.path());
    assertEquals(Files.size(file), model.byteSize());
    OnnxTensor weight = model.initializers().get("weight");
    assertEquals("weight: float32[3, 4]", String.valueOf(weight));
  }

  @Test
  void everyModelReadsAsPlainProtobufReadsIt() throws IOException {
    for (Path file : SharedData.zoo()) {
      ModelProto expected = ModelProto.parseFrom(Files.readAllBytes(file));

      OnnxModel model = OnnxModel.read(file);

      assertEquals(expected.getGraph().getNodeList(), model.nodes(), file.toString());
      assertEquals(expected.getGraph().getInputList(), model.inputs(), file.toString());
      assertEquals(expected.getGraph().getOutputList(), model.outputs(), file.toString());
      assertEquals(expected.getGraph().getValueInfoList(), model.valueInfos(), file.toString());
      assertEquals(expected.getFunctionsList(), model.functions(), file.toString());
      assertEquals(expected.getIrVersion(), model.irVersion(), file.toString());
      assertEquals(
          expected.getGraph().getInitializerList().stream().map(TensorProto::getName).toList(),
          List.copyOf(model.initializers().keySet()),
          file.toString());
      for (TensorProto tensor : expected.getGraph().getInitializerList()) {
        OnnxTensor read = model.tensor(tensor);
        OnnxTensor mapped = initializer(model, tensor.getName());
        assertArrayEquals(read.dims(), mapped.dims());
        assertEquals(read.bytes(), mapped.bytes(), file + " " + mapped);
        assertEquals(mapped.byteSize(), mapped.bytes().remaining());
      }
    }
  }

  @Test
  void fingerprintSeesStructureWeightsAndTypes() {
    ModelProto model = TestModels.small();
    String original = OnnxModel.of(model).fingerprint();

    ModelProto.Builder otherWeight = model.toBuilder();
    otherWeight.getGraphBuilder().setInitializer(1, raw(TestModels.raw("bias", 4), 3));
    ModelProto.Builder otherNode = model.toBuilder();
    otherNode.getGraphBuilder().getNodeBuilder(1).setOpType("Sub");
    ModelProto.Builder otherName = model.toBuilder();
    otherName.getGraphBuilder().getInitializerBuilder(0).setName("w");

    assertEquals(original, OnnxModel.of(model).fingerprint());
    assertEquals(64, original.length());
    assertNotEquals(original, OnnxModel.of(otherWeight.build()).fingerprint());
    assertNotEquals(original, OnnxModel.of(otherNode.build()).fingerprint());
    assertNotEquals(original, OnnxModel.of(otherName.build()).fingerprint());
  }

  @Test
  void fingerprintOfALargeWeightSamplesBothEnds() {
    TensorProto large = TestModels.raw("weight", 300, 400);
    int last = large.getRawData().size() - 1;

    assertNotEquals(fingerprint(large), fingerprint(raw(large, 0)));
    assertNotEquals(fingerprint(large), fingerprint(raw(large, last)));
  }

  @Test
  void theLastOfTwoInitializersWithOneNameCounts() {
    ModelProto.Builder model = TestModels.small().toBuilder();
    model.getGraphBuilder().addInitializer(raw(TestModels.raw("bias", 4), 0));

    OnnxModel read = OnnxModel.of(model.build());

    assertEquals(2, read.initializers().size());
    assertNotEquals(0f, initializer(read, "bias").floats()[0]);
  }

  @Test
  void aLargeConstantIsNotCopied() {
    ModelProto.Builder model = TestModels.small().toBuilder();
    model.getGraphBuilder().addNode(TestModels.constant("c", TestModels.raw("", 200, 200)));

    OnnxModel read = OnnxModel.of(model.build());
    OnnxTensor constant = read.tensor(read.nodes().get(2).getAttribute(0).getT());

    assertEquals(39_999f, constant.floats()[39_999]);
    assertTrue(constant.bytes().isReadOnly());
  }

  private static String fingerprint(TensorProto weight) {
    ModelProto.Builder model = TestModels.small().toBuilder();
    model.getGraphBuilder().setInitializer(0, weight);
    return OnnxModel.of(model.build()).fingerprint();
  }

  /** The tensor with one byte of its elements changed. */
  private static TensorProto raw(TensorProto tensor, int index) {
    byte[] bytes = tensor.getRawData().toByteArray();
    bytes[index] ^= 1;
    return tensor.toBuilder().setRawData(com.google.protobuf.ByteString.copyFrom(bytes)).build();
  }

  private static OnnxTensor initializer(OnnxModel model, String name) {
    return java.util.Objects.requireNonNull(model.initializers().get(name));
  }
}

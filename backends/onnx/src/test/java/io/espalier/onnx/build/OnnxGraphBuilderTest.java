package io.espalier.onnx.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.OnnxModel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OnnxGraphBuilderTest {

  @Test
  void aFunctionTakesAttributesOfItsCall() {
    OnnxGraphBuilder body = new OnnxGraphBuilder("body", 17);
    AttributeProto axis = OnnxGraphBuilder.ofCall("dimension", AttributeProto.AttributeType.INT);
    body.output("y", body.node("Softmax", "softmax", List.of("x"), Map.of("axis", axis)));
    OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17).opset("com.acme", 1);
    b.function("com.acme:Shares", List.of("x"), body);
    String x = b.input("x", 2, 4);
    String y = b.node("com.acme:Shares", "shares", List.of(x), Map.of("dimension", 1));
    OnnxModel model = b.output("y", y, 2, 4).build();

    assertEquals(List.of("dimension"), model.functions().get(0).getAttributeList());
    AttributeProto made = model.functions().get(0).getNode(0).getAttribute(0);
    assertEquals("axis", made.getName());
    assertEquals("dimension", made.getRefAttrName());
  }

  @Test
  void buildsWhatItIsTold() {
    OnnxGraphBuilder b =
        new OnnxGraphBuilder("g", 17).opset("com.acme", 2).metadata("author", "me");
    String x = b.input("x", "N", 4);
    String w = b.floats("w", new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, 2);
    String h = b.node("com.acme:Twist", "twist", List.of(x, "", w), Map.of("turns", 3));
    String y = b.node("Relu", "relu", List.of(h));
    b.valueInfo(h, "N", 2).annotate("twist", "namespace", "layer1").output("y", y, "N", 2);

    OnnxModel model = b.build();

    assertEquals(Map.of("", 17L, "com.acme", 2L), model.opsets());
    assertEquals(Map.of("author", "me"), model.metadata());
    NodeProto twist = model.nodes().get(0);
    assertEquals("com.acme", twist.getDomain());
    assertEquals("Twist", twist.getOpType());
    assertEquals(List.of("x", "", "w"), twist.getInputList());
    assertEquals(List.of("twist_output_0"), twist.getOutputList());
    assertEquals(3, twist.getAttribute(0).getI());
    assertEquals("layer1", twist.getMetadataProps(0).getValue());
    assertEquals(List.of("y"), model.nodes().get(1).getOutputList());
    assertEquals(
        "N", model.inputs().get(0).getType().getTensorType().getShape().getDim(0).getDimParam());
    assertEquals("twist_output_0", model.valueInfos().get(0).getName());
  }

  @Test
  void namesThatAreTakenGetANumber() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17);
    assertEquals("/Relu_output_0", b.node("Relu", "/Relu", List.of("x")));
    assertEquals("/Relu_1_output_0", b.node("Relu", "/Relu", List.of("x")));
    assertEquals("/Relu_2_output_0", b.node("Relu", "/Relu", List.of("x")));
    assertEquals(
        List.of("/Split_output_0", "/Split_output_1"),
        b.nodes("Split", "/Split", List.of("x"), Map.of(), 2));
  }

  @Test
  void attributesOfEveryKindInOrderOfTheirNames() {
    List<AttributeProto> attributes =
        Attributes.of(
            Map.of(
                "f",
                1.5,
                "i",
                2,
                "s",
                "text",
                "ints",
                new long[] {3},
                "floats",
                new float[] {4},
                "strings",
                List.of("a")));

    assertEquals(
        List.of("f", "floats", "i", "ints", "s", "strings"),
        attributes.stream().map(AttributeProto::getName).toList());
    assertEquals(1.5f, attributes.get(0).getF());
    assertEquals(List.of(4f), attributes.get(1).getFloatsList());
    assertEquals(2, attributes.get(2).getI());
    assertEquals(List.of(3L), attributes.get(3).getIntsList());
    assertEquals("text", attributes.get(4).getS().toStringUtf8());
    assertEquals("a", attributes.get(5).getStrings(0).toStringUtf8());
    assertThrows(IllegalArgumentException.class, () -> Attributes.of(Map.of("x", new Object())));
  }

  @Test
  void weightsDependOnSeedAndNameAndKeepTheSizeOfSignals() {
    float[] first = weights(1, "w");
    assertTrue(Arrays.equals(first, weights(1, "w")));
    assertTrue(!Arrays.equals(first, weights(2, "w")));
    assertTrue(!Arrays.equals(first, weights(1, "v")));
    double squares = 0;
    for (float value : first) {
      squares += (double) value * value;
    }
    assertEquals(2.0 / (16 * 9), squares / first.length, 2e-4, "variance 2 / fan-in");
  }

  @Test
  void mistakesAreRefused() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17);
    assertThrows(NoSuchElementException.class, () -> b.annotate("no such node", "k", "v"));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> b.floats("w", new float[3], 2));
    assertEquals("3 values do not fill 'w' of shape [2]", e.getMessage());
  }

  @Test
  void scopesAreThoseOfPytorch() {
    TorchLayers layers =
        new TorchLayers(new OnnxGraphBuilder("g", 17)).moduleList("backbone.stages");
    assertEquals("/layer1/layer1.0/conv1", layers.scope("layer1.0.conv1"));
    assertEquals("/features/features.0/features.0.1", layers.scope("features.0.1"));
    assertEquals("/backbone/stages.3/conv", layers.scope("backbone.stages.3.conv"));
  }

  private static float[] weights(long seed, String name) {
    OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17, seed);
    b.weights(name, 64, 16, 3, 3);
    return Objects.requireNonNull(b.build().initializers().get(name)).floats();
  }
}

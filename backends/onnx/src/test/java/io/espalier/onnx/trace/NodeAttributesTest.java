package io.espalier.onnx.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import io.espalier.spi.Attributes;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeAttributesTest {
  private static AttributeProto.Builder attribute(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  private static Attributes of(AttributeProto.Builder... attributes) {
    NodeProto.Builder node = TestGraph.proto("Acme", "", "", "y");
    for (AttributeProto.Builder attribute : attributes) {
      node.addAttribute(attribute);
    }
    return new TestGraph().node(node.build()).trace().graph().nodes().get(0).attributes();
  }

  @Test
  void everyType() {
    Attributes attributes =
        of(
            attribute("i", AttributeType.INT).setI(3),
            attribute("f", AttributeType.FLOAT).setF(0.5f),
            attribute("s", AttributeType.STRING).setS(ByteString.copyFromUtf8("NOTSET")),
            attribute("is", AttributeType.INTS).addInts(1).addInts(2),
            attribute("fs", AttributeType.FLOATS).addFloats(0.25f),
            attribute("ss", AttributeType.STRINGS).addStrings(ByteString.copyFromUtf8("a")));
    assertEquals(Set.of("i", "f", "s", "is", "fs", "ss"), attributes.names());
    assertEquals(3, attributes.number("i", 9));
    assertEquals(0.5, attributes.real("f", 9));
    assertEquals("NOTSET", attributes.text("s", ""));
    assertArrayEquals(new long[] {1, 2}, attributes.numbers("is").orElseThrow());
    assertArrayEquals(new double[] {0.25}, attributes.reals("fs").orElseThrow());
    assertArrayEquals(new String[] {"a"}, attributes.texts("ss").orElseThrow());
  }

  @Test
  void anotherTypeCountsAsAbsent() {
    Attributes attributes = of(attribute("i", AttributeType.INT).setI(3));
    assertEquals(9, attributes.number("none", 9));
    assertEquals(9, attributes.real("i", 9));
    assertEquals("x", attributes.text("i", "x"));
    assertTrue(attributes.numbers("i").isEmpty());
    assertTrue(attributes.reals("i").isEmpty());
    assertTrue(attributes.texts("i").isEmpty());
  }

  @Test
  void smallTensorsAreLists() {
    Attributes attributes =
        of(
            attribute("n", AttributeType.TENSOR).setT(TestGraph.integers("", 4, 5)),
            attribute("r", AttributeType.TENSOR).setT(TestGraph.floats("", 3)),
            attribute("large", AttributeType.TENSOR).setT(TestGraph.floats("", 1025)));
    assertArrayEquals(new long[] {4, 5}, attributes.numbers("n").orElseThrow());
    assertTrue(attributes.reals("n").isEmpty());
    assertArrayEquals(new double[] {0, 1, 2}, attributes.reals("r").orElseThrow());
    assertTrue(attributes.reals("large").isEmpty());
  }

  @Test
  void oldFilesDoNotStateTypes() {
    Attributes attributes =
        of(
            AttributeProto.newBuilder().setName("i").setI(3),
            AttributeProto.newBuilder().setName("is").addInts(1),
            AttributeProto.newBuilder().setName("empty"));
    assertEquals(3, attributes.number("i", 9));
    assertArrayEquals(new long[] {1}, attributes.numbers("is").orElseThrow());
    assertArrayEquals(new long[0], attributes.numbers("empty").orElseThrow());
  }
}

package io.espalier.onnx.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.espalier.onnx.file.DataTypes;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.OpId;
import io.espalier.trace.Constant;
import io.espalier.trace.Dim;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.Solver;
import io.espalier.trace.SymMap;
import io.espalier.trace.Tensor;
import io.espalier.trace.TraceException;
import io.espalier.trace.TrialSizes;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of the parts of a model; layers have tests of their own. */
class OnnxTracerTest {
  private static Tensor tensor(TracedOnnx traced, String name) {
    return traced.graph().tensor(traced.tensorId(name));
  }

  private static Constant constant(TracedOnnx traced, String name) {
    Constant constant = tensor(traced, name).constant();
    assertNotNull(constant, name);
    return Objects.requireNonNull(constant);
  }

  private static List<String> ops(TracedOnnx traced) {
    return traced.graph().nodes().stream().map(node -> node.op().toString()).toList();
  }

  @Test
  void initializersThatOldFilesListAsInputsAreConstants() {
    TracedOnnx traced =
        new TestGraph()
            .irVersion(3)
            .input("w", 4, 3)
            .input("x", 2, 3)
            .weight("w", 4, 3)
            .node("MatMul", "", "x w", "y")
            .output("y")
            .trace();
    assertEquals(List.of(traced.tensorId("x")), traced.graph().inputs());
    assertArrayEquals(new long[] {4, 3}, constant(traced, "w").dims());
    assertTrue(tensor(traced, "w").parameter());
    assertFalse(tensor(traced, "y").parameter());
    assertEquals("w", traced.stored(traced.tensorId("w")).orElseThrow().name());
    assertEquals(-1, traced.constantNode(traced.tensorId("w")));
  }

  @Test
  void shapesAreTakenOver() {
    ValueInfoProto named =
        ValueInfoProto.newBuilder()
            .setName("x")
            .setType(
                TypeProto.newBuilder()
                    .setTensorType(
                        TypeProto.Tensor.newBuilder()
                            .setElemType(DataTypes.FLOAT)
                            .setShape(
                                TensorShapeProto.newBuilder()
                                    .addDim(
                                        TensorShapeProto.Dimension.newBuilder().setDimParam("N"))
                                    .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(3))
                                    .addDim(TensorShapeProto.Dimension.newBuilder())
                                    .addDim(
                                        TensorShapeProto.Dimension.newBuilder().setDimValue(-1)))))
            .build();
    ValueInfoProto shapeless =
        ValueInfoProto.newBuilder()
            .setName("s")
            .setType(
                TypeProto.newBuilder()
                    .setTensorType(TypeProto.Tensor.newBuilder().setElemType(DataTypes.FLOAT)))
            .build();
    ValueInfoProto sequence =
        ValueInfoProto.newBuilder()
            .setName("q")
            .setType(TypeProto.newBuilder().setSequenceType(TypeProto.Sequence.newBuilder()))
            .build();
    TestGraph graph = new TestGraph().input(named).input(shapeless).input(sequence).input("scalar");
    graph.graph().addValueInfo(TestGraph.info("h", -1, 3));
    TracedOnnx traced =
        graph.node("Relu", "", "x", "h").node("Relu", "", "h", "y").output("y", 7).trace();
    assertEquals(
        List.of(Dim.open("N"), Dim.of(3), Dim.open(""), Dim.open("")),
        tensor(traced, "x").declared());
    assertNull(tensor(traced, "s").declared());
    assertNull(tensor(traced, "q").declared());
    assertEquals(List.of(), tensor(traced, "scalar").declared());
    assertEquals(List.of(Dim.open(""), Dim.of(3)), tensor(traced, "h").declared());
    assertEquals(List.of(Dim.of(7)), tensor(traced, "y").declared());
  }

  private static AttributeProto.Builder attribute(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  private static TestGraph constantNode(AttributeProto.Builder value) {
    return new TestGraph()
        .input("x", 2)
        .node("Relu", "", "x", "y")
        .node(TestGraph.proto("Constant", "c", "", "c").addAttribute(value).build())
        .node("Add", "", "y c", "z")
        .output("z");
  }

  @Test
  void constantNodesAreConstants() {
    TracedOnnx traced =
        constantNode(attribute("value", AttributeType.TENSOR).setT(TestGraph.integers("", 5, -6)))
            .trace();
    assertEquals(List.of("Relu", "Add"), ops(traced));
    assertEquals(0, traced.graphIndex(0));
    assertEquals(-1, traced.graphIndex(1));
    assertEquals(1, traced.graphIndex(2));
    assertEquals(2, traced.onnxIndex(1));
    assertEquals("Add", traced.proto(1).orElseThrow().getOpType());
    assertEquals(1, traced.constantNode(traced.tensorId("c")));
    assertTrue(constant(traced, "c").integer());
    assertArrayEquals(new long[] {5, -6}, constant(traced, "c").longs());

    Constant real =
        constant(
            constantNode(attribute("value_float", AttributeType.FLOAT).setF(2.5f)).trace(), "c");
    assertEquals(0, real.dims().length);
    assertEquals(2.5f, real.floats().get(0));
    Constant integer =
        constant(constantNode(attribute("value_int", AttributeType.INT).setI(7)).trace(), "c");
    assertArrayEquals(new long[] {7}, integer.longs());
    assertEquals(1, integer.size());
    Constant reals =
        constant(
            constantNode(attribute("value_floats", AttributeType.FLOATS).addFloats(1).addFloats(2))
                .trace(),
            "c");
    assertArrayEquals(new long[] {2}, reals.dims());
    assertEquals(2, reals.floats().get(1));
    Constant integers =
        constant(
            constantNode(attribute("value_ints", AttributeType.INTS).addInts(8).addInts(9)).trace(),
            "c");
    assertArrayEquals(new long[] {8, 9}, integers.longs());
  }

  @Test
  void elementsThatCannotBeFollowedFreezeWhatTheyTouch() {
    TestGraph graph =
        new TestGraph()
            .input("x", 2, 4)
            .weight(
                TensorProto.newBuilder()
                    .setName("names")
                    .setDataType(DataTypes.STRING)
                    .addDims(2)
                    .addStringData(ByteString.copyFromUtf8("a"))
                    .addStringData(ByteString.copyFromUtf8("b"))
                    .build())
            .weight(
                TensorProto.newBuilder()
                    .setName("tiny")
                    .setDataType(DataTypes.INT4)
                    .addDims(4)
                    .setRawData(ByteString.copyFrom(new byte[2]))
                    .build())
            .node(
                TestGraph.proto("Constant", "", "", "text")
                    .addAttribute(
                        attribute("value_string", AttributeType.STRING)
                            .setS(ByteString.copyFromUtf8("a")))
                    .build())
            .node("Mul", "", "x sparse", "y")
            .output("y");
    graph
        .graph()
        .addSparseInitializer(
            SparseTensorProto.newBuilder()
                .setValues(TestGraph.floats("sparse", 1))
                .setIndices(TestGraph.integers("", 2))
                .addDims(4));
    TracedOnnx traced = graph.trace();
    assertEquals(
        List.of(
            "espalier.onnx:Constant[string]",
            "espalier.onnx:Constant[int4]",
            "espalier.onnx:Constant[sparse]",
            "espalier.onnx:Constant[value_string]",
            "Mul"),
        ops(traced));
    assertEquals(-1, traced.onnxIndex(0));
    assertEquals(0, traced.onnxIndex(3));
    SymMap map = new Solver(DMRegistry.of()).solve(traced.graph(), TrialSizes.automatic());
    List<Layout> axes = Objects.requireNonNull(map.tensor(traced.tensorId("sparse")));
    assertEquals(4, axes.get(0).extent());
    assertFalse(axes.get(0).isFree());
  }

  @Test
  void subGraphsCaptureFromAround() {
    GraphProto inner =
        GraphProto.newBuilder()
            .addInitializer(TestGraph.floats("own", 2))
            .addNode(TestGraph.proto("Add", "", "a own", "i1"))
            .addNode(TestGraph.proto("Mul", "", "i1 b", "i2"))
            .addOutput(ValueInfoProto.newBuilder().setName("i2"))
            .build();
    GraphProto then =
        GraphProto.newBuilder()
            .addNode(
                TestGraph.proto("If", "", "flag2", "t")
                    .addAttribute(TestGraph.attribute("then_branch", inner)))
            .addOutput(ValueInfoProto.newBuilder().setName("t"))
            .build();
    GraphProto otherwise =
        GraphProto.newBuilder().addOutput(ValueInfoProto.newBuilder().setName("a")).build();
    TracedOnnx traced =
        new TestGraph()
            .input("x", 2)
            .input("flag")
            .input("flag2")
            .weight("b", 2)
            .node("Relu", "", "x", "a")
            .node(
                TestGraph.proto("If", "", "flag", "y")
                    .addAttribute(TestGraph.attribute("then_branch", then))
                    .addAttribute(TestGraph.attribute("else_branch", otherwise))
                    .build())
            .output("y")
            .trace();
    GraphNode branch = traced.graph().nodes().get(1);
    List<String> captured =
        branch.captured().stream().map(id -> traced.graph().tensor(id).name()).toList();
    assertEquals(List.of("flag2", "a", "b"), captured);
    assertEquals(List.of(1), traced.graph().consumers(traced.tensorId("a")));
  }

  @Test
  void unsortedNodesAreSorted() {
    TracedOnnx traced =
        new TestGraph()
            .input("x", 2)
            .node("Sigmoid", "third", "b", "c")
            .node("Relu", "second", "a _", "b")
            .node("Relu", "free", "x", "d")
            .node("Relu", "first", "x", "a")
            .output("c")
            .trace();
    List<String> names = traced.graph().nodes().stream().map(GraphNode::name).toList();
    assertEquals(List.of("free", "first", "second", "third"), names);
    assertEquals(2, traced.onnxIndex(0));
    assertEquals(0, traced.onnxIndex(3));
    assertEquals(3, traced.graphIndex(0));
    assertEquals("first", traced.producer(traced.tensorId("a")).orElseThrow().name());
    assertEquals(List.of(traced.tensorId("a"), -1), traced.graph().nodes().get(2).inputs());
  }

  @Test
  void damagedGraphsAreRefused() {
    TestGraph circle =
        new TestGraph()
            .input("x", 2)
            .node("Add", "ring", "x b", "a")
            .node("Relu", "", "a", "b")
            .output("b");
    TraceException exception = assertThrows(TraceException.class, circle::trace);
    assertEquals(
        "node #0 \"ring\" (Add) waits for its own output; the model is damaged, export it again",
        exception.getMessage());
    TestGraph missing = new TestGraph().input("x", 2).node("Add", "n", "x q", "y").output("y");
    assertMessage(missing, "\"q\" is read by n");
    TestGraph twice =
        new TestGraph().input("x", 2).node("Relu", "", "x", "y").node("Relu", "", "x", "y");
    assertMessage(twice, "two tensors of the model are called \"y\"");
  }

  private static void assertMessage(TestGraph graph, String part) {
    @Nullable String message = assertThrows(TraceException.class, graph::trace).getMessage();
    assertTrue(message != null && message.contains(part), message);
  }

  @Test
  void leftOutInputsAndOutputsHaveNoTensor() {
    TracedOnnx traced =
        new TestGraph()
            .input("x", 2)
            .node("Clip", "", "x _ x", "y")
            .node("Dropout", "", "y", "_ mask")
            .output("mask")
            .trace();
    int x = traced.tensorId("x");
    assertEquals(List.of(x, -1, x), traced.graph().nodes().get(0).inputs());
    assertEquals(List.of(-1, traced.tensorId("mask")), traced.graph().nodes().get(1).outputs());
    assertEquals(-1, traced.tensorId(""));
  }

  @Test
  void operatorsKeepTheirDomainAndItsVersion() {
    TracedOnnx traced =
        new TestGraph()
            .opset("com.acme", 3)
            .input("x", 2)
            .node("ai.onnx:Relu", "", "x", "a")
            .node("com.acme:Gate", "", "a", "b")
            .output("b")
            .trace();
    assertEquals(OpId.of("Relu"), traced.graph().nodes().get(0).op());
    assertEquals(17, traced.graph().nodes().get(0).opset());
    assertEquals(OpId.of("com.acme", "Gate"), traced.graph().nodes().get(1).op());
    assertEquals(3, traced.graph().nodes().get(1).opset());
  }

  @Test
  void parametersComputedFromParametersAreParameters() {
    TracedOnnx traced =
        new TestGraph()
            .input("x", 2, 3)
            .weight("w", 4, 3)
            .node("Transpose", "", "w", "wt")
            .node("MatMul", "", "x wt", "y")
            .output("y")
            .trace();
    assertTrue(tensor(traced, "wt").parameter());
    assertNull(tensor(traced, "wt").constant());
    assertFalse(tensor(traced, "y").parameter());
  }
}

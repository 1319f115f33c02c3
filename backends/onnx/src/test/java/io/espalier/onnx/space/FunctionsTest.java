package io.espalier.onnx.space;

import static io.espalier.onnx.space.Cuts.assertFree;
import static io.espalier.onnx.space.Cuts.assertFrozen;
import static io.espalier.onnx.space.Cuts.assertLayout;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxFileException;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that are written with functions of their own, as some exporters do for every module. */
class FunctionsTest {
  private static final String DOMAIN = "pkg.acme.models";

  private static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private static AttributeProto reference(String name, AttributeProto.AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setRefAttrName(name).setType(type).build();
  }

  private static FunctionProto function(
      String name,
      int opset,
      List<String> inputs,
      List<String> outputs,
      NodeProto.Builder... body) {
    FunctionProto.Builder function =
        FunctionProto.newBuilder()
            .setDomain(DOMAIN)
            .setName(name)
            .addAllInput(inputs)
            .addAllOutput(outputs)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(DOMAIN).setVersion(1));
    for (NodeProto.Builder node : body) {
      function.addNode(node);
    }
    return function.build();
  }

  /** A layer and an activation whose slope the caller may choose. */
  private static FunctionProto layer(int opset) {
    return function(
            "Layer",
            opset,
            List.of("x", "weight", "bias"),
            List.of("y", "same"),
            node("MatMul", "product", "x", "weight"),
            node("Add", "sum", "product", "bias"),
            node("LeakyRelu", "y", "sum")
                .addAttribute(reference("alpha", AttributeProto.AttributeType.FLOAT)),
            node("Identity", "same", "x"))
        .toBuilder()
        .addAttributeProto(
            AttributeProto.newBuilder()
                .setName("alpha")
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(0.3f))
        .build();
  }

  /** Two layers beside one another. */
  private static FunctionProto pair(int opset) {
    return function(
        "Pair",
        opset,
        List.of("x", "w1", "b1", "w2", "b2"),
        List.of("both"),
        node("Layer", "first", "x", "w1", "b1").setDomain(DOMAIN).addOutput("same"),
        node("Layer", "second", "x", "w2", "b2").setDomain(DOMAIN).addOutput("").setName("other"),
        node("Concat", "both", "first", "second")
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("axis")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(1)));
  }

  private static ModelProto model(int opset) {
    Tiny t = new Tiny(17);
    t.b.opset(DOMAIN, 1);
    String x = t.b.input("input", "N", 5);
    String[] pair = {
      x,
      t.b.random("left.weight", 0, 0.6, 5, 6),
      t.b.random("left.bias", 0, 0.3, 6),
      t.b.random("right.weight", 0, 0.6, 5, 4),
      t.b.random("right.bias", 0, 0.3, 4)
    };
    String both = t.op(DOMAIN + ":Pair", pair);
    List<String> y =
        t.several(
            DOMAIN + ":Layer",
            2,
            with("alpha", 0.1f),
            both,
            t.b.random("next.weight", 0, 0.5, 10, 8),
            t.b.random("next.bias", 0, 0.3, 8));
    String again = t.op("Slice", t.op("Tanh", y.get(1)), t.ints(0), t.ints(8), t.ints(1));
    t.b.output("output", t.linear("last", t.op("Add", y.get(0), again), 8, 3), "N", 3);
    return t.b.toProto().toBuilder().addFunctions(pair(opset)).addFunctions(layer(opset)).build();
  }

  @Test
  void whatFunctionsComputeIsCut() {
    SearchSpace space = Cuts.prove(OnnxModel.of(model(17)));
    assertFree(space, "left.out_features");
    assertLayout(
        space,
        "next.in_features",
        "[left.out_features(6) | right.out_features.part1(2) | right.out_features.part2(2)]");
    space.sample(Samplers.min());
    OnnxModel carved = Cuts.export(space);
    assertTrue(carved.nodes().stream().noneMatch(node -> node.getDomain().equals(DOMAIN)));
    assertEquals(1, carved.initializers().get("left.weight").dim(1));
  }

  @Test
  void aCarvedFileIsCheckedAgainstTheFileWithFunctions(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("model.onnx"), model(17).toByteArray());
    OnnxModel original = OnnxModel.read(file);
    SearchSpace space = Cuts.space(original);
    space.sample(Samplers.min());
    space.export().save(folder.resolve("small.onnx"));
    OnnxModel small = OnnxModel.read(folder.resolve("small.onnx"));
    assertTrue(Verifier.verify(original, small, space.manifest()).passed());
    assertEquals(original.fingerprint(), space.model().fingerprint());
  }

  /** What its nodes mean is not what the same nodes would mean in the model. */
  @Test
  void aFunctionOfAnotherOperatorSetFreezesAndIsNamed() {
    SearchSpace space = Cuts.prove(OnnxModel.of(model(16)));
    assertFrozen(space, "last.in_features", DOMAIN + ":Layer has no rule");
  }

  @Test
  void aCallThatARuleKnowsStays() {
    OnnxNetwork network = OnnxNetwork.of(OnnxModel.of(model(17)), "a model with functions");
    assertSame(network, network.spelledOut(op -> op.domain().equals(DOMAIN)));
    OnnxModel outer = network.spelledOut(op -> op.name().equals("Layer")).model();
    assertEquals(
        List.of("Layer", "Layer", "Concat", "Layer"),
        outer.nodes().subList(0, 4).stream().map(NodeProto::getOpType).toList());
  }

  /** ONNX Runtime would end the process. */
  @Test
  void aCallThatGivesMoreThanTheFunctionTakesIsRefused() {
    ModelProto.Builder model = model(17).toBuilder();
    model.getGraphBuilder().getNodeBuilder(0).addInput("input").addInput("input");
    OnnxFileException e = assertThrows(OnnxFileException.class, () -> OnnxModel.of(model.build()));
    assertTrue(e.getMessage().contains("calls the function Pair with 7 inputs, and it has 5"));
  }

  @Test
  void functionsThatAreNotCalledChangeNothing() {
    ModelProto.Builder plain = model(17).toBuilder();
    plain.getGraphBuilder().clearNode().addNode(node("Identity", "output", "input"));
    OnnxNetwork network = OnnxNetwork.of(OnnxModel.of(plain.build()), "a model");
    assertSame(network, network.spelledOut(op -> false));
  }

  private static OnnxNetwork spelledOut(ModelProto.Builder model) {
    return OnnxNetwork.of(OnnxModel.of(model.build()), "a model").spelledOut(op -> false);
  }

  private static List<String> operators(OnnxNetwork network) {
    return network.model().nodes().stream().map(NodeProto::getOpType).toList();
  }

  private static FunctionProto.Builder wave(NodeProto.Builder... body) {
    return function("Wave", 17, List.of("x"), List.of("y"), body).toBuilder();
  }

  /** A layer of 6 units, what a node makes of them, and a layer of 3. */
  private static ModelProto.Builder around(String operator) {
    Tiny t = new Tiny(17);
    t.b.opset(DOMAIN, 1);
    String before = t.op("Tanh", t.linear("before", t.b.input("input", "N", 5), 5, 6));
    String called = t.op(operator, before);
    t.b.output("output", t.linear("after", called, 6, 3), "N", 3);
    return t.b.toProto().toBuilder();
  }

  private static ModelProto.Builder around(FunctionProto.Builder function) {
    String domain = function.getDomain().isEmpty() ? "" : function.getDomain() + ":";
    return around(domain + function.getName()).addFunctions(function);
  }

  @Test
  void aCallMeansTheFunctionOfItsOverload() {
    ModelProto.Builder model = around(wave(node("Neg", "y", "x"))).setIrVersion(10);
    model.addFunctions(wave(node("Exp", "y", "x")).setOverload("other"));
    assertTrue(operators(spelledOut(model)).contains("Neg"));
    assertFree(Cuts.prove(OnnxModel.of(model.build())), "before.out_features");
    model.getGraphBuilder().getNodeBuilderList().stream()
        .filter(node -> node.getDomain().equals(DOMAIN))
        .forEach(node -> node.setOverload("other"));
    assertTrue(operators(spelledOut(model)).contains("Exp"));
    model.removeFunctions(1);
    assertTrue(operators(spelledOut(model)).contains("Wave"));
  }

  /** ONNX Runtime takes the function, not the operator that has its name. */
  @Test
  void aFunctionGoesBeforeAStandardOperator() {
    FunctionProto.Builder relu = wave(node("Softmax", "y", "x")).setDomain("").setName("Relu");
    SearchSpace space = Cuts.prove(OnnxModel.of(around(relu).build()));
    assertFrozen(space, "before.out_features", "Softmax");
    relu.getOpsetImportBuilder(0).setVersion(16);
    space = Cuts.prove(OnnxModel.of(around(relu).build()));
    assertFrozen(space, "before.out_features", "Function[Relu] has no rule");
  }

  /** It may have a kernel, which a smaller network should be able to use, too. */
  @Test
  void anOperatorThatAFunctionStandsInForStays() {
    FunctionProto.Builder twist = wave(node("Neg", "y", "x")).setDomain("com.acme");
    ModelProto.Builder model = around(twist);
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.acme").setVersion(1));
    SearchSpace space = Cuts.prove(OnnxModel.of(model.build()));
    assertFrozen(space, "before.out_features", "com.acme:Wave has no rule");
  }

  @Test
  void aCallInsideABranchIsSpelledOutThere() {
    FunctionProto.Builder wave = wave(node("Tanh", "z", "x"), node("Neg", "y", "z"));
    OnnxGraphBuilder branch = new OnnxGraphBuilder("branch", 17);
    // a branch reads what lies around it by its name
    branch.output(
        "result", branch.node(DOMAIN + ":Wave", "wave", List.of("Tanh2_output_0")), "N", 6);
    GraphProto graph = branch.toProto().getGraph();
    Tiny t = new Tiny(17);
    t.b.opset(DOMAIN, 1);
    String before = t.op("Tanh", t.linear("before", t.b.input("input", "N", 5), 5, 6));
    assertEquals("Tanh2_output_0", before);
    String condition = t.op("Greater", t.number(1), t.number(0));
    String chosen = t.op("If", with("then_branch", graph, "else_branch", graph), condition);
    String next = t.op("Tanh", t.linear("next", chosen, 6, 7));
    t.b.output("output", t.linear("after", next, 7, 3), "N", 3);
    ModelProto model = t.b.toProto().toBuilder().addFunctions(wave).build();
    SearchSpace space = Cuts.prove(OnnxModel.of(model));
    assertFree(space, "before.out_features");
    assertFree(space, "next.out_features");
  }

  /** What keeps a call from being spelled out: the function itself, or its output. */
  @Test
  void aCallThatCannotBeSpelledOutStays() {
    for (FunctionProto.Builder function :
        List.of(
            wave(node("Wave", "y", "x").setDomain(DOMAIN)),
            wave(node("Neg", "z", "x")).clearOutput().addOutput("x"))) {
      assertTrue(operators(spelledOut(around(function))).contains("Wave"), function.toString());
    }
  }

  /** No name inside is that of a tensor that is there already. */
  @Test
  void namesInsideAreNew() {
    ModelProto.Builder model = around(wave(node("Neg", "z", "x"), node("Exp", "y", "z")));
    String taken = DOMAIN + ":Wave3/z";
    model.getGraphBuilder().addNode(node("Abs", taken, "input"));
    model.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(taken));
    assertEquals(
        List.of("Neg", "Exp"),
        spelledOut(model).model().nodes().stream()
            .filter(node -> node.getName().startsWith(DOMAIN + ":Wave3_2/"))
            .map(NodeProto::getOpType)
            .toList());
    assertFree(Cuts.prove(OnnxModel.of(model.build())), "before.out_features");
  }

  /** ONNX Runtime refuses two nodes of one name; those of functions often have none at all. */
  @Test
  void nodesInsideHaveNamesOfTheirOwn() {
    ModelProto.Builder model =
        around(wave(node("Tanh", "a", "x"), node("Tanh", "b", "a"), node("Tanh", "y", "b")));
    String second = DOMAIN + ":Wave3/Tanh_2";
    model.getGraphBuilder().addNode(node("Abs", "z", "input").setName(second));
    model.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName("z"));
    List<String> names =
        spelledOut(model).model().nodes().stream()
            .map(NodeProto::getName)
            .filter(name -> name.contains("/Tanh"))
            .toList();
    String first = DOMAIN + ":Wave3/Tanh";
    assertEquals(List.of(first, first + "_3", first + "_4", second), names);
    assertFree(Cuts.prove(OnnxModel.of(model.build())), "before.out_features");
  }
}

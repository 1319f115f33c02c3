package io.espalier.onnx.space;

import static io.espalier.onnx.space.Cuts.assertFree;
import static io.espalier.onnx.space.Cuts.assertFrozen;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Manifest;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Branches of an If whose condition is not known are cut like any other part of a network. */
class OpenBranchesTest {
  private final Tiny t = new Tiny(17);
  private final String first = t.op("Tanh", t.linear("first", t.b.input("input", "N", 5), 5, 8));
  private final String flag = t.b.typedInput("flag", DataTypes.BOOL);

  /** Two layers, of which the first reads a tensor from around the branch. */
  private static OnnxGraphBuilder layers(String name, String read, int out) {
    OnnxGraphBuilder b = new OnnxGraphBuilder(name, 17, name.length());
    String in = b.random(name + "in.weight", 0, 1, 8, 6);
    String hidden =
        b.node("Tanh", "hidden", List.of(b.node("MatMul", name + "in", List.of(read, in))));
    String last = b.random(name + "out.weight", 0, 1, 6, out);
    String y = b.node("MatMul", name + "out", List.of(hidden, last));
    return b.output("result", y, "N", out);
  }

  private static GraphProto network(String name, String read) {
    return layers(name, read, 4).toProto().getGraph();
  }

  private String choice(String name, String condition, GraphProto yes, GraphProto no) {
    return t.b.node("If", name, List.of(condition), with("then_branch", yes, "else_branch", no));
  }

  private static List<NodeProto> choices(OnnxModel model) {
    return model.nodes().stream().filter(node -> node.getOpType().equals("If")).toList();
  }

  private static GraphProto branch(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .map(AttributeProto::getG)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> operators(GraphProto graph) {
    return graph.getNodeList().stream().map(NodeProto::getOpType).toList();
  }

  @Test
  void bothBranchesAreCutAndOnlyOneIsRun() {
    SearchSpace space =
        t.proved(choice("pick", flag, network("a", first), network("b", first)), "N", 4);

    assertFree(space, "first.out_features");
    assertFree(space, "ain.out_features");
    assertFree(space, "bin.out_features");
    assertEquals(List.of(), space.uncounted());
    assertEquals(5 * 8 + 8 + 2 * (8 * 6 + 6 * 4), whole(space).params());
    space.sample(Samplers.min());
    OnnxModel carved = Cuts.export(space);
    assertEquals(1, choices(carved).size());
    assertFalse(carved.nodes().stream().anyMatch(node -> node.getOpType().equals("Where")));
    for (String name : List.of("then_branch", "else_branch")) {
      GraphProto branch = branch(choices(carved).get(0), name);
      assertTrue(operators(branch).containsAll(List.of("MatMul", "Tanh")), branch.toString());
      assertTrue(
          branch.getNodeList().stream().allMatch(node -> node.getMetadataPropsCount() == 0),
          branch.toString());
    }
  }

  /** Two layers behind one condition are one layer's width where their outputs are. */
  @Test
  void whatBranchesHandOutIsOneWidth() {
    GraphProto yes = layers("a", first, 7).toProto().getGraph();
    GraphProto no = layers("b", first, 7).toProto().getGraph();
    String y = t.op("Relu", choice("pick", flag, yes, no));
    SearchSpace space = t.proved(t.linear("last", y, 7, 3), "N", 3);

    assertFree(space, "aout.out_features");
    assertEquals(
        space.hparam("aout.out_features").layout(), space.hparam("bout.out_features").layout());
  }

  @Test
  void branchesInsideBranches() {
    String other = t.b.typedInput("other_flag", DataTypes.BOOL);
    OnnxGraphBuilder outer = new OnnxGraphBuilder("outer", 17);
    String picked =
        outer.node(
            "If",
            "inner",
            List.of(other),
            with("then_branch", network("far", first), "else_branch", network("near", first)));
    String turned = outer.node("Tanh", "turned", List.of(picked));
    outer.output("outerResult", turned, "N", 4);
    SearchSpace space =
        t.proved(choice("pick", flag, outer.toProto().getGraph(), network("no", first)), "N", 4);

    assertFree(space, "nearin.out_features");
    assertFree(space, "farin.out_features");
    space.sample(Samplers.min());
    NodeProto pick = choices(Cuts.export(space)).get(0);
    assertTrue(operators(branch(pick, "then_branch")).contains("If"));
    assertFalse(operators(branch(pick, "else_branch")).contains("If"));
  }

  /** A shortcut around what one branch computes: the other hands on what it reads. */
  @Test
  void aBranchThatHandsOnWhatItReads() {
    OnnxGraphBuilder same = new OnnxGraphBuilder("same", 17);
    same.output("same", same.node("Identity", "same", List.of(first)), "N", 8);
    GraphProto yes = layers("a", first, 8).toProto().getGraph();
    String y = choice("pick", flag, yes, same.toProto().getGraph());
    SearchSpace space = t.proved(t.linear("last", y, 8, 3), "N", 3);

    assertEquals(
        space.hparam("first.out_features").layout(), space.hparam("last.in_features").layout());
    assertFree(space, "first.out_features");
  }

  @Test
  void severalOutputsAndALayerReadBySeveral() {
    String shared = t.b.weights("shared.weight", 8, 6);
    List<GraphProto> branches = new ArrayList<>();
    for (String operator : List.of("Tanh", "Neg")) {
      OnnxGraphBuilder b = new OnnxGraphBuilder(operator, 17);
      String y = b.node("MatMul", "shared", List.of(first, shared));
      b.output("y", b.node(operator, "turned", List.of(y)), "N", 6).output(y, y, "N", 6);
      branches.add(b.toProto().getGraph());
    }
    List<String> outputs =
        t.b.nodes(
            "If",
            "pick",
            List.of(flag),
            with("then_branch", branches.get(0), "else_branch", branches.get(1)),
            2);
    String sum = t.op("Add", outputs.get(0), t.op("Tanh", outputs.get(1)));
    SearchSpace space = t.proved(t.linear("last", sum, 6, 3), "N", 3);

    assertFree(space, "shared.out_features");
    assertEquals(2, choices(Cuts.export(space)).get(0).getOutputCount());
  }

  /** As PyTorch writes a squeeze of an axis that may be longer: such a node stays as it was. */
  @Test
  void aSqueezeThatMayNotBe() {
    OnnxGraphBuilder squeezed = new OnnxGraphBuilder("squeezed", 17);
    String axes = squeezed.longs("axes", new long[] {2}, 1);
    String less = squeezed.node("Squeeze", "squeeze", List.of("deep", axes));
    squeezed.output("squeezedResult", less, "N", 8);
    OnnxGraphBuilder same = new OnnxGraphBuilder("same", 17);
    String deep = t.op("Unsqueeze", first, t.ints(2));
    same.output("sameResult", same.node("Identity", "same", List.of(deep)), "N", 8, "L");
    GraphProto yes = squeezed.toProto().getGraph();
    GraphProto renamed =
        yes.toBuilder().setNode(0, yes.getNode(0).toBuilder().setInput(0, deep)).build();
    String condition = t.op("Equal", t.op("Gather", t.op("Shape", deep), t.ints(2)), t.ints(1));
    String y = choice("pick", condition, renamed, same.toProto().getGraph());
    SearchSpace space =
        t.proved(t.linear("last", t.op("Tanh", t.linear("next", y, 8, 6)), 6, 4), "N", 4);

    assertFree(space, "next.out_features");
    assertFrozen(space, "first.out_features", "sub-graph");
  }

  @Test
  void differentSizesAreFixed() {
    OnnxGraphBuilder wide = new OnnxGraphBuilder("wide", 17);
    String both = wide.node("Concat", "both", List.of(first, first), Map.of("axis", 0));
    wide.output("wideResult", both, "M", 8);
    OnnxGraphBuilder narrow = new OnnxGraphBuilder("narrow", 17);
    narrow.output("narrowResult", narrow.node("Neg", "turned", List.of(first)), "N", 8);
    String y = choice("pick", flag, wide.toProto().getGraph(), narrow.toProto().getGraph());
    SearchSpace space = Cuts.space(t.model(t.linear("last", y, 8, 4), "K", 4));

    assertFrozen(space, "first.out_features", "different sizes");
  }

  /** An edge from a stored tensor to a node that the file does not have could not be named. */
  @Test
  void aBranchThatHandsOutWhatItStoresStays() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("stored", 17);
    String z = b.random("stored", 1, 0.3, 8);
    b.output(z, z, 8);
    GraphProto branch = b.toProto().getGraph();
    String y = t.op("Mul", first, choice("pick", flag, branch, branch));
    SearchSpace space = Cuts.prove(t.model(t.linear("last", y, 8, 4), "N", 4));

    assertFrozen(space, "first.out_features", "sub-graph");
  }

  /** The verifier looks into both branches: a unit too many or another one is seen in each. */
  @Test
  void aWrongCutInEitherBranchIsSeen() {
    OnnxModel model =
        t.model(choice("pick", flag, network("a", first), network("b", first)), "N", 4);
    SearchSpace space = Cuts.space(model);
    space.sample(choices -> choices.get(choices.size() / 2));
    OnnxModel carved = Cuts.export(space);
    Manifest manifest = space.manifest();
    for (String layer : List.of("aout", "bout")) {
      Manifest wrong = Cuts.shifted(manifest, layer + ".weight");
      assertFalse(Verifier.verify(model, carved, wrong).agrees(), layer);
    }
  }

  /** The file of a network of which nothing is cut stays as it is. */
  @Test
  void nothingCutNothingMoved() {
    OnnxModel model =
        t.model(choice("pick", flag, network("a", first), network("b", first)), "N", 4);

    assertEquals(model.fingerprint(), Cuts.export(whole(Cuts.space(model))).fingerprint());
  }

  @Test
  void aNetworkHiddenInABranch() {
    OnnxModel model = OnnxModel.read(SharedData.path("cases/if_hides_network.onnx"));
    SearchSpace space = Cuts.prove(model);

    assertEquals(List.of(), space.uncounted());
    assertTrue(space.macs() > 0);
    assertFalse(space.configurableHparams().isEmpty());
  }

  private static SearchSpace whole(SearchSpace space) {
    space.sample(Samplers.max());
    return space;
  }
}

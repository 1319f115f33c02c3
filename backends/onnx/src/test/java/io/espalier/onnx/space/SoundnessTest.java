package io.espalier.onnx.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Hparam;
import io.espalier.core.Samplers;
import io.espalier.core.SavedSpace;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DMRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Freedoms that look right at first sight, and are none. */
class SoundnessTest {
  private static final DMRegistry REGISTRY =
      DMRegistry.discover(SoundnessTest.class.getClassLoader());
  private static final SearchSpaces SPACES = new SearchSpaces(Set.of(new OnnxBackend()), REGISTRY);
  private static final Map<String, ?> PADS = Map.of("pads", new long[] {1, 1, 1, 1});

  private static SearchSpace space(OnnxModel model) {
    return SPACES.generate(model, Rules.everything());
  }

  private static String conv(
      OnnxGraphBuilder b, String scope, String name, String x, long out, long in) {
    return b.node(
        "Conv", scope + "/Conv", List.of(x, b.weights(name + ".weight", out, in, 3, 3)), PADS);
  }

  /** An activation that reads its input twice, x * sigmoid(x), is no residual block. */
  @Test
  void anActivationIsNotABlock() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("activation", 17);
    String x = conv(b, "/features/features.0", "features.0", b.input("input", "N", 3, 8, 8), 8, 3);
    String gate = b.node("Sigmoid", "/features/features.1/Sigmoid", List.of(x));
    String y = b.node("Mul", "/features/features.1/Mul", List.of(x, gate));
    b.output("output", conv(b, "/last", "last", y, 4, 8), "N", 4, 8, 8);
    SearchSpace space = space(b.build());
    Hparam depth = space.namedHparams().get("features.depth");
    assertTrue(depth == null || !depth.isConfigurable(), String.valueOf(depth));
  }

  /** A residual block is one, whether its sum is followed by an activation or not. */
  @Test
  void aResidualBlockIsABlock() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("residual", 17);
    String x = conv(b, "/stem", "stem", b.input("input", "N", 3, 8, 8), 8, 3);
    for (int i = 0; i < 2; i++) {
      String scope = "/blocks/blocks." + i;
      String y = conv(b, scope + "/conv", "blocks." + i + ".conv", x, 8, 8);
      x = b.node("Relu", scope + "/Relu", List.of(b.node("Add", scope + "/Add", List.of(y, x))));
    }
    b.output("output", conv(b, "/last", "last", x, 4, 8), "N", 4, 8, 8);
    assertEquals(
        List.of(Choice.of(0), Choice.of(1), Choice.of(2)),
        space(b.build()).hparam("blocks.depth").choices());
  }

  /**
   * A mean written as a sum divided by the number of elements: that number mixes a width with open
   * dimensions, and carving could only write what it is at a trial size.
   */
  @Test
  void aNumberComputedFromAWidthAndOpenDimensionsFreezesTheWidth() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("mean", 17);
    String x = conv(b, "/first", "first", b.input("input", "N", 3, "H", "W"), 8, 3);
    String shape = b.node("Shape", "/Shape", List.of(x));
    String count =
        b.node(
            "ReduceProd",
            "/ReduceProd",
            List.of(
                b.node(
                    "Slice",
                    "/Slice",
                    List.of(
                        shape,
                        b.constant("/start", new long[] {1}, 1),
                        b.constant("/end", new long[] {4}, 1)))),
            Map.of("keepdims", 0L));
    String divisor = b.node("Cast", "/Cast", List.of(count), Map.of("to", (long) DataTypes.FLOAT));
    String sum =
        b.node(
            "ReduceSum",
            "/ReduceSum",
            List.of(x, b.constant("/axes", new long[] {1, 2, 3}, 3)),
            Map.of("keepdims", 0L));
    b.output("output", b.node("Div", "/Div", List.of(sum, divisor)), "N");
    SearchSpace space = space(b.build());
    assertFalse(space.hparam("first.out_channels").isConfigurable());
    assertTrue(
        space.frozen().stream().anyMatch(axis -> axis.reason().contains("open dimension")),
        space.frozen().toString());
  }

  /**
   * A constant that one layer reads by its name and another through an Identity is cut for both.
   */
  @Test
  void aConstantUnderTwoNamesIsCutOnce() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("names", 17);
    String x = conv(b, "/first", "first", b.input("input", "N", 3, 8, 8), 8, 3);
    String scale = b.random("scale", 1, 0.3, 8, 1, 1);
    String once = b.node("Mul", "/once", List.of(x, scale));
    String again = b.node("Identity", "/same", List.of(scale));
    String twice = b.node("Mul", "/twice", List.of(once, again));
    b.output("output", conv(b, "/last", "last", twice, 4, 8), "N", 4, 8, 8);
    Cuts.prove(b.build());
  }

  /** What nobody reads is no reason to keep a block, nor to leave half of it behind. */
  @Test
  void aBlockThatNobodyReadsCanGo() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("idle", 17);
    String x = conv(b, "/stem", "stem", b.input("input", "N", 3, 8, 8), 8, 3);
    b.output("output", conv(b, "/last", "last", x, 4, 8), "N", 4, 8, 8);
    String idle = x;
    for (int i = 0; i < 2; i++) {
      String scope = "/blocks/blocks." + i;
      String y = conv(b, scope + "/conv", "blocks." + i + ".conv", idle, 8, 8);
      idle = b.node("Add", scope + "/Add", List.of(y, idle));
    }
    b.node("Relu", "/relu", List.of(idle));
    SearchSpace space = Cuts.prove(b.build());
    assertTrue(space.hparam("blocks.depth").isConfigurable());
    space.sample(Samplers.min());
    OnnxModel carved = ((OnnxNetwork) space.export()).model();
    assertFalse(carved.initializers().containsKey("blocks.0.conv.weight"));
    assertEquals(3, carved.nodes().size(), "stem, last and the activation that nobody reads");
  }

  /** Products of tensors whose shapes are not known are no attention whose heads have names. */
  @Test
  void productsOfUnknownShapeHaveNoHeads() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("unknown", 17).opset("com.acme", 1);
    String x = conv(b, "/first", "first", b.input("input", "N", 3, 8, 8), 8, 3);
    String q = b.node("com.acme:Mystery", "/q", List.of(x));
    String k = b.node("com.acme:Mystery", "/k", List.of(x));
    String scores = b.node("Softmax", "/softmax", List.of(b.node("MatMul", "/qk", List.of(q, k))));
    b.output("output", b.node("MatMul", "/qkv", List.of(scores, k)), "N", 8, 8, 8);
    SearchSpace space = space(b.build());
    assertFalse(space.hparam("first.out_channels").isConfigurable());
    assertTrue(
        space.frozen().stream().anyMatch(axis -> axis.reason().contains("has no rule")),
        space.frozen().toString());
  }

  /** A width narrowed to its original, and its order, survive saving. */
  @Test
  void aWidthNarrowedToOneChoiceIsSaved() {
    SearchSpace space = space(SampleNetworks.thinResnet());
    String name =
        space.configurableHparams().keySet().stream()
            .filter(hparam -> hparam.endsWith("out_channels"))
            .findFirst()
            .orElseThrow();
    space.hparam(name).setChoices(List.of(space.hparam(name).original()));
    SavedSpace saved = SavedSpace.parse(space.save().toJson(), "the space");
    SearchSpace restored = SPACES.restore(space.model(), saved);
    assertEquals(List.of(space.hparam(name).original()), restored.hparam(name).choices());
    assertEquals(space.size(), restored.size());
  }
}

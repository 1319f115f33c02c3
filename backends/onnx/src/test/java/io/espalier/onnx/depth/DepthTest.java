package io.espalier.onnx.depth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.Choice;
import io.espalier.onnx.attention.Subject;
import io.espalier.onnx.build.Convolution;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.build.TorchLayers;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.operators.SubGraphs;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Chains of residual blocks are found in the graph, and can be made shorter. */
class DepthTest {
  private static final int CONFIGS = 8;

  private static List<Choice> upTo(int blocks) {
    return IntStream.rangeClosed(0, blocks).mapToObj(Choice::of).toList();
  }

  /** How many nodes of a kind are left when nothing but depth is cut. */
  private static long count(Subject subject, String operator, int depth) {
    subject.space().sample(choices -> choices.get(choices.size() - 1));
    subject
        .depths()
        .keySet()
        .forEach(name -> subject.space().hparam(name).setActive(Choice.of(depth)));
    return subject.carved().nodes().stream().filter(n -> n.getOpType().equals(operator)).count();
  }

  @Test
  void blocksWithoutNamesAreAChain() {
    Net net = new Net();
    String x = net.stem();
    for (int i = 0; i < 3; i++) {
      x = net.block(x);
    }
    Subject subject = Subject.of(net.head(x));

    assertEquals(Map.of("blocks.depth", upTo(3)), subject.depths());
    assertEquals(2 + 2 * 2, count(subject, "Conv", 2));
    assertEquals(2, count(subject, "Conv", 0));
    assertEquals(3, subject.space().manifest().skipped().size());
    subject.proves(CONFIGS, Map.of()).noticesWrongCuts();
  }

  @Test
  void whatFollowsEachSumGoesWithIt() {
    Net net = new Net();
    String x = net.norm(net.stem());
    for (int i = 0; i < 2; i++) {
      x = net.norm(net.node("Add", x, net.branch(x)));
    }
    Subject subject = Subject.of(net.head(x));

    assertEquals(Map.of("blocks.depth", upTo(2)), subject.depths());
    assertEquals(2, count(subject, "Sqrt", 1));
    assertEquals(1, count(subject, "Sqrt", 0));
    subject.proves(CONFIGS, Map.of());
  }

  @Test
  void whatFollowsTheLastSumAloneStays() {
    Net net = new Net();
    String x = net.stem();
    for (int i = 0; i < 2; i++) {
      x = net.node("Add", x, net.branch(net.norm(x)));
    }
    Subject subject = Subject.of(net.head(net.norm(x)));

    assertEquals(Map.of("blocks.depth", upTo(2)), subject.depths());
    assertEquals(1, count(subject, "Sqrt", 0));
    subject.proves(CONFIGS, Map.of());
  }

  @Test
  void aBlockMayReadWhatAllBlocksRead() {
    Net net = new Net();
    String mask = net.b.input("mask", "N", 1, 8, 8);
    String x = net.stem();
    for (int i = 0; i < 2; i++) {
      x = net.node("Add", x, net.node("Mul", net.branch(x), mask));
    }
    Subject subject = Subject.of(net.head(x));

    assertEquals(Map.of("blocks.depth", upTo(2)), subject.depths());
    subject.proves(CONFIGS, Map.of());
  }

  @Test
  void severalBranchesOfOneSum() {
    Net net = new Net();
    String x = net.stem();
    for (int i = 0; i < 2; i++) {
      String y = net.norm(x);
      x = net.node("Add", net.node("Add", net.branch(y), x), net.branch(y));
    }
    Subject subject = Subject.of(net.head(x));

    assertEquals(Map.of("blocks.depth", upTo(2)), subject.depths());
    subject.proves(CONFIGS, Map.of());
  }

  @Test
  void othersMayReadTheStream() {
    Net net = new Net();
    String x = net.block(net.stem());
    String y = net.block(x);
    Subject subject = Subject.of(net.head(net.node("Sub", y, net.conv(x))));

    assertEquals(Map.of("blocks.depth", upTo(2)), subject.depths());
    subject.proves(CONFIGS, Map.of());
  }

  @Test
  void anOutputOfTheNetworkInsideAChain() {
    Net net = new Net();
    String first = net.block(net.block(net.stem()));
    String last = net.block(first);
    net.b.output("features", first, "N", Net.WIDTH, 8, 8);
    Subject subject = Subject.of(net.head(last));

    assertEquals(Map.of("blocks.depth", upTo(3)), subject.depths());
    subject.proves(CONFIGS, Map.of());
  }

  @Test
  void aSubGraphThatReadsTheStreamByName() {
    Net net = new Net();
    String condition = net.b.typedInput("condition", DataTypes.BOOL);
    String first = net.block(net.stem());
    String branched =
        net.node(
            "If",
            Map.of(
                "then_branch", SubGraphs.branch("Tanh", first),
                "else_branch", SubGraphs.branch("Sigmoid", first)),
            condition);
    String last = net.block(first);
    Subject subject = Subject.of(net.head(net.node("Add", last, branched)));

    assertEquals(Map.of("blocks.depth", upTo(2)), subject.depths());
    subject.proves(CONFIGS, Map.of());
  }

  @Test
  void chainsInsideBlocks() {
    Net net = new Net();
    String x = net.stem();
    for (int i = 0; i < 2; i++) {
      x = net.node("Add", x, net.conv(net.block(net.block(x))));
    }
    Subject subject = Subject.of(net.head(x));

    assertEquals(
        List.of("blocks.depth", "blocks_2.depth", "blocks_3.depth"),
        List.copyOf(subject.depths().keySet()));
    assertEquals(upTo(2), subject.depths().get("blocks.depth"));
    subject.proves(CONFIGS, Map.of());
  }

  @Test
  void aChoiceBetweenTwoIsASumToo() {
    Net net = new Net();
    String x = net.stem();
    String condition = net.node("Greater", x, net.scalar(0.1f));
    Subject subject = Subject.of(net.head(net.node("Where", condition, net.branch(x), x)));

    assertEquals(Map.of("blocks.depth", upTo(1)), subject.depths());
    subject.proves(CONFIGS, Map.of());
  }

  @Test
  void aTransformersLayersGoAsAWhole() {
    Subject subject = Subject.of(SampleNetworks.groupedQueryTransformer());

    assertEquals(Map.of("model.layers.depth", upTo(2)), subject.depths());
    subject.proves(CONFIGS, Map.of("input_ids", List.of(2L, 9L)));
  }

  @Test
  void aTransformersHalvesGoWhereNothingTellsOfLayers() {
    Subject subject = Subject.of(Anonymous.of(SampleNetworks.groupedQueryTransformer()));

    assertEquals(Map.of("blocks.depth", upTo(4)), subject.depths());
    subject.proves(CONFIGS, Map.of("input_ids", List.of(2L, 9L)));
  }

  @Test
  void blocksThatAContainerCountsAreNotCountedTwice() {
    Subject subject = Subject.of(SampleNetworks.thinResnet());

    assertEquals(
        List.of("layer1.depth", "layer2.depth", "layer3.depth"),
        List.copyOf(subject.depths().keySet()));
    assertEquals(List.of(Choice.of(1), Choice.of(2)), subject.depths().get("layer2.depth"));
  }

  @Test
  void blocksInAContainerThatNeedsItsLastChild() {
    Subject subject = Subject.of(containerThatGoesOn());

    assertFalse(subject.space().hparam("features.depth").isConfigurable());
    assertEquals(
        Map.of("features.1-2.depth", upTo(2), "features.4.depth", upTo(1)), subject.depths());
    subject.proves(CONFIGS, Map.of());
  }

  /** nn.Sequential(stem, block, block, conv, block, conv). */
  private static OnnxGraphBuilder containerThatGoesOn() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("container", 17);
    TorchLayers layers = new TorchLayers(b);
    Convolution conv = new Convolution(6, 6, 3, 1, 1, true);
    String x = b.input("x", "N", 6, 8, 8);
    for (int i = 0; i < 6; i++) {
      String name = "features." + i;
      String y = layers.conv(name + ".conv", x, conv);
      x = i == 1 || i == 2 || i == 4 ? layers.node("Add", name, x, y) : y;
    }
    return b.output("y", x, "N", 6, 8, 8);
  }

  @TestFactory
  Stream<DynamicTest> whatIsNoResidualBlock() {
    Map<String, Function<Net, String>> networks =
        Map.of(
            "a projection as shortcut",
            net -> {
              String x = net.stem();
              return net.node("Add", net.conv(x), net.branch(x));
            },
            "nothing but constants on the way",
            net -> {
              String x = net.stem();
              String cube = net.node("Pow", x, net.scalar(3));
              return net.node("Add", x, net.node("Mul", cube, net.scalar(0.04f)));
            },
            "a table that looks at the shape alone",
            net -> {
              String x = net.stem();
              String size = net.node("Shape", Map.of("start", 2), x);
              String start = net.b.longs("start", new long[] {0, 0}, 2);
              String axes = net.b.longs("axes", new long[] {2, 3}, 2);
              String table = net.vector(0, 1, Net.WIDTH, 9, 9);
              return net.node("Add", x, net.node("Slice", table, start, size, axes));
            },
            "a branch that others read",
            net -> {
              String x = net.stem();
              String inner = net.node("Relu", net.conv(x));
              return net.node(
                  "Sub", net.node("Add", x, net.conv(inner)), net.node("Sigmoid", inner));
            },
            "a sum of another shape",
            net -> {
              String x = net.b.input("x", "N", 1, 8, 8);
              return net.node("Add", x, net.conv(x, 1, Net.WIDTH));
            },
            "a condition that a branch takes the place of",
            net -> {
              String x = net.stem();
              String c = net.node("Greater", x, net.scalar(0.1f));
              String y = net.conv(net.node("Cast", Map.of("to", 1), c));
              return net.node("Where", c, y, net.conv(x));
            });
    return networks.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () -> {
                      Net net = new Net();
                      Subject subject = Subject.of(net.head(entry.getValue().apply(net)));
                      assertEquals(Map.of(), subject.depths());
                    }));
  }

  @Test
  void rulesBoundADepth() {
    OnnxModel model = SampleNetworks.groupedQueryTransformer();
    SearchSpace bounded = Subject.under(model, "{\"blocks\": {\"model.*\": {\"min_depth\": 1}}}");
    assertEquals(
        List.of(Choice.of(1), Choice.of(2)), bounded.hparam("model.layers.depth").choices());

    SearchSpace absent = Subject.under(model, "{\"nn.Linear\": {}, \"nn.Sequential\": {}}");
    assertEquals(List.of(Choice.of(2)), absent.hparam("model.layers.depth").choices());
    assertFalse(absent.hparam("model.layers.depth").isConfigurable());
  }
}

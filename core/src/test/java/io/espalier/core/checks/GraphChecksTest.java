package io.espalier.core.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.LayerNode;
import io.espalier.trace.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GraphChecksTest {
  private static final Graph GRAPH = Convolutions.of(6).graph();
  private static final Traced VALID = Traced.of(GRAPH);

  private static int id(String tensor) {
    return GRAPH.tensors().stream()
        .filter(each -> each.name().equals(tensor))
        .findFirst()
        .orElseThrow()
        .id();
  }

  private static Traced nodes(List<GraphNode> nodes) {
    return new Traced(nodes, VALID.tensors(), VALID.inputs(), VALID.outputs(), VALID.layers());
  }

  private static Traced node(int at, int index, List<Integer> inputs, List<Integer> outputs) {
    GraphNode node = GRAPH.nodes().get(at);
    GraphNode other =
        new GraphNode(
            index,
            node.op(),
            node.opset(),
            node.name(),
            inputs,
            outputs,
            node.captured(),
            node.attributes());
    return nodes(Broken.with(VALID.nodes(), at, other));
  }

  private static Traced tensor(
      String name, int id, int producer, @Nullable Constant constant, boolean parameter) {
    Tensor tensor = GRAPH.tensor(id(name));
    Tensor other = new Tensor(id, name, producer, constant, tensor.declared(), parameter);
    return new Traced(
        VALID.nodes(),
        Broken.with(VALID.tensors(), tensor.id(), other),
        VALID.inputs(),
        VALID.outputs(),
        VALID.layers());
  }

  private static Traced ends(List<Integer> inputs, List<Integer> outputs) {
    return new Traced(VALID.nodes(), VALID.tensors(), inputs, outputs, VALID.layers());
  }

  private static Traced layer(String name, int node) {
    List<LayerNode> layers = new ArrayList<>(VALID.layers());
    layers.add(new LayerNode(name, "Conv", List.of(node), List.of(), List.of(node)));
    return new Traced(VALID.nodes(), VALID.tensors(), VALID.inputs(), VALID.outputs(), layers);
  }

  @Test
  void everyCheckFindsWhatBreaksIt() {
    Constant weight = GRAPH.constant(id("w1"));
    List<Integer> reads = GRAPH.nodes().get(0).inputs();
    List<Integer> computes = GRAPH.nodes().get(0).outputs();
    new Broken<Traced>()
        .by(
            "a number is the place it stands at",
            node(0, 1, reads, computes),
            tensor("w1", id("w2"), -1, weight, true))
        .by(
            "every number of a tensor is one of the network's",
            node(0, 0, List.of(id("x"), 99), computes),
            node(0, 0, reads, List.of(-2)),
            ends(List.of(99), VALID.outputs()),
            ends(VALID.inputs(), List.of(-1)))
        .by(
            "every tensor comes from one place",
            ends(List.of(id("x"), id("w1")), VALID.outputs()),
            ends(List.of(), VALID.outputs()),
            node(0, 0, reads, List.of(id("b"))),
            tensor("w1", id("w1"), -1, null, true),
            tensor("a", id("a"), 2, null, false))
        .by(
            "a node stands behind all that it reads",
            node(0, 0, List.of(id("y"), id("w1"), id("b1")), computes),
            node(1, 1, List.of(id("b"), id("shared")), List.of(id("b"))))
        .by(
            "no constant has a negative length",
            tensor("w1", id("w1"), -1, new Convolutions.Values(6, -3), true))
        .by(
            "parameters are made of parameters alone",
            tensor("w1", id("w1"), -1, weight, false),
            tensor("x", id("x"), -1, null, true),
            tensor("a", id("a"), 0, null, true))
        .by("every layer has a name of its own", layer("conv1", 0))
        .by("a node belongs to one layer at most", layer("other", 0), layer("other", 4))
        .areCaught(GraphChecks.ALL, VALID);
  }

  @Test
  void aMessageSaysWhereAndWhatAndWhoIsToHearOfIt() {
    Traced broken = node(1, 1, List.of(id("c"), id("shared")), List.of(id("b")));
    CheckException fault =
        assertThrows(
            CheckException.class,
            () -> GraphChecks.ALL.run("traced network", broken, Convolutions.REGISTRY));
    assertEquals(
        "in the traced network, node first reads tensor \"c\" before it is computed, but a node"
            + " stands behind all that it reads; please report this, with the model's"
            + " architecture, to the author of class io.espalier.modules.operators.ConvRule",
        fault.getMessage());
  }
}

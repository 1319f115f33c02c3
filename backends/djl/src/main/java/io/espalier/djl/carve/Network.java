package io.espalier.djl.carve;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.espalier.core.values.Cut;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/** What cuts of one traced block have in common. Immutable. */
public final class Network {
  private final TracedBlock traced;
  private final WidthsRegistry registry;
  private final BlockParts parts;
  private final List<ParameterUse> uses = new ArrayList<>();
  private final IdentityHashMap<Block, List<GraphNode>> nodes = new IdentityHashMap<>();

  /**
   * A network.
   *
   * @param traced the traced block
   * @param registry the fields that hold widths
   */
  public Network(TracedBlock traced, WidthsRegistry registry) {
    this.traced = traced;
    this.registry = registry;
    this.parts = new BlockParts(traced.source().block());
    Graph graph = traced.graph();
    for (GraphNode node : graph.nodes()) {
      traced
          .owner(node.index())
          .ifPresent(owner -> nodes.computeIfAbsent(owner, key -> new ArrayList<>()).add(node));
      for (int input = 0; input < node.inputs().size(); input++) {
        int tensor = node.inputs().get(input);
        Optional<Parameter> parameter = tensor < 0 ? Optional.empty() : traced.parameter(tensor);
        if (parameter.isPresent()) {
          uses.add(new ParameterUse(parameter.get(), node, input));
        }
      }
    }
  }

  /** The traced block. */
  public TracedBlock traced() {
    return traced;
  }

  /**
   * What a cut means for the block.
   *
   * @throws io.espalier.spi.EspalierException if the block cannot be cut so; the message says why
   */
  public BlockCut cut(Cut cut) {
    return new BlockCut(this, cut);
  }

  WidthsRegistry registry() {
    return registry;
  }

  BlockParts parts() {
    return parts;
  }

  List<ParameterUse> uses() {
    return uses;
  }

  /** The operators that a block and those inside it compute. */
  BitSet nodesInside(Block block) {
    BitSet inside = new BitSet();
    parts.inside(block).forEach(part -> nodes(part).forEach(node -> inside.set(node.index())));
    return inside;
  }

  /** The operators that a block itself computes. */
  List<GraphNode> nodes(Block block) {
    return nodes.getOrDefault(block, List.of());
  }
}

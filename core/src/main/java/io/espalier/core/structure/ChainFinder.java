package io.espalier.core.structure;

import io.espalier.core.structure.Regions.Region;
import io.espalier.core.structure.ResidualFinder.Residual;
import io.espalier.core.values.Block;
import io.espalier.spi.OpId;
import io.espalier.trace.Graph;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds chains of blocks outside containers: residual sums each of which starts where the one
 * before it ends, or behind an activation or norm that follows that one.
 */
final class ChainFinder {
  private static final int MOST_STEPS = 16;

  private final SymMap map;
  private final Graph graph;
  private final ResidualFinder residuals;
  private final Map<Integer, String> layerOfNode;

  /**
   * @param layerOfNode the name of the layer that a node belongs to, by the node's index
   */
  ChainFinder(SymMap map, ResidualFinder residuals, Map<Integer, String> layerOfNode) {
    this.map = map;
    this.graph = map.graph();
    this.residuals = residuals;
    this.layerOfNode = layerOfNode;
  }

  /**
   * All chains, in graph order; their blocks are named after the modules they repeat, or not at
   * all.
   *
   * @param taken the residual sums that a container counts already
   */
  List<List<Block>> find(Set<Residual> taken) {
    Map<Residual, Residual> next = new HashMap<>();
    Set<Residual> followers = new HashSet<>();
    for (Residual residual : residuals.residuals()) {
      if (!taken.contains(residual)) {
        Optional<Residual> follower = follower(residual);
        if (follower.isPresent()
            && !taken.contains(follower.get())
            && followers.add(follower.get())) {
          next.put(residual, follower.get());
        }
      }
    }
    List<List<Block>> chains = new ArrayList<>();
    for (Residual residual : residuals.residuals()) {
      if (!taken.contains(residual) && !followers.contains(residual)) {
        List<Residual> chain = new ArrayList<>();
        for (Residual at = residual; at != null; at = next.get(at)) {
          chain.add(at);
        }
        alike(chain).forEach(part -> chains.addAll(blocks(part)));
      }
    }
    // An outer chain before those inside its first block.
    chains.sort(
        Comparator.<List<Block>>comparingInt(chain -> chain.get(0).nodes().get(0))
            .thenComparing(chain -> -chain.get(0).nodes().size()));
    return chains;
  }

  private Optional<Residual> follower(Residual residual) {
    int tensor = residual.output();
    for (int step = 0; step < MOST_STEPS && tensor >= 0; step++) {
      List<Residual> starting = residuals.startingAt(tensor);
      if (!starting.isEmpty()) {
        return residuals.scales(residual.output(), tensor)
            ? Optional.empty()
            : Optional.of(starting.get(0));
      }
      tensor = residuals.next(tensor, reader -> true);
    }
    return Optional.empty();
  }

  /** Parts of a chain in which the same operators follow each sum but the last. */
  private List<List<Residual>> alike(List<Residual> chain) {
    List<List<Residual>> parts = new ArrayList<>();
    int from = 0;
    List<OpId> tail = List.of();
    for (int i = 1; i < chain.size(); i++) {
      List<OpId> next = residuals.between(chain.get(i - 1).output(), chain.get(i).input());
      if (i - from > 1 && !next.equals(tail)) {
        parts.add(chain.subList(from, i));
        from = i;
      }
      tail = next;
    }
    parts.add(chain.subList(from, chain.size()));
    return parts;
  }

  /** Cuts the network between the sums of a chain into blocks; a chain ends at what cannot go. */
  private List<List<Block>> blocks(List<Residual> chain) {
    List<List<Block>> chains = new ArrayList<>();
    List<Block> open = new ArrayList<>();
    for (int i = 0; i < chain.size(); i++) {
      int output = i + 1 < chain.size() ? chain.get(i + 1).input() : end(chain);
      Optional<Block> block = block(chain.get(i).input(), output, chain.get(i).sum());
      block.ifPresent(open::add);
      if (block.isEmpty() || i == chain.size() - 1) {
        if (!open.isEmpty()) {
          chains.add(together(open));
        }
        open = new ArrayList<>();
      }
    }
    return chains;
  }

  /** Where the last block ends: behind what follows the other sums too, if it does follow it. */
  private int end(List<Residual> chain) {
    Residual last = chain.get(chain.size() - 1);
    List<OpId> tail = List.of();
    if (chain.size() > 1) {
      tail = residuals.between(chain.get(chain.size() - 2).output(), last.input());
    } else if (graph.tensor(last.input()).producer() >= 0) {
      tail = List.of(graph.nodes().get(graph.tensor(last.input()).producer()).op());
    }
    if (ResidualFinder.isScaling(tail)) {
      return last.output();
    }
    int tensor = last.output();
    List<OpId> seen = new ArrayList<>();
    while (tensor >= 0 && seen.size() < tail.size()) {
      int next = residuals.next(tensor, reader -> true);
      if (next >= 0) {
        seen.addAll(residuals.between(tensor, next));
      }
      tensor = next;
    }
    return tensor >= 0 && seen.equals(tail) ? tensor : last.output();
  }

  private Optional<Block> block(int input, int output, int sum) {
    if (!Layouts.same(map.tensor(input), map.tensor(output))) {
      return Optional.empty();
    }
    return residuals
        .regions()
        .between(input, output, Integer.MAX_VALUE)
        .filter(region -> region.nodes().contains(sum))
        .map(region -> new Block(module(region), region.nodes(), input, output));
  }

  /** The module around the layers of a region; empty where there is none. */
  private String module(Region region) {
    Set<String> layers = new LinkedHashSet<>();
    for (int node : region.nodes()) {
      String layer = layerOfNode.get(node);
      if (layer != null) {
        layers.add(layer);
      }
    }
    return ModuleNames.around(layers);
  }

  /** Blocks of one module that follow one another become one. */
  private List<Block> together(List<Block> blocks) {
    List<String> modules = ModuleNames.repeated(blocks.stream().map(Block::name).toList());
    List<Block> together = new ArrayList<>();
    for (int from = 0; from < blocks.size(); ) {
      String module = modules.get(from);
      int to = from + 1;
      while (!module.isEmpty() && to < blocks.size() && modules.get(to).equals(module)) {
        to++;
      }
      together.add(merged(module, blocks.subList(from, to)));
      from = to;
    }
    return together;
  }

  private Block merged(String module, List<Block> blocks) {
    Block first = blocks.get(0);
    Block last = blocks.get(blocks.size() - 1);
    List<Integer> nodes =
        blocks.size() == 1
            ? first.nodes()
            : residuals
                .regions()
                .between(first.input(), last.output(), Integer.MAX_VALUE)
                .map(Region::nodes)
                .orElseThrow();
    return new Block(module, nodes, first.input(), last.output());
  }
}

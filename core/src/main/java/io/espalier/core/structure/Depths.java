package io.espalier.core.structure;

import io.espalier.core.structure.BlockFinder.Child;
import io.espalier.core.structure.ResidualFinder.Residual;
import io.espalier.core.values.Block;
import io.espalier.spi.Layer;
import io.espalier.trace.LayerNode;
import io.espalier.trace.LayerView;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What can be taken out of a network: children of containers, and chains of residual blocks that
 * stand in no container that could drop them.
 */
public final class Depths {
  /** The type of the layer that stands for a chain. */
  static final String TYPE = "Blocks";

  private static final String UNNAMED = "blocks";

  private final SymMap map;
  private final ResidualFinder residuals;
  private final BlockFinder finder;
  private final IdentityHashMap<LayerNode, Block> chained = new IdentityHashMap<>();
  private final IdentityHashMap<LayerNode, Optional<Child>> children = new IdentityHashMap<>();

  public Depths(SymMap map) {
    this.map = map;
    this.residuals = new ResidualFinder(map);
    this.finder = new BlockFinder(map, residuals);
  }

  /** The block that a layer is, if it can be taken out. */
  public Optional<Block> block(LayerNode child) {
    Block block = chained.get(child);
    return block != null ? Optional.of(block) : child(child).map(Child::block);
  }

  private Optional<Child> child(LayerNode child) {
    return children.computeIfAbsent(child, finder::child);
  }

  /**
   * A layer for each chain, in graph order, whose children are its blocks. It is called after the
   * module around them, {@code model.layers}; after its first and last block, {@code features.5-6},
   * where that module has more than one chain, or a depth of its own; or {@code blocks} where
   * nothing tells of modules.
   *
   * @param counted for each container that has a depth, by name: its children
   * @param layers the outermost layers; blocks are named after those inside, too
   */
  public List<Layer> chains(Map<String, List<LayerView>> counted, List<Layer> layers) {
    Map<Integer, String> layerOfNode = new HashMap<>();
    name(layers, layerOfNode);
    Set<Residual> taken = new HashSet<>();
    counted.values().forEach(container -> taken.addAll(taken(container)));
    List<List<Block>> chains = new ChainFinder(map, residuals, layerOfNode).find(taken);
    Map<String, Integer> uses = new HashMap<>();
    counted.keySet().forEach(name -> uses.merge(name, 1, Integer::sum));
    chains.forEach(chain -> uses.merge(module(chain), 1, Integer::sum));
    Set<String> names = new HashSet<>(counted.keySet());
    List<Layer> found = new ArrayList<>();
    for (List<Block> chain : chains) {
      String module = module(chain);
      boolean alone = uses.getOrDefault(module, 0) == 1 || module.equals(UNNAMED);
      found.add(layer(unique(alone ? module : range(module, chain), names), chain));
    }
    return found;
  }

  private static void name(List<Layer> layers, Map<Integer, String> layerOfNode) {
    for (Layer layer : layers) {
      ((LayerView) layer).layer().nodes().forEach(node -> layerOfNode.put(node, layer.name()));
      name(layer.children(), layerOfNode);
    }
  }

  /** The residual sums of the children that a container can drop. */
  private Set<Residual> taken(List<LayerView> counted) {
    Set<Residual> taken = new HashSet<>();
    for (int i = counted.size() - 1; i >= 0; i--) {
      Optional<Child> child = child(counted.get(i).layer());
      if (child.isEmpty()) {
        break;
      }
      taken.addAll(child.get().sums());
    }
    return taken;
  }

  private static String module(List<Block> chain) {
    List<String> names = chain.stream().map(Block::name).distinct().toList();
    String module = String.join(".", ModuleNames.common(names));
    return module.isEmpty() ? UNNAMED : module;
  }

  private static String range(String module, List<Block> chain) {
    String first = chain.get(0).name();
    String last = chain.get(chain.size() - 1).name();
    return chain.size() == 1 || last.length() <= module.length()
        ? first
        : first + "-" + last.substring(module.length() + 1);
  }

  private static String unique(String text, Set<String> names) {
    String name = text;
    for (int i = 2; !names.add(name); i++) {
      name = text + "_" + i;
    }
    return name;
  }

  private Layer layer(String name, List<Block> chain) {
    List<LayerNode> blocks = new ArrayList<>();
    Set<Integer> span = new TreeSet<>();
    for (Block block : chain) {
      String own = block.name().isEmpty() ? name + "." + blocks.size() : block.name();
      LayerNode child = new LayerNode(own, "", List.of(), List.of(), block.nodes());
      blocks.add(child);
      span.addAll(block.nodes());
      chained.put(child, new Block(own, block.nodes(), block.input(), block.output()));
    }
    LayerNode layer = new LayerNode(name, TYPE, List.of(), blocks, List.copyOf(span));
    List<Layer> views =
        blocks.stream().<Layer>map(child -> new LayerView(child, List.of(), List.of())).toList();
    return new LayerView(layer, List.of(), views);
  }
}

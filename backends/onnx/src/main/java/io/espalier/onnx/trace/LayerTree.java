package io.espalier.onnx.trace;

import io.espalier.trace.LayerNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Turns modules into layers: an nn.Sequential is a container, each of its children is a layer, a
 * container, or a plain group of such; all other modules are passed over.
 */
final class LayerTree {
  private static final String SEQUENTIAL = "nn.Sequential";

  private final Set<String> names = new HashSet<>();

  LayerTree(List<LayerDraft> layers) {
    layers.forEach(layer -> names.add(layer.name()));
  }

  /** The layers and containers in a module, in graph order. */
  List<LayerNode> of(Scope module) {
    List<LayerNode> found = new ArrayList<>();
    collect(module, found);
    found.sort(Comparator.comparingInt(layer -> layer.span().get(0)));
    return found;
  }

  private void collect(Scope module, List<LayerNode> found) {
    module.layers().forEach(layer -> found.add(leaf(layer)));
    for (Scope inner : module.live()) {
      if (inner.isSequential()) {
        found.add(container(inner));
      } else {
        collect(inner, found);
      }
    }
  }

  private static LayerNode leaf(LayerDraft layer) {
    List<Integer> nodes = layer.nodes();
    return new LayerNode(layer.name(), layer.type(), nodes, List.of(), nodes);
  }

  private LayerNode container(Scope module) {
    List<LayerNode> children = module.live().stream().map(this::child).toList();
    return new LayerNode(unique(module.name()), SEQUENTIAL, List.of(), children, module.span());
  }

  private LayerNode child(Scope module) {
    if (module.isSequential()) {
      return container(module);
    }
    List<Integer> span = module.span();
    List<LayerNode> inside = of(module);
    for (int i = 0; i < inside.size(); i++) {
      LayerNode self = inside.get(i);
      if (self.name().equals(module.name()) && self.children().isEmpty()) {
        List<LayerNode> others = new ArrayList<>(inside);
        others.remove(i);
        return new LayerNode(self.name(), self.type(), self.nodes(), others, span);
      }
    }
    return new LayerNode(unique(module.name()), "", List.of(), inside, span);
  }

  private String unique(String text) {
    String name = text;
    for (int i = 2; !names.add(name); i++) {
      name = text + "_" + i;
    }
    return name;
  }
}

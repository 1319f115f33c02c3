package io.espalier.onnx.trace;

import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.trace.LayerName.Origin;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.LayerNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gathers nodes into layers, and layers into containers.
 *
 * <p>Every node that reads weights, other than one that works on parameters alone, belongs to a
 * layer. Nodes that propose the same name form one layer, as do a contraction and the Add of its
 * bias. All nodes that say they belong to exactly the module that a layer is named after join it,
 * so that a norm written out in elementary operators is one layer.
 */
final class LayerFinder {
  private final Graph.Builder graph;
  private final Parameters parameters;
  private final Scopes scopes = new Scopes();
  private final Scope[] own;
  private final boolean[] folded;
  private final @Nullable LayerDraft[] layerOf;

  LayerFinder(Graph.Builder graph, OnnxModel model, int[] onnxIndices) {
    this.graph = graph;
    List<Integer> outputs =
        model.outputs().stream().map(output -> graph.tensor(output.getName()).id()).toList();
    this.parameters = new Parameters(graph, outputs);
    int nodes = graph.nodes().size();
    this.own = new Scope[nodes];
    this.folded = new boolean[nodes];
    this.layerOf = new LayerDraft[nodes];
    for (int i = 0; i < nodes; i++) {
      own[i] = onnxIndices[i] < 0 ? scopes.root() : scopes.of(model.nodes().get(onnxIndices[i]));
      folded[i] = parameters.computes(graph.nodes().get(i));
    }
  }

  /** The outermost layers and containers, in graph order. */
  List<LayerNode> find() {
    List<LayerDraft> layers = group(owners());
    Map<Scope, List<LayerDraft>> named = namedAfter(layers);
    for (int i = 0; i < own.length; i++) {
      if (layerOf[i] == null && !folded[i]) {
        List<LayerDraft> here = named.get(own[i]);
        if (here != null) {
          join(i, here);
        }
      }
    }
    for (LayerDraft layer : layers) {
      Scope place = place(layer);
      place.add(layer);
      layer.nodes().forEach(place::add);
    }
    for (int i = 0; i < own.length; i++) {
      if (layerOf[i] == null && !folded[i]) {
        own[i].add(i);
      }
    }
    return new LayerTree(layers).of(scopes.root());
  }

  private List<Owner> owners() {
    LayerNamer namer = new LayerNamer(graph, parameters);
    Map<Integer, Integer> positions = new HashMap<>();
    List<Owner> owners = new ArrayList<>();
    for (GraphNode node : graph.nodes()) {
      if (folded[node.index()]) {
        continue;
      }
      List<Integer> weights = Owner.weights(node, parameters);
      if (!weights.isEmpty()) {
        Owner owner = new Owner(node, weights, namer.propose(node, weights, own[node.index()]));
        positions.put(node.index(), owners.size());
        owners.add(owner);
        nameTogether(owner, owners, positions);
      }
    }
    return owners;
  }

  /** Gives a contraction and the Add of its bias, the newest owner, the better name of the two. */
  private void nameTogether(Owner add, List<Owner> owners, Map<Integer, Integer> positions) {
    int biased = add.biased(parameters);
    if (biased < 0 || parameters.readers(biased) != 1) {
      return;
    }
    Integer position = positions.get(graph.tensor(biased).producer());
    if (position == null || !owners.get(position).takesBias()) {
      return;
    }
    Owner contraction = owners.get(position);
    LayerName first = contraction.name();
    LayerName second = add.name();
    if (second.isOf(Origin.NODE)) {
      owners.set(owners.size() - 1, add.named(first));
    } else if (first.isOf(Origin.NODE)
        || (first.isOf(Origin.SCOPE)
            && second.isOf(Origin.PARAMETER)
            && first.isContinuedBy(second))) {
      owners.set(position, contraction.named(second));
    }
  }

  private List<LayerDraft> group(List<Owner> owners) {
    Set<String> names = new HashSet<>();
    for (Owner owner : owners) {
      names.add(owner.name().text());
    }
    Map<String, LayerDraft> newest = new HashMap<>();
    Map<String, Integer> numbers = new HashMap<>();
    List<LayerDraft> layers = new ArrayList<>();
    for (Owner owner : owners) {
      String text = owner.name().text();
      LayerDraft layer = newest.get(text);
      if (layer == null || layer.refuses(owner)) {
        String name = layer == null ? text : unique(text, numbers, names);
        layer = new LayerDraft(owner.name(), name);
        newest.put(text, layer);
        layers.add(layer);
      }
      layer.add(owner, parameters);
      layerOf[owner.node().index()] = layer;
    }
    return layers;
  }

  private static String unique(String text, Map<String, Integer> numbers, Set<String> names) {
    String name;
    do {
      name = text + "_" + (numbers.merge(text, 1, Integer::sum) + 1);
    } while (!names.add(name));
    return name;
  }

  /** The layers that are named after a module, by that module. */
  private Map<Scope, List<LayerDraft>> namedAfter(List<LayerDraft> layers) {
    Map<Scope, List<LayerDraft>> named = new LinkedHashMap<>();
    for (LayerDraft layer : layers) {
      Scope scope = own[layer.firstOwner()];
      for (int node : layer.nodes()) {
        if (isNameOf(own[node], layer)) {
          scope = own[node];
          break;
        }
      }
      if (isNameOf(scope, layer)) {
        named.computeIfAbsent(scope, key -> new ArrayList<>(1)).add(layer);
      }
    }
    return named;
  }

  private static boolean isNameOf(Scope scope, LayerDraft layer) {
    String module = layer.base().text();
    return !scope.isRoot()
        && (scope.name().equals(module) || LayerName.isRepeat(scope.name(), module));
  }

  /** A module that is called several times is a layer for each call; nodes go to the next one. */
  private void join(int node, List<LayerDraft> layers) {
    LayerDraft layer = layers.get(layers.size() - 1);
    for (LayerDraft candidate : layers) {
      if (candidate.lastOwner() >= node) {
        layer = candidate;
        break;
      }
    }
    layer.add(node);
    layerOf[node] = layer;
  }

  /**
   * The module a layer stands in: the one it is named after, even where its nodes say otherwise, as
   * a convolution with its norm folded in does.
   */
  private Scope place(LayerDraft layer) {
    Scope scope = own[layer.firstOwner()];
    String module = layer.base().text();
    if (!layer.base().isOf(Origin.PARAMETER) || LayerName.isRepeat(scope.name(), module)) {
      return scope;
    }
    Scope around = scope.around(module);
    return around.name().equals(module) ? around : around.child(module, "");
  }
}

package io.espalier.testkit;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.OpId;
import io.espalier.trace.GraphNode;
import io.espalier.trace.LayerNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The search space of a contract's model, and the layers in it that the plugin claims. */
final class Subject {
  private final SearchSpace space;
  private final String key;

  private Subject(SearchSpace space, String key) {
    this.space = space;
    this.key = key;
  }

  /** Opens the model; a plugin that throws is an error. */
  static Subject open(DMRegistry registry, OnnxModel model, String key, Rules rules) {
    SearchSpaces spaces = new SearchSpaces(Set.of(new OnnxBackend()), registry).strict();
    return new Subject(spaces.generate(model, rules), key);
  }

  SearchSpace space() {
    return space;
  }

  /** The key that claims each elastic layer, by the layer's name. */
  Map<String, String> claims() {
    Map<String, String> claims = new LinkedHashMap<>();
    space.namedDynamicModules().forEach((layer, module) -> claims.put(layer, module.key()));
    return claims;
  }

  /** The names of the layers that the module under test claims. */
  List<String> layers() {
    return space.namedDynamicModules().entrySet().stream()
        .filter(entry -> entry.getValue().key().equals(key))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The hparams of these layers, under the names that the module gave them. */
  List<Hparam> hparams() {
    Set<String> layers = Set.copyOf(layers());
    return space.namedHparams().values().stream()
        .filter(h -> layers.contains(h.name().substring(0, h.name().lastIndexOf('.'))))
        .toList();
  }

  /**
   * What can be chosen of these layers: these hparams and, for each that is derived, those that its
   * layout is made of, whatever layer they are named after.
   */
  List<Hparam> choosable() {
    List<Hparam> own = hparams();
    return space.namedHparams().values().stream()
        .filter(h -> !h.isDerived())
        .filter(h -> own.contains(h) || own.stream().anyMatch(derived -> isPart(h, derived)))
        .toList();
  }

  private static boolean isPart(Hparam hparam, Hparam derived) {
    return derived.isDerived()
        && Pattern.compile("(^|[\\s\\[(])" + Pattern.quote(hparam.name()) + "\\(")
            .matcher(derived.layout())
            .find();
  }

  /** The operators of these layers. */
  Set<OpId> operators() {
    return nodes().stream().map(GraphNode::op).collect(Collectors.toCollection(TreeSet::new));
  }

  /** What the rule said of the nodes of these layers. */
  TypedNodes typed() {
    return new TypedNodes(space.map().orElseThrow(), nodes());
  }

  /** The nodes of these layers. */
  private List<GraphNode> nodes() {
    Set<String> layers = Set.copyOf(layers());
    List<GraphNode> nodes = new ArrayList<>();
    visit(
        space.model().graph().layers(),
        layer -> {
          if (layers.contains(layer.name())) {
            layer.nodes().forEach(node -> nodes.add(space.model().graph().nodes().get(node)));
          }
        });
    return nodes;
  }

  private static void visit(List<LayerNode> tree, Consumer<LayerNode> visitor) {
    for (LayerNode layer : tree) {
      visitor.accept(layer);
      visit(layer.children(), visitor);
    }
  }

  /** The active sub-network. */
  OnnxModel carve() {
    return ((OnnxNetwork) space.export()).model();
  }

  /** All that can be seen of the space, in words: two that are alike read alike. */
  String describe() {
    List<String> lines = new ArrayList<>();
    for (Hparam hparam : space.namedHparams().values()) {
      lines.add(
          hparam.name()
              + " "
              + hparam.choices()
              + " "
              + hparam.layout()
              + " "
              + hparam.importance().map(Arrays::toString).orElse("no importance"));
    }
    space.frozen().forEach(axis -> lines.add(axis.toString()));
    lines.add(space.params() + " parameters, " + space.macs() + " MACs");
    return String.join("\n", lines);
  }

  /** The choices of the plugin's layers, by name. */
  Map<String, String> choices() {
    return choosable().stream()
        .collect(
            Collectors.toMap(
                Hparam::name, h -> h.choices().toString(), (a, b) -> a, LinkedHashMap::new));
  }
}

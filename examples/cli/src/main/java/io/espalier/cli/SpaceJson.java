package io.espalier.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.search.CostProfile;
import io.espalier.core.values.Choice;
import io.espalier.core.values.FrozenAxis;
import io.espalier.spi.Layer;
import io.espalier.trace.GraphNode;
import io.espalier.trace.NodeView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A search space as JSON, in the form that other tools rely on. */
final class SpaceJson {
  /** In ASCII alone, so that no terminal or pipe can spoil a name. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private SpaceJson() {}

  /** The whole description. */
  static String of(SearchSpace space, Map<String, CostProfile> costs) {
    ObjectNode root = object();
    root.put("params", space.params());
    root.put("macs", space.macs());
    ArrayNode leftOut = root.putArray("macs_incomplete");
    space
        .uncounted()
        .forEach(node -> leftOut.addObject().put("node", node.node()).put("op", node.op()));
    ObjectNode profile = root.putObject("costs");
    costs.forEach(
        (key, cost) ->
            profile
                .putObject(key)
                .put("smallest", cost.smallest())
                .put("median", cost.median())
                .put("largest", cost.largest()));
    root.put("size", space.size().toString());
    List<Hparam> hparams = List.copyOf(space.namedHparams().values());
    Set<Integer> choices = new HashSet<>();
    hparams.stream().filter(Hparam::isConfigurable).forEach(h -> choices.add(h.group()));
    ArrayNode list = root.putArray("hparams");
    hparams.forEach(hparam -> list.add(hparam(hparam, choices.contains(hparam.group()))));
    Map<String, GraphNode> nodes = new HashMap<>();
    space.map().ifPresent(map -> addFirstNodes(map.layers(), nodes));
    ArrayNode frozen = root.putArray("frozen");
    space.frozen().forEach(axis -> frozen.add(frozen(axis, nodes.get(axis.layer()))));
    return text(root);
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static String text(ObjectNode root) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON that cannot be written", e);
    }
  }

  /**
   * One hparam.
   *
   * @param choice whether it is a name of a choice, and not fixed
   */
  private static ObjectNode hparam(Hparam hparam, boolean choice) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("name", hparam.name());
    if (hparam.isDerived()) {
      node.put("derived", true);
      node.put("layout", hparam.layout());
      addFixed(node, hparam);
    } else {
      if (choice) {
        node.put("group", hparam.group());
      }
      ArrayNode choices = node.putArray("choices");
      hparam.choices().forEach(value -> add(choices, value));
    }
    add(node, "original", hparam.original());
    add(node, "active", hparam.active());
    node.put("configurable", choice && hparam.isPrimary());
    return node;
  }

  /** The parts of a width that may not change, each with what stopped it. */
  private static void addFixed(ObjectNode node, Hparam hparam) {
    List<FrozenAxis> parts = hparam.frozenParts();
    if (!parts.isEmpty()) {
      ArrayNode fixed = node.putArray("fixed");
      for (FrozenAxis part : parts) {
        ObjectNode entry = fixed.addObject();
        entry.put("node", part.node());
        entry.put("op", part.op());
        entry.put("reason", part.reason());
        entry.put("remedy", part.remedy());
      }
    }
  }

  private static void add(ArrayNode list, Choice choice) {
    if (choice.sizes()) {
      choice.values().forEach(list.addArray()::add);
    } else {
      list.add(choice.number());
    }
  }

  private static void add(ObjectNode node, String field, Choice choice) {
    ArrayNode one = JsonNodeFactory.instance.arrayNode();
    add(one, choice);
    node.set(field, one.get(0));
  }

  /** Adds the first node of each layer under the layer's name. */
  private static void addFirstNodes(List<Layer> layers, Map<String, GraphNode> first) {
    for (Layer layer : layers) {
      if (!layer.nodes().isEmpty()) {
        first.put(layer.name(), ((NodeView) layer.nodes().get(0)).node());
      }
      addFirstNodes(layer.children(), first);
    }
  }

  /**
   * One width that may not change. Its node is the one that stopped it; where none did, but an
   * input or output of the network or the rules, it is the layer's own.
   */
  private static ObjectNode frozen(FrozenAxis axis, @Nullable GraphNode own) {
    String name = axis.node();
    String op = axis.op();
    if (op.isEmpty() && own != null) {
      name = own.label();
      op = own.op().toString();
    }
    ObjectNode node = MAPPER.createObjectNode();
    node.put("layer", axis.layer());
    node.put("node", name);
    node.put("op", op);
    node.put("axis", axis.axis());
    node.put("reason", axis.reason());
    node.put("remedy", axis.remedy());
    return node;
  }
}

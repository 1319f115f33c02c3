package io.espalier.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.core.values.ConfigJson;
import io.espalier.core.values.Json;
import io.espalier.core.values.Structure;
import io.espalier.core.values.TracedModel;
import io.espalier.core.values.WholeFile;
import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A search space as it is kept in a file: what it takes to restore it on the same network, or on
 * another checkpoint of it.
 *
 * @param structure what tells the network from others, whatever its weights are; empty in a space
 *     that was saved before there was one
 * @param fingerprint the model's, with its weights
 * @param model how the model was called when the space was saved
 * @param rules the rules
 * @param held what hparams are held at, by the first name of the hparam
 * @param choices narrowed choices, by the first name of the hparam
 * @param orders orders of units, by the first name of the hparam; those in natural order are left
 *     out
 * @param active the active config
 */
public record SavedSpace(
    String structure,
    String fingerprint,
    String model,
    Rules rules,
    Map<String, Integer> held,
    Map<String, List<Choice>> choices,
    Map<String, int[]> orders,
    Config active) {
  private static final String FORMAT = "espalier-space";
  private static final int VERSION = 1;

  static SavedSpace of(SearchSpace space) {
    Map<String, Integer> held = new LinkedHashMap<>(space.state().held());
    Map<String, List<Choice>> choices = new LinkedHashMap<>();
    Map<String, int[]> orders = new LinkedHashMap<>();
    for (Hparam hparam : space.namedHparams().values()) {
      if (!hparam.isPrimary() || hparam.isDerived() || !hparam.hasDial()) {
        continue;
      }
      if (!held.containsKey(hparam.name())) {
        choices.put(hparam.name(), hparam.choices());
      }
      int[] order = hparam.order();
      if (!Arrays.equals(order, Arrays.stream(order).sorted().toArray())) {
        orders.put(hparam.name(), order);
      }
    }
    return new SavedSpace(
        Structure.fingerprint(space.model().graph()),
        space.model().fingerprint(),
        space.model().description(),
        space.rules(),
        held,
        choices,
        orders,
        space.config());
  }

  /**
   * Whether a model has the weights this space was saved with.
   *
   * @throws EspalierException if it is not even the same network
   */
  boolean hasWeightsOf(TracedModel other) {
    if (fingerprint.equals(other.fingerprint())) {
      return true;
    }
    if (structure.isEmpty()) {
      throw new EspalierException(
          "this space was saved from another model ("
              + model
              + ", fingerprint "
              + shortened(fingerprint)
              + ") than "
              + other.description()
              + " (fingerprint "
              + shortened(other.fingerprint())
              + "); open the model it was saved from");
    }
    String others = Structure.fingerprint(other.graph());
    if (!structure.equals(others)) {
      throw new EspalierException(
          "this space was saved from a network of another structure ("
              + model
              + ", structure "
              + shortened(structure)
              + ") than "
              + other.description()
              + " (structure "
              + shortened(others)
              + "); open the model it was saved from, or another checkpoint of the same network");
    }
    return false;
  }

  private static String shortened(String fingerprint) {
    return fingerprint.substring(0, Math.min(12, fingerprint.length()));
  }

  void applyTo(SearchSpace space) {
    held.forEach((name, value) -> space.hparam(name).hold(value));
    space.select(active);
    choices.forEach((name, list) -> space.hparam(name).setChoices(list));
    orders.forEach((name, order) -> space.hparam(name).setOrder(order));
  }

  /** This space as JSON. */
  public String toJson() {
    ObjectNode root = Json.object();
    root.put("format", FORMAT);
    root.put("version", VERSION);
    root.put("model", model);
    root.put("structure", structure);
    root.put("fingerprint", fingerprint);
    root.set("rules", Json.any(rules.toJson()));
    if (!held.isEmpty()) {
      ObjectNode values = root.putObject("held");
      held.forEach(values::put);
    }
    ObjectNode narrowed = root.putObject("choices");
    choices.forEach(
        (name, list) -> narrowed.set(name, Json.of(list.stream().map(ConfigJson::node).toList())));
    ObjectNode sorted = root.putObject("orders");
    orders.forEach((name, order) -> sorted.set(name, Json.of(order)));
    root.set("active", ConfigJson.node(active));
    return Json.print(root);
  }

  /**
   * Writes this space to a file, whole or not at all.
   *
   * @throws IOException if the file cannot be written
   */
  public void write(Path file) throws IOException {
    WholeFile.write(file, toJson());
  }

  /**
   * Reads a space from a file.
   *
   * @throws EspalierException if the file cannot be read or holds no space of a known version
   */
  public static SavedSpace read(Path file) {
    return parse(Json.text(file, "space"), "space file " + file);
  }

  /**
   * Reads a space from JSON.
   *
   * @param what how an error names the text
   * @throws EspalierException if the text is no space of a known version
   */
  public static SavedSpace parse(String json, String what) {
    ObjectNode root = Json.parse(json, what);
    if (!FORMAT.equals(root.path("format").asText())) {
      throw new EspalierException(
          what + " is no saved search space; \"format\" must be \"" + FORMAT + "\"");
    }
    if (!root.path("version").isIntegralNumber() || root.path("version").asInt() != VERSION) {
      throw new EspalierException(
          what
              + " has format version "
              + root.path("version")
              + "; this Espalier reads version "
              + VERSION);
    }
    try {
      Map<String, List<Choice>> choices = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : Json.fields(root, "choices")) {
        List<Choice> list = new ArrayList<>();
        Json.list(root.required("choices"), entry.getKey())
            .forEach(choice -> list.add(ConfigJson.choice(entry.getKey(), choice, what)));
        choices.put(entry.getKey(), list);
      }
      Map<String, Integer> held = new LinkedHashMap<>();
      if (root.has("held")) {
        for (Map.Entry<String, JsonNode> entry : Json.fields(root, "held")) {
          held.put(entry.getKey(), Json.integer(entry.getValue()));
        }
      }
      Map<String, int[]> orders = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : Json.fields(root, "orders")) {
        List<Integer> order = Json.integers(entry.getValue());
        orders.put(entry.getKey(), order.stream().mapToInt(Integer::intValue).toArray());
      }
      return new SavedSpace(
          root.path("structure").asText(),
          root.required("fingerprint").asText(),
          root.path("model").asText(),
          Rules.parse(root.required("rules").toString()),
          held,
          choices,
          orders,
          ConfigJson.config((ObjectNode) root.required("active"), what));
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new EspalierException(what + " is damaged: " + e.getMessage(), e);
    }
  }
}

package io.espalier.core.values;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Configs as JSON: an object of numbers and of lists of numbers. Internal: no promise. */
public final class ConfigJson {
  private ConfigJson() {}

  static String print(Config config) {
    return Json.print(node(config));
  }

  public static ObjectNode node(Config config) {
    ObjectNode object = Json.object();
    config.choices().forEach((name, choice) -> object.set(name, node(choice)));
    return object;
  }

  public static JsonNode node(Choice choice) {
    return choice.sizes() ? Json.of(choice.values()) : Json.of(choice.number());
  }

  static Config parse(String json, String what) {
    return config(Json.parse(json, what), what);
  }

  public static Config config(ObjectNode object, String what) {
    Map<String, Choice> choices = new LinkedHashMap<>();
    object
        .properties()
        .forEach(
            entry -> choices.put(entry.getKey(), choice(entry.getKey(), entry.getValue(), what)));
    return Config.of(choices);
  }

  public static Choice choice(String name, JsonNode node, String what) {
    if (node.isIntegralNumber() && node.canConvertToInt()) {
      return Choice.of(node.intValue());
    }
    if (node.isArray() && !node.isEmpty()) {
      List<Integer> sizes = new ArrayList<>();
      node.forEach(
          size -> {
            if (!size.isIntegralNumber() || !size.canConvertToInt()) {
              throw wrong(name, node, what);
            }
            sizes.add(size.intValue());
          });
      return Choice.of(sizes);
    }
    throw wrong(name, node, what);
  }

  private static EspalierException wrong(String name, JsonNode node, String what) {
    return new EspalierException(
        what
            + ": the value of \""
            + name
            + "\" must be a whole number or a list of such, not "
            + node);
  }
}

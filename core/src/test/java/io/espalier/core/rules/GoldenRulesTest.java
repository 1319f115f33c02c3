package io.espalier.core.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The recorded spaces of the reference: wherever it left a width or a kernel open, our reading of
 * the same rules gives the same choices.
 */
class GoldenRulesTest {
  @ParameterizedTest
  @ValueSource(strings = {"chain", "concat", "depth", "depthwise", "mlp", "residual"})
  void choicesAreThoseOfTheReference(String model) throws IOException {
    Path folder = Path.of(System.getProperty("espalier.shared", "../shared"), "golden", model);
    assumeTrue(
        Files.isDirectory(folder),
        () -> "SKIPPED: no recorded spaces in " + folder.toAbsolutePath());
    JsonNode space = new ObjectMapper().readTree(folder.resolve("space.json").toFile());
    JsonNode modules = new ObjectMapper().readTree(folder.resolve("modules.json").toFile());
    ResolvedRules rules = Rules.parse(space.get("rules").toString()).resolve(Types.ALL);
    int compared = 0;
    for (var group : space.get("groups").properties()) {
      JsonNode recorded = group.getValue();
      if (recorded.get("class").textValue().equals("TracedHp")
          && recorded.get("choices").size() > 1) {
        List<String> names = new ArrayList<>();
        space.get("group_members").get(group.getKey()).forEach(name -> names.add(name.textValue()));
        assertEquals(
            recorded.get("choices").toString(),
            choices(recorded, names, modules, rules),
            names::toString);
        compared++;
      }
    }
    assertTrue(compared > 0);
  }

  private static String choices(
      JsonNode recorded, List<String> names, JsonNode modules, ResolvedRules rules) {
    TreeSet<Integer> common = new TreeSet<>();
    for (String name : names) {
      String layer = name.substring(0, name.lastIndexOf('.'));
      String key = "nn." + modules.get(layer).get("class").textValue();
      LayerOptions options = rules.options(key, layer).orElseThrow();
      if (name.endsWith(".kernel_size")) {
        return kernels(recorded, options);
      }
      boolean channels = key.startsWith("nn.Conv");
      Optional<List<Double>> ratios = options.ratios(channels ? Types.CHANNELS : Types.FEATURES);
      int divisor = options.divisor(channels ? Types.CHANNEL_DIVISOR : Types.FEATURE_DIVISOR);
      List<Integer> choices =
          Arrays.stream(WidthChoices.choices(recorded.get("original").intValue(), ratios, divisor))
              .boxed()
              .toList();
      if (common.isEmpty()) {
        common.addAll(choices);
      }
      common.retainAll(choices);
    }
    return common.toString().replace(" ", "");
  }

  private static String kernels(JsonNode recorded, LayerOptions options) {
    int height = recorded.get("original").get(0).intValue();
    int width = recorded.get("original").get(1).intValue();
    KernelSizes sizes = options.sizes(Types.KERNEL, 2);
    List<String> allowed = new ArrayList<>();
    for (int h = 2 - height % 2; h <= height; h += 2) {
      for (int w = 2 - width % 2; w <= width; w += 2) {
        if (sizes.allows(new int[] {h, w}, new int[] {height, width})) {
          allowed.add("[" + h + "," + w + "]");
        }
      }
    }
    return "[" + String.join(",", allowed) + "]";
  }
}

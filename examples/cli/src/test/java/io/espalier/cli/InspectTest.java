package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.build.SampleNetworks;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectTest {
  @TempDir private Path dir = Path.of("");

  private JsonNode json(Path model, Object... more) throws IOException {
    Object[] args = new Object[3 + more.length];
    args[0] = "inspect";
    args[1] = model;
    args[2] = "--json";
    System.arraycopy(more, 0, args, 3, more.length);
    return new ObjectMapper().readTree(Cli.done(args));
  }

  private static JsonNode hparam(JsonNode root, String name) {
    for (JsonNode hparam : root.path("hparams")) {
      if (hparam.path("name").asText().equals(name)) {
        return hparam;
      }
    }
    throw new AssertionError("no hparam " + name);
  }

  @Test
  void tellsParamsMacsAndSizeExactly() throws IOException {
    JsonNode root = json(Cli.save(SampleNetworks.thinResnet(), dir.resolve("m.onnx")));
    assertTrue(root.path("params").isIntegralNumber());
    assertTrue(root.path("macs").isIntegralNumber());
    assertTrue(root.path("size").isTextual());
    BigInteger product = BigInteger.ONE;
    for (JsonNode hparam : root.path("hparams")) {
      if (hparam.path("configurable").asBoolean()) {
        product = product.multiply(BigInteger.valueOf(hparam.path("choices").size()));
      }
    }
    assertEquals(product.toString(), root.path("size").asText());
  }

  @Test
  void exactlyOneOfAGroupIsConfigurable() throws IOException {
    JsonNode root = json(Cli.save(SampleNetworks.densenet(), dir.resolve("m.onnx")));
    Map<Integer, Integer> configurable = new HashMap<>();
    Map<Integer, JsonNode> choices = new HashMap<>();
    for (JsonNode hparam : root.path("hparams")) {
      assertTrue(hparam.path("configurable").isBoolean());
      if (hparam.has("group")) {
        int group = hparam.path("group").asInt();
        configurable.merge(group, hparam.path("configurable").asBoolean() ? 1 : 0, Integer::sum);
        JsonNode others = choices.putIfAbsent(group, hparam.path("choices"));
        assertTrue(others == null || others.equals(hparam.path("choices")));
        assertTrue(hparam.path("choices").size() > 1);
      } else {
        assertFalse(hparam.path("configurable").asBoolean());
      }
    }
    assertTrue(configurable.size() > 20);
    configurable.values().forEach(count -> assertEquals(1, count));
  }

  @Test
  void namesWhatDependsOnWhat() throws IOException {
    JsonNode root = json(Cli.save(SampleNetworks.thinResnet(), dir.resolve("m.onnx")));
    JsonNode kernel = hparam(root, "layer1.0.conv1.kernel_size");
    assertEquals("[[1,1],[1,3],[3,1],[3,3]]", kernel.path("choices").toString());
    assertEquals("[3,3]", kernel.path("original").toString());
    assertEquals("[3,3]", kernel.path("active").toString());
    JsonNode width = hparam(root, "layer1.0.conv1.out_channels");
    assertEquals("[1,2,3,4,5,6,7,8]", width.path("choices").toString());
    assertEquals("8", width.path("original").toString());
    assertEquals(width.path("group"), hparam(root, "layer1.0.conv2.in_channels").path("group"));
  }

  @Test
  void derivedWidthsHaveALayout() throws IOException {
    JsonNode root = json(Cli.save(SampleNetworks.densenet(), dir.resolve("m.onnx")));
    int derived = 0;
    for (JsonNode hparam : root.path("hparams")) {
      if (hparam.path("derived").asBoolean()) {
        derived++;
        assertTrue(hparam.path("layout").asText().matches("\\[.+\\([0-9]+\\)( \\| .+)+\\]"));
        assertFalse(hparam.path("configurable").asBoolean());
      }
    }
    assertTrue(derived > 5);
  }

  @Test
  void frozenWidthsHaveAReason() throws IOException {
    JsonNode root = json(Cli.save(SampleNetworks.thinResnet(), dir.resolve("m.onnx")));
    JsonNode last = root.path("frozen").path(root.path("frozen").size() - 1);
    assertEquals("out_features", last.path("axis").asText());
    assertEquals("graph output 'output' fixes it", last.path("reason").asText());
    assertEquals("Gemm", last.path("op").asText());
    assertEquals("/fc/Gemm", last.path("node").asText());
  }

  @Test
  void whatStoppedAWidthIsNamed() throws IOException {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("frozen", 17);
    String x = builder.input("input", "N", 4);
    x = builder.node("MatMul", "/a/MatMul", List.of(x, builder.weights("a.weight", 4, 8)));
    x = builder.node("Softmax", "/Softmax", List.of(x));
    Path model = Cli.save(builder.output("output", x, "N", 8).build(), dir.resolve("m.onnx"));
    JsonNode frozen = json(model).path("frozen");
    assertEquals("in_features", frozen.path(0).path("axis").asText());
    assertEquals("/a/MatMul", frozen.path(0).path("node").asText());
    assertEquals("MatMul", frozen.path(0).path("op").asText());
    assertEquals("out_features", frozen.path(1).path("axis").asText());
    assertEquals("/Softmax", frozen.path(1).path("node").asText());
    assertEquals("Softmax", frozen.path(1).path("op").asText());
  }

  @Test
  void layersInsideOfOthersAreNodesToo() throws IOException {
    JsonNode root = json(Cli.save(SampleNetworks.mobilenet(), dir.resolve("m.onnx")));
    JsonNode first = root.path("frozen").path(0);
    assertEquals("features.0.0", first.path("layer").asText());
    assertEquals("Conv", first.path("op").asText());
  }

  @Test
  void rulesNarrowIt() throws IOException {
    Path model = Cli.save(SampleNetworks.thinResnet(), dir.resolve("m.onnx"));
    Path rules =
        Files.writeString(
            dir.resolve("r.json"),
            "{\"nn.Conv2d\": {\"channels_ratio\": [0.5, 1]}, \"nn.BatchNorm2d\": {},"
                + " \"nn.Linear\": {}}");
    JsonNode root = json(model, "--rules", rules);
    assertEquals("[4,8]", hparam(root, "layer1.0.conv1.out_channels").path("choices").toString());
    assertEquals("[[3,3]]", hparam(root, "layer1.0.conv1.kernel_size").path("choices").toString());
  }

  @Test
  void namesSurviveAnyEncoding() throws IOException {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("names", 17);
    String x = builder.input("input", "N", 4);
    x = builder.node("MatMul", "/größe/MatMul", List.of(x, builder.weights("größe.weight", 4, 8)));
    x = builder.node("MatMul", "/b/MatMul", List.of(x, builder.weights("b.weight", 8, 2)));
    Path model = Cli.save(builder.output("output", x, "N", 2).build(), dir.resolve("m.onnx"));
    assertTrue(Cli.done("inspect", model, "--json").chars().allMatch(c -> c < 128));
    assertEquals(8, hparam(json(model), "größe.out_features").path("original").asInt());
  }

  @Test
  void theTextIsForPeople() {
    Path model = Cli.save(SampleNetworks.densenet(), dir.resolve("m.onnx"));
    String text = Cli.done("inspect", model);
    assertTrue(text.contains("parameters, "), text);
    assertTrue(text.contains(" sub-networks"), text);
    assertTrue(text.contains("widths that follow from several choices:"), text);
    assertTrue(text.contains("graph output 'output' fixes it"), text);
    assertTrue(text.lines().allMatch(line -> line.equals(line.stripTrailing())));
  }

  @Test
  void theTextEndsWithWhatIsFrozenByReason() {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("frozen", 17);
    builder.opset("com.acme", 1);
    String x = builder.input("input", "N", 4);
    x = builder.node("MatMul", "/a/MatMul", List.of(x, builder.weights("a.weight", 4, 8)));
    x = builder.node("Softmax", "/Softmax", List.of(x));
    x = builder.node("MatMul", "/b/MatMul", List.of(x, builder.weights("b.weight", 8, 6)));
    x = builder.node("Softmax", "/Softmax_1", List.of(x));
    x = builder.node("MatMul", "/c/MatMul", List.of(x, builder.weights("c.weight", 6, 3)));
    x = builder.node("com.acme:Twist", "/Twist", List.of(x));
    x = builder.node("MatMul", "/d/MatMul", List.of(x, builder.weights("d.weight", 3, 2)));
    Path model = Cli.save(builder.output("output", x, "N", 2).build(), dir.resolve("m.onnx"));

    String text = Cli.done("inspect", model);

    String frozen = text.substring(text.indexOf("widths that may not change"));
    assertEquals(
        """
        widths that may not change, by reason:
          Softmax runs over it (Softmax /Softmax, /Softmax_1): 4
            a.out_features, b.in_features, b.out_features, c.in_features
            what helps: a model that does without that node leaves it open
          operator com.acme:Twist has no rule (com.acme:Twist /Twist): 3
            c.out_features, d.in_features, d.out_features
            what helps: a plugin with an OperatorRule for it can open it
          graph input 'input' fixes it: 1
            a.in_features
        """,
        frozen);
  }

  @Test
  void rulesAreAReasonToo() throws IOException {
    Path model = Cli.save(SampleNetworks.thinResnet(), dir.resolve("m.onnx"));
    Path open =
        Files.writeString(dir.resolve("a.json"), "{\"nn.Conv2d\": {}, \"nn.BatchNorm2d\": {}}");
    Path narrow =
        Files.writeString(
            dir.resolve("b.json"),
            "{\"nn.Conv2d\": {\"channels_ratio\": [1]}, \"nn.BatchNorm2d\": {}}");

    String text = Cli.done("inspect", model, "--rules", open);
    assertTrue(text.contains("  the rules leave nn.Linear out: "), text);
    assertTrue(text.contains("    what helps: name it there to search its widths"), text);
    text = Cli.done("inspect", model, "--rules", narrow);
    assertTrue(text.contains("  the rules for nn.Conv2d allow no other width: "), text);
  }

  @Test
  void takesTrialSizes() {
    Path model = Cli.save(SampleNetworks.thinResnet(), dir.resolve("m.onnx"));
    assertEquals(
        Cli.done("inspect", model, "--json"),
        Cli.done("inspect", model, "--json", "--input", "input=3x3x32x32"));
  }

  @Test
  void helpAndVersion() {
    assertTrue(Cli.done("--help").contains("inspect"));
    assertTrue(Cli.done("--version").startsWith("espalier "));
    for (String command : new String[] {"inspect", "sample", "export", "prune", "verify", "demo"}) {
      assertTrue(Cli.done(command, "--help").startsWith("Usage: espalier " + command));
    }
  }
}

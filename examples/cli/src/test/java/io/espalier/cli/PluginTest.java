package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.acme.FirstUnits;
import com.acme.GatedLinear;
import com.acme.Throwing;
import io.espalier.core.values.Manifest;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.OperatorRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plugin is a JAR in a folder. */
class PluginTest {
  @TempDir private Path dir = Path.of("");

  private static OnnxModel model() {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("gated", 17).opset("com.acme", 1);
    String x = builder.input("input", "N", 16);
    for (int i = 0; i < 2; i++) {
      String weight = builder.weights("layers." + i + ".weight", 32, 16);
      x = builder.node("com.acme:GatedLinear", "/layers." + i + "/Gated", List.of(x, weight));
    }
    return builder.output("output", x, "N", 16).build();
  }

  private void jar(String name) throws IOException {
    Path folder = dir.resolve("plugins");
    Files.createDirectories(folder);
    Jars.jar(
        folder.resolve(name),
        Map.of(OperatorRule.class, GatedLinear.class, DynamicModule.class, GatedLinear.class),
        List.of(GatedLinear.class.getName()));
  }

  @Test
  void makesAnOperatorElastic() throws IOException {
    Path model = Cli.save(model(), dir.resolve("m.onnx"));
    jar("gated.jar");
    assertFalse(Cli.done("inspect", model, "--json").contains("layers.0.out_features"));
    String json = Cli.done("inspect", model, "--json", "--plugins", dir.resolve("plugins"));
    assertTrue(json.contains("\"layers.0.out_features\""), json);
    assertTrue(json.contains("\"size\" : \"16\""), json);
  }

  @Test
  void twoThatClaimOneOperatorAreNamed() throws IOException {
    Path model = Cli.save(model(), dir.resolve("m.onnx"));
    jar("gated.jar");
    Path classes = dir.resolve("plugins/relu.jar");
    Jars.jar(
        classes,
        Map.of(OperatorRule.class, com.acme.OwnRelu.class),
        List.of(com.acme.OwnRelu.class.getName()));
    Cli run = Cli.run("inspect", model, "--plugins", dir.resolve("plugins"));
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains("operator Relu is claimed by "), run.err());
    assertTrue(run.err().contains("com.acme.OwnRelu in "), run.err());
  }

  @Test
  void oneThatCannotBeLoadedIsNamed() throws IOException {
    Path model = Cli.save(model(), dir.resolve("m.onnx"));
    Path folder = Files.createDirectory(dir.resolve("plugins"));
    Jars.jar(folder.resolve("gone.jar"), Map.of(OperatorRule.class, Cli.class), List.of());
    Cli run = Cli.run("inspect", model, "--plugins", folder);
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains("a plugin cannot be loaded"), run.err());
  }

  @Test
  void oneThatThrowsFreezesItsLayerOrIsAnError() throws IOException {
    Path model = Cli.save(model(), dir.resolve("m.onnx"));
    Path folder = Files.createDirectory(dir.resolve("plugins"));
    Jars.jar(
        folder.resolve("throwing.jar"),
        Map.of(OperatorRule.class, Throwing.class),
        List.of(Throwing.class.getName()));

    String json = Cli.done("inspect", model, "--json", "--plugins", folder);
    assertTrue(json.contains("\"size\" : \"1\""), json);
    Cli strict = Cli.run("inspect", model, "--strict", "--plugins", folder);
    assertEquals(2, strict.code(), strict.err());
    String said = strict.err().strip();
    assertTrue(said.startsWith("espalier: com.acme.Throwing in "), said);
    assertTrue(said.endsWith(" failed on layer layers.0: IllegalStateException: not today"), said);
  }

  @Test
  void aCriterionIsChosenByItsKey() throws IOException {
    Path model = Cli.save(SampleNetworks.thinResnet(), dir.resolve("m.onnx"));
    Path folder = Files.createDirectory(dir.resolve("plugins"));
    Jars.jar(
        folder.resolve("first.jar"),
        Map.of(ImportanceCriterion.class, FirstUnits.class),
        List.of(FirstUnits.class.getName()));
    Path manifest = dir.resolve("cut.json");
    Object[] prune = {
      "prune", model, "--params", "0.5", "-q", "-o", dir.resolve("s.onnx"), "--manifest", manifest
    };

    Cli.done(with(prune, "--importance", "acme.first", "--plugins", folder));
    for (Manifest.CutParameter cut : Manifest.read(manifest).parameters()) {
      for (List<Integer> kept : cut.keep().values()) {
        assertEquals(IntStream.range(0, kept.size()).boxed().toList(), kept);
      }
    }
    Cli unknown = Cli.run(with(prune, "--importance", "acme.first"));
    assertEquals(2, unknown.code());
    assertEquals(
        "espalier: there is no importance criterion \"acme.first\"; the registry has"
            + " [batch_norm_scale, fpgm, group_norm, l1, l2, lamp, random]",
        unknown.err().strip());
  }

  private static Object[] with(Object[] words, Object... more) {
    return Stream.of(words, more).flatMap(Arrays::stream).toArray();
  }
}

package io.espalier.testkit.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.OperatorRule;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in the documentation of the SPI compile, and do what they are said to do. */
class JavadocExamplesTest {
  private static final Path SPI =
      Path.of("..", "..", "registry-spi", "src", "main", "java", "io", "espalier", "spi");
  private static final Pattern EXAMPLE =
      Pattern.compile("<pre>\\{@code\\R(.*?)\\R \\* \\}</pre>", Pattern.DOTALL);

  @TempDir private Path folder = Path.of("");

  private static String example(String file) throws IOException {
    Matcher found = EXAMPLE.matcher(Files.readString(SPI.resolve(file)));
    assertTrue(found.find(), file);
    return found.group(1).replaceAll("(?m)^ \\* ?", "");
  }

  private SearchSpace space(PluginJar jar) throws IOException {
    OnnxGraphBuilder b = new OnnxGraphBuilder("gated", 17).opset("com.acme", 1);
    String x = b.input("input", "N", 4);
    float[] values = {1, -9, 2, 3, 0, 1, 1, 1};
    for (int i = 0; i < 2; i++) {
      String weight = i == 0 ? b.weights("g0.weight", 4, 4) : b.floats("g1.weight", values, 4, 2);
      x = b.node("com.acme:GatedLinear", "/g" + i + "/Gated", List.of(x, weight));
    }
    try (URLClassLoader loader = PluginJar.loader(jar.build())) {
      return new SearchSpaces(Set.of(new OnnxBackend()), DMRegistry.discover(loader))
          .generate(b.output("output", x, "N", 2).build(), Rules.everything());
    }
  }

  private PluginJar gated() throws IOException {
    return PluginJar.of(folder.resolve("gated.jar"))
        .with(
            "com.acme.GatedLinear",
            example("package-info.java"),
            OperatorRule.class,
            DynamicModule.class);
  }

  @Test
  void theGatedLinearLayer() throws IOException {
    assertEquals(Set.of("g0.out_features"), space(gated()).configurableHparams().keySet());
  }

  @Test
  void theCriterion() throws IOException {
    String source =
        "package com.acme; import io.espalier.spi.*; import java.nio.FloatBuffer;"
            + " import com.google.auto.service.AutoService;"
            + example("ImportanceCriterion.java");
    SearchSpace space =
        space(gated().with("com.acme.LargestWeight", source, ImportanceCriterion.class));
    space.setCriterion("acme.largest");
    // columns (1, 2, 0, 1) and (-9, 3, 1, 1)
    double[] importance = space.hparam("g0.out_features").importance().orElseThrow();
    assertArrayEquals(new double[] {2.0 / 9, 1}, importance, 1e-12);
  }
}

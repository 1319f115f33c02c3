package io.espalier.testkit.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.FrozenAxis;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.verify.Verifier;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.PluginException;
import io.espalier.spi.RegistryException;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What users are told of plugins that cannot work, and what still works beside them. */
class FaultyPluginTest {
  private static final String IMPORTS =
      "package com.acme; import io.espalier.spi.*; import java.util.*;\n";

  /** A rule of com.acme:Scaled, whose method type has this body. */
  static String rule(String body) {
    return IMPORTS
        + """
        public final class ScaledRule implements OperatorRule {
          @Override public Set<OpId> operators() { return Set.of(OpId.of("com.acme", "Scaled")); }
          @Override public void type(Node node, Typing t) { BODY }
        }
        """
            .replace("BODY", body);
  }

  static final String TIES =
      "t.unify(node.input(1).axis(0), node.input(0).axis(-1)); t.output(0, node.input(0).axes());";

  /** A module of com.acme:Scaled layers. */
  private static String module(String key, String matches, String body) {
    return IMPORTS
        + """
        public final class ScaledModule implements DynamicModule {
          private static final RuleOption RATIO = RuleOption.ratio("features_ratio");
          private static final RuleOption DIVISOR = RuleOption.divisor("feature_divisor");
          @Override public String key() { return "KEY"; }
          @Override public List<RuleOption> options() { return List.of(RATIO, DIVISOR); }
          @Override public boolean matches(Layer layer) { MATCHES }
          @Override public void describe(Layer layer, Hparams h) {
            h.width("features", layer.nodes().get(0).input(1).axis(0), RATIO, DIVISOR);
            BODY
          }
        }
        """
            .replace("KEY", key)
            .replace("MATCHES", matches)
            .replace("BODY", body);
  }

  private static final String MATCHES = "return layer.type().equals(\"com.acme:Scaled\");";

  private static final String CRITERION =
      IMPORTS
          + """
          public final class Odd implements ImportanceCriterion {
            @Override public String key() { return "acme.odd"; }
            @Override public double[] score(Use use, int axis) {
              if (use.shape()[axis] == 24) { throw new IllegalStateException("no 24s"); }
              double[] scores = new double[use.shape()[axis]];
              for (int i = 0; i < scores.length; i++) { scores[i] = i; }
              return scores;
            }
          }
          """;

  @TempDir private Path folder = Path.of("");

  private PluginJar jar(String name) {
    return PluginJar.of(folder.resolve(name));
  }

  private static String message(Class<? extends RuntimeException> type, Executable action) {
    return String.valueOf(assertThrows(type, action).getMessage());
  }

  private static String refusal(Path... jars) throws IOException {
    try (URLClassLoader loader = PluginJar.loader(jars)) {
      return message(RegistryException.class, () -> DMRegistry.discover(loader));
    }
  }

  /** Three linear layers, with an operator between the first two that no one knows. */
  static OnnxModel network() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("scaled", 17).opset("com.acme", 1);
    String x = linear(b, "fc1", b.input("input", 4, 16), 16, 32);
    String scale = b.random("scale.weight", 1, 0.5, 32);
    x = b.node("com.acme:Scaled", "/scale/Scaled", List.of(x, scale));
    b.valueInfo(x, 4, 32);
    x = linear(b, "fc2", x, 32, 24);
    return b.output("output", linear(b, "fc3", x, 24, 10), 4, 10).build();
  }

  private static String linear(OnnxGraphBuilder b, String name, String x, int in, int out) {
    String weight = b.weights(name + ".weight", out, in);
    return b.node("Gemm", "/" + name + "/Gemm", List.of(x, weight), Map.of("transB", 1));
  }

  static SearchSpaces spaces(ClassLoader loader) {
    return new SearchSpaces(Set.of(new OnnxBackend()), DMRegistry.discover(loader));
  }

  static FrozenAxis frozen(SearchSpace space, String name) {
    return space.frozen().stream()
        .filter(axis -> (axis.layer() + "." + axis.axis()).equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in " + space.frozen()));
  }

  private static void assertOnlyFc2IsOpen(SearchSpace space) {
    assertEquals(Set.of("fc2.out_features"), space.configurableHparams().keySet());
    space.sample(Samplers.min());
    OnnxModel carved = ((OnnxNetwork) space.export()).model();
    OnnxTensor weight = Objects.requireNonNull(carved.initializers().get("fc2.weight"));
    assertEquals("[1, 32]", Arrays.toString(weight.dims()));
  }

  // ---- at start-up

  @Test
  void twoJarsWithOneKey() throws IOException {
    Path one =
        jar("one.jar")
            .with("com.acme.ScaledModule", module("acme.X", MATCHES, ""), DynamicModule.class)
            .build();
    Path two =
        jar("two.jar")
            .with(
                "com.rival.ScaledModule",
                module("acme.X", MATCHES, "").replace("package com.acme", "package com.rival"),
                DynamicModule.class)
            .build();

    assertEquals(
        "key \"acme.X\" is claimed by com.acme.ScaledModule in "
            + one
            + " and by com.rival.ScaledModule in "
            + two
            + "; remove one of them",
        refusal(one, two));
  }

  @Test
  void twoJarsThatClaimOneLayer() throws IOException {
    Path one =
        jar("one.jar")
            .with("com.acme.ScaledModule", module("acme.X", MATCHES, ""), DynamicModule.class)
            .build();
    Path two =
        jar("two.jar")
            .with(
                "com.rival.ScaledModule",
                module("rival.X", MATCHES, "").replace("package com.acme", "package com.rival"),
                DynamicModule.class)
            .build();
    try (URLClassLoader loader = PluginJar.loader(one, two)) {
      assertEquals(
          "layer scale (com.acme:Scaled) is claimed by com.acme.ScaledModule in "
              + one
              + " and by com.rival.ScaledModule in "
              + two
              + "; remove one of them",
          message(
              RegistryException.class,
              () -> spaces(loader).generate(network(), Rules.everything())));
    }
  }

  @Test
  void oneJarTwice() throws IOException {
    Path one =
        jar("scaled-1.0.jar").with("com.acme.ScaledRule", rule(TIES), OperatorRule.class).build();
    Path two = Files.copy(one, folder.resolve("scaled-1.1.jar"));

    assertEquals(
        "com.acme.ScaledRule is on the class path twice, in "
            + one
            + " and in "
            + two
            + "; remove one of them",
        refusal(one, two));
    try (URLClassLoader parent = PluginJar.loader(one);
        URLClassLoader same = new URLClassLoader(parent.getURLs(), parent)) {
      DMRegistry.discover(same); // one JAR that two loaders know is one JAR
    }
  }

  @Test
  void aJarForAnotherVersion() throws IOException {
    Path old =
        jar("old.jar")
            .with("com.acme.ScaledRule", rule(TIES), OperatorRule.class)
            .statingVersion("0")
            .build();

    assertEquals(
        "the plugin "
            + old
            + " (com.acme.ScaledRule) was built for version 0 of the plugin SPI, and this is"
            + " version "
            + DMRegistry.SPI_VERSION
            + "; build it against this version, or take its JAR away",
        refusal(old));
  }

  @Test
  void aJarForThisVersion() throws IOException {
    Path jar =
        jar("current.jar")
            .with("com.acme.ScaledRule", rule(TIES), OperatorRule.class)
            .statingVersion(Integer.toString(DMRegistry.SPI_VERSION))
            .build();
    try (URLClassLoader loader = PluginJar.loader(jar)) {
      assertTrue(spaces(loader).generate(network(), Rules.everything()).isConfigurable());
    }
  }

  /** An older SPI asked no module for its options. */
  @Test
  void aModuleThatLacksAMethodAndStatesNoVersion() throws IOException {
    Path old =
        jar("old.jar")
            .against(
                "io.espalier.spi.DynamicModule",
                "package io.espalier.spi; public interface DynamicModule { String key(); boolean"
                    + " matches(Layer l); void describe(Layer l, Hparams h); }")
            .with(
                "com.acme.ScaledModule",
                module("acme.X", MATCHES, "")
                    .replace(
                        "@Override public List<RuleOption> options()", "List<RuleOption> own()"),
                DynamicModule.class)
            .build();
    try (URLClassLoader loader = PluginJar.loader(old)) {
      String said = message(PluginException.class, () -> DMRegistry.discover(loader));
      assertTrue(
          said.startsWith(
              "com.acme.ScaledModule in "
                  + old
                  + " failed on being registered: it does not fit version "
                  + DMRegistry.SPI_VERSION
                  + " of the plugin SPI (its JAR does not say for which version it was built);"
                  + " build it against this version: AbstractMethodError: "),
          said);
    }
  }

  @Test
  void aPluginOfARoleThatIsNoMore() throws IOException {
    Path old =
        jar("old.jar")
            .against("io.espalier.spi.Axes", "package io.espalier.spi; public interface Axes { }")
            .with(
                "com.acme.ScaledRule",
                rule(TIES).replace("implements", "implements Axes,"),
                OperatorRule.class)
            .build();

    String said = refusal(old);
    assertTrue(said.startsWith("a plugin cannot be loaded: com.acme.ScaledRule in "), said);
    assertTrue(said.contains(old.toString()), said);
    assertTrue(said.endsWith("; build it against version 1 of the plugin SPI"), said);
  }

  private void assertRefused(String source, String message) throws IOException {
    Path jar = jar("bad.jar").with("com.acme.ScaledRule", source, OperatorRule.class).build();
    assertEquals(message.replace("PLUGIN", "com.acme.ScaledRule in " + jar), refusal(jar));
  }

  private static String withMember(String member) {
    return rule(TIES).replace("OperatorRule {", "OperatorRule { " + member);
  }

  @Test
  void aPluginThatCannotBeMade() throws IOException {
    String refused =
        "a plugin cannot be loaded: PLUGIN: Provider com.acme.ScaledRule %s; mend it, or take its"
            + " JAR away";
    assertRefused(
        withMember("public ScaledRule() { throw new IllegalStateException(\"no luck\"); }"),
        refused.formatted("could not be instantiated: java.lang.IllegalStateException: no luck"));
    assertRefused(
        withMember("public ScaledRule() { new ScaledRule(); }"),
        refused.formatted("could not be instantiated: java.lang.StackOverflowError"));
    assertRefused(
        withMember(
            "static final int SIZE = size();"
                + " static int size() { throw new IllegalStateException(\"no size\"); }"),
        refused.formatted("could not be instantiated: java.lang.IllegalStateException: no size"));
  }

  @Test
  void aPluginThatIsNotThere() throws IOException {
    Path jar = folder.resolve("empty.jar");
    try (JarOutputStream entries = new JarOutputStream(Files.newOutputStream(jar))) {
      entries.putNextEntry(new JarEntry("META-INF/services/" + OperatorRule.class.getName()));
      entries.write("com.acme.Gone".getBytes(StandardCharsets.UTF_8));
    }
    assertEquals(
        "a plugin cannot be loaded: com.acme.Gone in "
            + jar
            + ": Provider com.acme.Gone not found; mend it, or take its JAR away",
        refusal(jar));
  }

  private void assertFailsAtStart(String source, Class<?> role, String thrown) throws IOException {
    Path jar = jar("bad.jar").with("com.acme." + named(source), source, role).build();
    try (URLClassLoader loader = PluginJar.loader(jar)) {
      String said = message(PluginException.class, () -> DMRegistry.discover(loader));
      String failed =
          "com.acme." + named(source) + " in " + jar + " failed on being registered: " + thrown;
      assertTrue(said.startsWith(failed), said);
    }
  }

  private static String named(String source) {
    return source.contains("ScaledRule") ? "ScaledRule" : "ScaledModule";
  }

  @Test
  void aPluginThatCannotSayWhatItIsFor() throws IOException {
    String operators = "Set.of(OpId.of(\"com.acme\", \"Scaled\"))";
    String rule = rule(TIES);
    assertFailsAtStart(
        rule.replace(operators, "operators()"), OperatorRule.class, "StackOverflowError");
    assertFailsAtStart(
        rule.replace(operators, "null"),
        OperatorRule.class,
        "NullPointerException: operators() gave null");
    assertFailsAtStart(
        rule.replace(operators, "new HashSet<>(Arrays.asList((OpId) null))"),
        OperatorRule.class,
        "NullPointerException");
    String module = module("acme.X", MATCHES, "");
    assertFailsAtStart(
        module.replace("return \"acme.X\"", "throw new AssertionError(\"no key\")"),
        DynamicModule.class,
        "AssertionError: no key");
    assertFailsAtStart(
        module.replace("List.of(RATIO, DIVISOR)", "Arrays.asList(RATIO, null)"),
        DynamicModule.class,
        "NullPointerException");
  }

  // ---- on a layer

  /** An older SPI had a method that rules called. */
  @Test
  void aRuleThatCallsWhatIsNoMore() throws IOException {
    Path old =
        jar("old.jar")
            .against(
                "io.espalier.spi.Typing",
                "package io.espalier.spi; public interface Typing { void tie(Axis a, Axis b); }")
            .with(
                "com.acme.ScaledRule",
                rule("t.tie(node.input(1).axis(0), node.input(0).axis(-1));"),
                OperatorRule.class)
            .build();
    try (URLClassLoader loader = PluginJar.loader(old)) {
      SearchSpace space = spaces(loader).generate(network(), Rules.everything());
      String reason = frozen(space, "fc1.out_features").reason();
      assertTrue(
          reason.startsWith(
              "the rule com.acme.ScaledRule in "
                  + old
                  + " failed on layer scale: it does not fit version "
                  + DMRegistry.SPI_VERSION
                  + " of the plugin SPI"),
          reason);
      assertTrue(reason.contains("NoSuchMethodError"), reason);
      assertOnlyFc2IsOpen(space);
    }
  }

  @Test
  void aRuleThatThrows() throws IOException {
    Path jar =
        jar("bad.jar")
            .with(
                "com.acme.ScaledRule",
                rule(TIES + " throw new IllegalStateException(\"no luck\");"),
                OperatorRule.class)
            .build();
    String said =
        "com.acme.ScaledRule in " + jar + " failed on layer scale: IllegalStateException: no luck";
    try (URLClassLoader loader = PluginJar.loader(jar)) {
      SearchSpaces spaces = spaces(loader);
      SearchSpace space = spaces.generate(network(), Rules.everything());
      FrozenAxis axis = frozen(space, "fc1.out_features");
      assertEquals("the rule " + said, axis.reason());
      assertEquals("/scale/Scaled", axis.node());
      assertEquals("com.acme:Scaled", axis.op());
      assertOnlyFc2IsOpen(space);
      assertEquals(
          said,
          message(
              PluginException.class,
              () -> spaces.strict().generate(network(), Rules.everything())));
    }
  }

  @Test
  void aRuleThatNeverEnds() throws IOException {
    Path jar =
        jar("bad.jar")
            .with("com.acme.ScaledRule", rule("type(node, t);"), OperatorRule.class)
            .build();
    try (URLClassLoader loader = PluginJar.loader(jar)) {
      SearchSpace space = spaces(loader).generate(network(), Rules.everything());
      assertEquals(
          "the rule com.acme.ScaledRule in " + jar + " failed on layer scale: StackOverflowError",
          frozen(space, "fc1.out_features").reason());
      assertOnlyFc2IsOpen(space);
    }
  }

  private void assertModuleFreezes(String matches, String body, String thrown) throws IOException {
    Path jar =
        jar("bad.jar")
            .with("com.acme.ScaledRule", rule(TIES), OperatorRule.class)
            .with("com.acme.ScaledModule", module("acme.X", matches, body), DynamicModule.class)
            .build();
    String said = "com.acme.ScaledModule in " + jar + " failed on layer scale: " + thrown;
    try (URLClassLoader loader = PluginJar.loader(jar)) {
      SearchSpaces spaces = spaces(loader);
      SearchSpace space = spaces.generate(network(), Rules.everything());
      for (String name : List.of("scale.*", "fc1.out_features", "fc2.in_features")) {
        FrozenAxis axis = frozen(space, name);
        assertEquals("the module " + said, axis.reason());
        assertEquals("/scale/Scaled", axis.node());
        assertEquals("com.acme:Scaled", axis.op());
      }
      assertFalse(space.namedHparams().containsKey("scale.features"));
      assertOnlyFc2IsOpen(space);
      assertEquals(
          said,
          message(
              PluginException.class,
              () -> spaces.strict().generate(network(), Rules.everything())));
    }
  }

  @Test
  void aModuleThatThrowsWhileItDescribes() throws IOException {
    assertModuleFreezes(
        MATCHES,
        "throw new UnsupportedOperationException(\"not yet\");",
        "UnsupportedOperationException: not yet");
  }

  @Test
  void aModuleThatNeverEnds() throws IOException {
    assertModuleFreezes(
        MATCHES.replace("return", "if (layer.name().equals(\"scale\")) matches(layer); return"),
        "",
        "StackOverflowError");
  }

  @Test
  void aModuleThatThrowsWhenItIsAsked() throws IOException {
    assertModuleFreezes(
        "if (layer.name().equals(\"scale\")) { throw new AssertionError(\"who?\"); } return false;",
        "",
        "AssertionError: who?");
  }

  @Test
  void aModuleThatNamesAnOptionItDoesNotHave() throws IOException {
    assertModuleFreezes(
        MATCHES,
        "h.depth(\"depth\", List.of(), RuleOption.depth(\"least\"));",
        "IllegalArgumentException: depth names RuleOption[name=least, kind=DEPTH], which is not"
            + " among the module's options");
  }

  @Test
  void aCriterionThatThrows() throws IOException {
    Path jar = jar("odd.jar").with("com.acme.Odd", CRITERION, ImportanceCriterion.class).build();
    String said = "com.acme.Odd in " + jar + " failed on layer fc3: IllegalStateException: no 24s";
    OnnxGraphBuilder b = new OnnxGraphBuilder("plain", 17);
    String x = linear(b, "fc1", b.input("input", 4, 16), 16, 32);
    x = linear(b, "fc2", b.node("Relu", "/relu", List.of(x)), 32, 24);
    OnnxModel model = b.output("output", linear(b, "fc3", x, 24, 10), 4, 10).build();
    try (URLClassLoader loader = PluginJar.loader(jar)) {
      SearchSpaces spaces = spaces(loader).rankedBy("acme.odd");
      SearchSpace space = spaces.generate(model, Rules.everything());
      space.sortParameters();

      assertEquals("the criterion " + said, frozen(space, "fc2.out_features").reason());
      assertEquals(Set.of("fc1.out_features"), space.configurableHparams().keySet());
      assertEquals(31, space.hparam("fc1.out_features").order()[0]);
      space.sample(Samplers.min());
      OnnxModel carved = ((OnnxNetwork) space.export()).model();
      assertTrue(Verifier.verify(model, carved, space.manifest()).passed());
      SearchSpace strict = spaces.strict().generate(model, Rules.everything());
      assertEquals(said, message(PluginException.class, strict::sortParameters));
    }
  }
}

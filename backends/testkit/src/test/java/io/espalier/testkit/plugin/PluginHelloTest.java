package io.espalier.testkit.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.inject.Guice;
import io.espalier.core.EspalierModule;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.rules.RulesException;
import io.espalier.core.values.Choice;
import io.espalier.core.values.FrozenAxis;
import io.espalier.core.values.Manifest;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Control;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.OpId;
import io.espalier.spi.RegistryException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The plugin of examples/plugin-hello and the application beside it, which builds the network:
 * dropping the plugin's JAR on the class path is all it takes.
 */
class PluginHelloTest {
  private static final Path EXAMPLE = Path.of("..", "..", "examples", "plugin-hello");
  private static final ClassLoader WITHOUT = PluginHelloTest.class.getClassLoader();
  private static final String GATED_LINEAR = "com.acme:GatedLinear";

  @TempDir private static Path folder;
  private static Path plugin;
  private static URLClassLoader with;
  private static URLClassLoader application;

  @BeforeAll
  static void compile() throws IOException {
    plugin = jar("hello.jar", "src/main/java", UnaryOperator.identity());
    with = loader(WITHOUT, plugin);
    application = loader(WITHOUT, jar("app.jar", "app/src/main/java", UnaryOperator.identity()));
  }

  @AfterAll
  static void close() throws IOException {
    with.close();
    application.close();
  }

  private static Path jar(String name, String sources, UnaryOperator<String> change)
      throws IOException {
    Path jar = folder.resolve(name);
    SourceJar.compile(EXAMPLE.resolve(sources), change, jar);
    return jar;
  }

  private static URLClassLoader loader(ClassLoader parent, Path... jars) throws IOException {
    URL[] urls = new URL[jars.length];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = jars[i].toUri().toURL();
    }
    return new URLClassLoader(urls, parent);
  }

  /** The network that the application builds: fc1, gate, fc2, fc3. */
  private static OnnxModel network(long opset) throws ReflectiveOperationException {
    Class<?> network = application.loadClass("com.acme.app.GatedNetwork");
    return (OnnxModel) network.getMethod("build", long.class).invoke(null, opset);
  }

  private static SearchSpaces spaces(ClassLoader loader) {
    return Guice.createInjector(new EspalierModule(loader)).getInstance(SearchSpaces.class);
  }

  private static SearchSpace open(ClassLoader loader, OnnxModel network) {
    return spaces(loader).generate(network, Rules.everything());
  }

  private static FrozenAxis frozen(SearchSpace space, String name) {
    return space.frozen().stream()
        .filter(axis -> (axis.layer() + "." + axis.axis()).equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, List<Choice>> choices(SearchSpace space) {
    Map<String, List<Choice>> choices = new LinkedHashMap<>();
    space.namedHparams().forEach((name, hparam) -> choices.put(name, hparam.choices()));
    return choices;
  }

  private static String keyOfGate(SearchSpace space) {
    return Objects.requireNonNull(space.namedDynamicModules().get("gate")).key();
  }

  private static float[] weightOfGate(OnnxModel network) {
    return Objects.requireNonNull(network.initializers().get("gate.weight")).floats();
  }

  private static List<Choice> upTo(int width) {
    return IntStream.rangeClosed(1, width).mapToObj(Choice::of).toList();
  }

  @Test
  void withoutItTheWidthsAreFrozen() throws Exception {
    SearchSpace space = open(WITHOUT, network(17));

    for (String name : List.of("fc1.out_features", "fc2.in_features")) {
      FrozenAxis axis = frozen(space, name);
      assertEquals("/gate/GatedLinear", axis.node());
      assertEquals(GATED_LINEAR, axis.op());
      assertTrue(axis.reason().contains("operator " + GATED_LINEAR + " has no rule"));
    }
    assertEquals(Set.of("fc2.out_features"), space.configurableHparams().keySet());
    assertFalse(space.namedDynamicModules().containsKey("gate"));
  }

  @Test
  void withItTheyAreElasticAndNothingElseChanges() throws Exception {
    OnnxModel network = network(17);
    SearchSpace space = open(with, network);
    SearchSpace before = open(WITHOUT, network);

    Map<String, List<Choice>> expected = new LinkedHashMap<>(choices(before));
    expected.put("fc1.out_features", upTo(32));
    expected.put("gate.in_features", upTo(32));
    expected.put("gate.out_features", upTo(24));
    expected.put("fc2.in_features", upTo(24));
    assertEquals(expected, choices(space));
    assertEquals(
        List.of("graph input 'input' fixes it", "graph output 'output' fixes it"),
        space.frozen().stream().map(FrozenAxis::reason).toList());
    assertEquals(before.params(), space.params());
    assertEquals(32 * 16 + 48 * 32 + 40 * 24 + 10 * 40, space.macs());
    assertEquals("acme.GatedLinear", keyOfGate(space));
  }

  @Test
  void rulesKnowItsKeyAndItsOptions() throws Exception {
    OnnxModel network = network(17);
    Rules rules =
        Rules.parse(
            """
            {"nn.Linear": {}, "acme.GatedLinear": {"features_ratio": [0.5, 1], "feature_divisor": 8}}
            """);
    SearchSpace space = spaces(with).generate(network, rules);

    assertEquals(List.of(Choice.of(16), Choice.of(32)), space.hparam("fc1.out_features").choices());
    assertEquals(List.of(Choice.of(16), Choice.of(24)), space.hparam("fc2.in_features").choices());
    RulesException refusal =
        assertThrows(RulesException.class, () -> spaces(WITHOUT).generate(network, rules));
    assertTrue(String.valueOf(refusal.getMessage()).contains("acme.GatedLinear"));
  }

  @Test
  void itsWeightTellsWhatMatters() throws Exception {
    SearchSpace space = open(with, network(17));

    assertTrue(space.hparam("fc1.out_features").isSortable());
    assertTrue(space.hparam("gate.out_features").isSortable());
    assertFalse(open(WITHOUT, network(17)).hparam("fc1.out_features").isSortable());
  }

  @ParameterizedTest
  @ValueSource(longs = {13, 17, 18})
  void carvedNetworksComputeWhatTheMaskedOnesDo(long opset) throws Exception {
    OnnxModel network = network(opset);
    SearchSpace space = open(with, network);
    space.sortParameters();
    Random random = new Random(opset);

    space.sample(Samplers.min());
    assertRight(network, space);
    for (int i = 0; i < 10; i++) {
      space.sample(Samplers.random(random));
      List<Manifest> wrong = Control.shiftedByOne(space.manifest(), random, 5);
      OnnxModel carved = assertRight(network, space);
      for (Manifest manifest : wrong) {
        Verification verification = Verifier.verify(network, carved, manifest);
        assertFalse(verification.agrees(), "opset " + opset + ": " + space.config());
      }
    }
  }

  private static OnnxModel assertRight(OnnxModel network, SearchSpace space) {
    OnnxModel carved = ((OnnxNetwork) space.export()).model();
    assertEquals(network.functions(), carved.functions());
    Verification verification = Verifier.verify(network, carved, space.manifest());
    assertTrue(verification.passed() && verification.conclusive(), verification.toString());
    return carved;
  }

  @Test
  void bothHalvesOfTheWeightLoseTheSameRows() throws Exception {
    OnnxModel network = network(17);
    SearchSpace space = open(with, network);
    int[] order =
        IntStream.concat(IntStream.of(5, 2), IntStream.range(0, 24).filter(i -> i != 5 && i != 2))
            .toArray();
    space.hparam("gate.out_features").setOrder(order);
    space.hparam("gate.out_features").setActive(Choice.of(2));
    space.hparam("fc1.out_features").setActive(Choice.of(3));

    OnnxModel carved = assertRight(network, space);
    float[] before = weightOfGate(network);
    float[] after = weightOfGate(carved);
    int[] rows = {2, 5, 24 + 2, 24 + 5};
    assertEquals(rows.length * 3, after.length);
    for (int i = 0; i < after.length; i++) {
      assertEquals(before[rows[i / 3] * 32 + i % 3], after[i]);
    }
  }

  @Test
  void behindAnOperatorWithoutARuleItIsFrozenToo() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("unknown", 17).opset("com.acme", 1);
    String x = b.node("com.acme:Mystery", "/mystery", List.of(b.input("input", 4, 16)));
    String weight = b.weights("gate.weight", 48, 16);
    x = b.node(GATED_LINEAR, "/gate/GatedLinear", List.of(x, weight));
    SearchSpace space = open(with, b.output("output", x, "N", 24).build());

    assertEquals("com.acme:Mystery", frozen(space, "gate.in_features").op());
    assertFalse(space.isConfigurable());
  }

  @Test
  void twoRegistriesLiveInOneProcess() throws Exception {
    OnnxModel network = network(17);
    Path other =
        jar(
            "other.jar",
            "src/main/java",
            source ->
                source
                    .replace("\"acme.GatedLinear\"", "\"acme.StiffLinear\"")
                    .replace("t.symbol(rows", "t.fixed(rows"));
    try (URLClassLoader withOther = loader(WITHOUT, other)) {
      SearchSpaces stiff = spaces(DMRegistry.discover(withOther));
      SearchSpaces elastic = spaces(DMRegistry.discover(with));
      SearchSpace first = stiff.generate(network, Rules.everything());
      SearchSpace second = elastic.generate(network, Rules.everything());
      SearchSpace third = stiff.generate(network, Rules.everything());

      assertEquals(choices(first), choices(third));
      assertEquals(upTo(32), first.hparam("fc1.out_features").choices());
      assertEquals(List.of(Choice.of(24)), first.hparam("gate.out_features").choices());
      assertEquals(upTo(24), second.hparam("gate.out_features").choices());
      assertEquals("acme.StiffLinear", keyOfGate(first));
      assertEquals("acme.GatedLinear", keyOfGate(second));
      assertTrue(spaces(WITHOUT).registry().rule(OpId.of("com.acme", "GatedLinear")).isEmpty());
    }
  }

  private static SearchSpaces spaces(DMRegistry registry) {
    return new SearchSpaces(Set.of(new OnnxBackend()), registry);
  }

  @Test
  void aRivalForTheOperatorIsRefusedByNameAndPlace() throws Exception {
    Path rival =
        jar(
            "rival.jar",
            "src/main/java",
            source -> source.replace("package com.acme;", "package com.rival;"));
    try (URLClassLoader both = loader(with, rival)) {
      RegistryException refusal =
          assertThrows(RegistryException.class, () -> DMRegistry.discover(both));
      assertEquals(
          "operator com.acme:GatedLinear is claimed by com.acme.GatedLinear in "
              + plugin
              + " and by com.rival.GatedLinear in "
              + rival
              + "; remove one of them",
          refusal.getMessage());
    }
  }

  private static SearchSpace openWithMistake(String name, String right, String wrong)
      throws Exception {
    Path jar = jar(name, "src/main/java", source -> source.replace(right, wrong));
    try (URLClassLoader loader = loader(WITHOUT, jar)) {
      return open(loader, network(17));
    }
  }

  private static String reason(String name, String right, String wrong) throws Exception {
    return frozen(openWithMistake(name, right, wrong), "gate.*").reason();
  }

  @Test
  void mistakesOfItsModuleFreezeAndAreNamed() throws Exception {
    String axis = reason("axis.jar", "consumes(node, 1, 1)", "consumes(node, 1, -1)");
    assertTrue(axis.startsWith("the module com.acme.GatedLinear in " + folder), axis);
    assertTrue(axis.contains("axis.jar failed on layer gate: "), axis);
    assertTrue(axis.endsWith("consumes names axis -1 of input 1, which has 2 axes"), axis);
    String option = reason("option.jar", "List.of(RATIO, DIVISOR)", "List.of(RATIO)");
    assertTrue(option.endsWith("which is not among the module's options"), option);
  }

  @Test
  void mistakesOfItsRuleFreezeAndAreNamed() throws Exception {
    SearchSpace space = openWithMistake("output.jar", "t.output(0, ", "List.of(0, ");

    assertEquals(
        "the rule com.acme.GatedLinear in "
            + folder.resolve("output.jar")
            + " failed on layer gate: IllegalStateException: it gave no axes to output 0",
        frozen(space, "gate.out_features").reason());
  }

  @Test
  void aRuleThatTiesTooLittleIsFoundOut() throws Exception {
    SearchSpace space = openWithMistake("untied.jar", "t.concat(List.of(out, out))", "rows");
    space.sample(Samplers.min());

    String message =
        String.valueOf(assertThrows(IllegalStateException.class, space::export).getMessage());
    assertTrue(message.contains("/gate/GatedLinear"), message);
    assertTrue(message.endsWith("to the author of class com.acme.GatedLinear"), message);
  }

  @Test
  void theApplicationRunsWithAndWithoutIt() throws Exception {
    String without = runApplication(application);
    String elastic;
    try (URLClassLoader both = loader(application, plugin)) {
      elastic = runApplication(both);
    }
    assertTrue(without.contains("gate.weight [48, 32] -> [48, 32]"), without);
    assertTrue(without.contains("fc1.out_features: operator " + GATED_LINEAR), without);
    assertTrue(elastic.contains("gate.weight [48, 32] -> [16, 8]"), elastic);
    for (String text : List.of(without, elastic)) {
      assertTrue(text.contains("fc2.weight [40, 24] -> [8, "), text);
      assertTrue(text.contains("(passed)"), text);
    }
  }

  private static String runApplication(ClassLoader loader) throws Exception {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    Thread thread = Thread.currentThread();
    ClassLoader context = thread.getContextClassLoader();
    PrintStream out = System.out;
    try (PrintStream printed = new PrintStream(text, true, StandardCharsets.UTF_8)) {
      thread.setContextClassLoader(loader);
      System.setOut(printed);
      String target = Files.createTempDirectory(folder, "run").toString();
      loader
          .loadClass("com.acme.app.HelloApp")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[] {target});
    } finally {
      System.setOut(out);
      thread.setContextClassLoader(context);
    }
    return text.toString(StandardCharsets.UTF_8);
  }
}

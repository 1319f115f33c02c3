package io.espalier.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class DMRegistryTest {
  private static final OpId CONV = OpId.of("Conv");
  private static final OpId GEMM = OpId.of("Gemm");

  /** Types a Conv. */
  public static class ConvRule implements OperatorRule {
    @Override
    public Set<OpId> operators() {
      return Set.of(CONV);
    }

    @Override
    public void type(Node node, Typing typing) {}
  }

  /** Types a Conv and a Gemm, and so clashes with the rule above. */
  public static final class GreedyRule extends ConvRule {
    @Override
    public Set<OpId> operators() {
      return Set.of(GEMM, CONV);
    }
  }

  /** Says of a Conv and a Gemm only that they freeze. */
  public static final class ModestRule extends ConvRule {
    @Override
    public Set<OpId> operators() {
      return Set.of(CONV, GEMM);
    }

    @Override
    public boolean givesWay() {
      return true;
    }
  }

  /** Names the widths of every layer there is. */
  public static class ConvModule implements DynamicModule {
    @Override
    public String key() {
      return "nn.Conv2d";
    }

    @Override
    public List<RuleOption> options() {
      return List.of(RuleOption.ratio("channels_ratio"));
    }

    @Override
    public boolean matches(Layer layer) {
      return true;
    }

    @Override
    public void describe(Layer layer, Hparams hparams) {}
  }

  /** Has the key of the module above. */
  public static final class SameKey extends ConvModule {}

  /** Claims the same layers under another key. */
  public static final class OtherKey extends ConvModule {
    @Override
    public String key() {
      return "acme.Conv";
    }
  }

  /** Scores nothing. */
  public static class Magnitude implements ImportanceCriterion {
    @Override
    public String key() {
      return "l2";
    }

    @Override
    public double[] score(Use use, int axis) {
      return new double[0];
    }
  }

  /** Has the key of the criterion above. */
  public static final class SameCriterion extends Magnitude {}

  /** Plays two roles. */
  public static final class Both extends ConvModule implements OperatorRule {
    @Override
    public Set<OpId> operators() {
      return Set.of(GEMM);
    }

    @Override
    public void type(Node node, Typing typing) {}
  }

  /** Cannot be made. */
  public static final class Broken extends ConvRule {
    public Broken() {
      throw new IllegalStateException("no native library");
    }
  }

  private record Named(String name, String type) implements Layer {
    @Override
    public List<Node> nodes() {
      return List.of();
    }

    @Override
    public List<Layer> children() {
      return List.of();
    }
  }

  private static String refusal(Executable action) {
    return String.valueOf(assertThrows(RegistryException.class, action).getMessage());
  }

  private static String refusal(Object... entries) {
    return refusal(() -> DMRegistry.of(entries));
  }

  private static void assertNames(String message, String what, Class<?>... sources) {
    assertTrue(message.startsWith(what), message);
    for (Class<?> source : sources) {
      String where = source.getProtectionDomain().getCodeSource().getLocation().getPath();
      assertTrue(message.contains(source.getName() + " in " + where), message);
    }
    assertTrue(message.endsWith("; remove one of them"), message);
  }

  @Test
  void findsWhatWasRegistered() {
    ConvRule rule = new ConvRule();
    ConvModule module = new ConvModule();
    Magnitude criterion = new Magnitude();
    DMRegistry registry = DMRegistry.of(rule, module, criterion);

    assertSame(rule, registry.rule(CONV).orElseThrow());
    assertEquals(Optional.empty(), registry.rule(GEMM));
    assertEquals(Optional.empty(), registry.rule(OpId.of("com.acme", "Conv")));
    assertSame(rule, registry.rule(OpId.of("ai.onnx", "Conv")).orElseThrow());
    assertEquals(List.of(CONV), List.copyOf(registry.operators()));
    assertSame(module, registry.module("nn.Conv2d").orElseThrow());
    assertSame(module, registry.module(new Named("conv1", "Conv")).orElseThrow());
    assertSame(criterion, registry.criteria().get("l2"));
  }

  @Test
  void modulesStandInTheOrderOfTheirKeys() {
    assertEquals(
        List.of("acme.Conv", "nn.Conv2d"),
        List.copyOf(DMRegistry.of(new ConvModule(), new OtherKey()).modules().keySet()));
  }

  @Test
  void oneObjectMayPlayTwoRoles() {
    Both both = new Both();
    DMRegistry registry = DMRegistry.of(both, both);

    assertSame(both, registry.rule(GEMM).orElseThrow());
    assertSame(both, registry.module("nn.Conv2d").orElseThrow());
    assertSame(both, registry.with(new ConvRule()).rule(GEMM).orElseThrow());
  }

  @Test
  void withAddsAndLeavesTheFirstAlone() {
    DMRegistry first = DMRegistry.of(new ConvRule());
    DMRegistry second = first.with(new ConvModule(), new Magnitude());

    assertTrue(first.modules().isEmpty());
    assertEquals(Set.of("nn.Conv2d"), second.modules().keySet());
    assertSame(first.rule(CONV).orElseThrow(), second.rule(CONV).orElseThrow());
    assertThrows(RegistryException.class, () -> second.with(new ConvRule()));
  }

  @Test
  void withoutTakesAwayAndLeavesTheFirstAlone() {
    DMRegistry all = DMRegistry.of(new GreedyRule(), new ConvModule(), new Magnitude());
    DMRegistry rest = all.without("nn.Conv2d", "l2").without(CONV);

    assertTrue(rest.modules().isEmpty());
    assertTrue(rest.criteria().isEmpty());
    assertEquals(List.of(GEMM), List.copyOf(rest.operators()));
    assertEquals(Set.of("nn.Conv2d"), all.modules().keySet());
    assertEquals(2, all.operators().size());

    SameKey mine = new SameKey();
    ConvRule rule = new ConvRule();
    DMRegistry replaced = all.without("nn.Conv2d").without(CONV).with(mine, rule);
    assertSame(mine, replaced.module("nn.Conv2d").orElseThrow());
    assertSame(rule, replaced.rule(CONV).orElseThrow());
    assertTrue(replaced.rule(GEMM).isPresent());
  }

  @Test
  void whatIsNotThereCannotBeTakenAway() {
    DMRegistry all = DMRegistry.of(new ConvRule(), new ConvModule(), new Magnitude());

    assertEquals(
        "there is no module or criterion \"nn.Linear\" to leave out; there are [l2, nn.Conv2d]",
        refusal(() -> all.without("nn.Linear")));
    assertEquals(
        "there is no rule of operator Gemm to leave out", refusal(() -> all.without(GEMM)));
  }

  @Test
  void strictnessStaysWithWhatIsMadeOfIt() {
    DMRegistry strict = DMRegistry.of(new ConvRule()).strict();

    assertTrue(strict.isStrict());
    assertTrue(strict.with(new Magnitude()).without(CONV).isStrict());
    assertFalse(DMRegistry.of(new ConvRule()).isStrict());
  }

  @Test
  void entriesThatDoNotSayWhatTheyAreFor() {
    ConvRule idle =
        new ConvRule() {
          @Override
          public Set<OpId> operators() {
            return Set.of();
          }
        };
    ConvModule nameless =
        new ConvModule() {
          @Override
          public String key() {
            return " ";
          }
        };
    ConvModule doubled =
        new ConvModule() {
          @Override
          public List<RuleOption> options() {
            return List.of(RuleOption.ratio("ratio"), RuleOption.divisor("ratio"));
          }
        };
    ConvModule throwing =
        new ConvModule() {
          @Override
          public String key() {
            throw new IllegalStateException("no key today");
          }
        };

    assertTrue(refusal(idle).endsWith(" names no operator that it types"));
    assertTrue(refusal(nameless).endsWith(" has an empty key"));
    assertTrue(refusal(doubled).endsWith(" has two options \"ratio\""));
    String thrown =
        String.valueOf(
            assertThrows(PluginException.class, () -> DMRegistry.of(throwing)).getMessage());
    assertTrue(
        thrown.endsWith(" failed on being registered: IllegalStateException: no key today"),
        thrown);
  }

  @Test
  void collectionsCannotBeChanged() {
    DMRegistry registry = DMRegistry.of(new ConvRule(), new ConvModule(), new Magnitude());

    assertThrows(UnsupportedOperationException.class, () -> registry.modules().clear());
    assertThrows(UnsupportedOperationException.class, () -> registry.criteria().clear());
    assertThrows(UnsupportedOperationException.class, () -> registry.operators().clear());
  }

  @Test
  void twoRulesOfOneOperator() {
    assertNames(
        refusal(new ConvRule(), new GreedyRule()),
        "operator Conv is claimed by",
        ConvRule.class,
        GreedyRule.class);
  }

  @Test
  void twoModulesOfOneKey() {
    assertNames(
        refusal(new ConvModule(), new SameKey()),
        "key \"nn.Conv2d\" is claimed by",
        ConvModule.class,
        SameKey.class);
  }

  @Test
  void twoCriteriaOfOneKey() {
    assertNames(
        refusal(new Magnitude(), new SameCriterion()),
        "criterion \"l2\" is claimed by",
        Magnitude.class,
        SameCriterion.class);
  }

  @Test
  void twoModulesThatClaimOneLayer() {
    DMRegistry registry = DMRegistry.of(new ConvModule(), new OtherKey());
    String message = refusal(() -> registry.module(new Named("layer1.conv1", "Conv")));

    assertNames(
        message, "layer layer1.conv1 (Conv) is claimed by", ConvModule.class, OtherKey.class);
  }

  @Test
  void whatPlaysNoRoleIsRefused() {
    assertEquals(
        "java.lang.String is no OperatorRule, DynamicModule, ImportanceCriterion or DataCriterion"
            + " and cannot be registered",
        refusal("Conv"));
  }

  /** A class path whose service files list the given classes. */
  private static URLClassLoader classPath(Path root, Class<?> role, String... lines)
      throws IOException {
    Path services = Files.createDirectories(root.resolve("META-INF/services"));
    Files.write(services.resolve(role.getName()), List.of(lines));
    return new URLClassLoader(
        new URL[] {root.toUri().toURL()}, DMRegistryTest.class.getClassLoader());
  }

  private static String discovery(Path root, Class<?> role, String... lines) throws IOException {
    try (URLClassLoader loader = classPath(root, role, lines)) {
      return refusal(() -> DMRegistry.discover(loader));
    }
  }

  @Test
  void discoversServices(@TempDir Path root) throws IOException {
    try (URLClassLoader loader =
        classPath(root, OperatorRule.class, "# built in", ConvRule.class.getName())) {
      assertEquals(ConvRule.class, DMRegistry.discover(loader).rule(CONV).orElseThrow().getClass());
    }
  }

  @Test
  void discoversNothingOnAnEmptyClassPath() {
    DMRegistry registry = DMRegistry.discover(DMRegistryTest.class.getClassLoader());

    assertTrue(registry.operators().isEmpty());
    assertTrue(registry.modules().isEmpty());
    assertTrue(registry.criteria().isEmpty());
  }

  @Test
  void discoveredClashesNameBoth(@TempDir Path root) throws IOException {
    assertNames(
        discovery(root, OperatorRule.class, ConvRule.class.getName(), GreedyRule.class.getName()),
        "operator Conv is claimed by",
        ConvRule.class,
        GreedyRule.class);
  }

  @Test
  void aServiceThatDoesNotExist(@TempDir Path root) throws IOException {
    String message = discovery(root, OperatorRule.class, "com.acme.Missing");
    assertTrue(message.startsWith("a plugin cannot be loaded: "), message);
    assertTrue(message.contains("com.acme.Missing"), message);
  }

  @Test
  void aServiceOfAnotherRole(@TempDir Path root) throws IOException {
    String message = discovery(root, DynamicModule.class, ConvRule.class.getName());
    assertTrue(message.contains(ConvRule.class.getName()), message);
  }

  @Test
  void aServiceThatCannotBeMade(@TempDir Path root) throws IOException {
    String message = discovery(root, OperatorRule.class, Broken.class.getName());
    assertTrue(message.contains(Broken.class.getName()), message);
  }

  @Test
  void aServiceThatNeedsWhatIsMissing(@TempDir Path root) throws IOException {
    compile(
        root,
        "Base",
        "package com.acme; public abstract class Base implements io.espalier.spi.OperatorRule {}");
    compile(
        root,
        "Heir",
        """
        package com.acme;
        public final class Heir extends Base {
          @Override public java.util.Set<io.espalier.spi.OpId> operators() {
            return java.util.Set.of();
          }
          @Override public void type(io.espalier.spi.Node node, io.espalier.spi.Typing typing) {}
        }
        """);
    Files.delete(root.resolve("com/acme/Base.class"));

    String message = discovery(root, OperatorRule.class, "com.acme.Heir");
    assertTrue(message.startsWith("a plugin cannot be loaded: com.acme.Heir in " + root), message);
    assertTrue(message.contains("NoClassDefFoundError: com/acme/Base; put what"), message);
  }

  @Test
  void aServiceWhoseConstructorNeedsWhatIsMissing(@TempDir Path root) throws IOException {
    compile(root, "Helper", "package com.acme; public final class Helper {}");
    compile(
        root,
        "User",
        """
        package com.acme;
        public final class User implements io.espalier.spi.OperatorRule {
          private final Object helper = new Helper();
          @Override public java.util.Set<io.espalier.spi.OpId> operators() {
            return java.util.Set.of();
          }
          @Override public void type(io.espalier.spi.Node node, io.espalier.spi.Typing typing) {}
        }
        """);
    Files.delete(root.resolve("com/acme/Helper.class"));

    String message = discovery(root, OperatorRule.class, "com.acme.User");
    assertTrue(message.contains("com.acme.User"), message);
    assertTrue(message.contains("NoClassDefFoundError: com/acme/Helper; put what"), message);
  }

  private static void compile(Path root, String name, String source) throws IOException {
    Path file = Files.writeString(root.resolve(name + ".java"), source);
    Path spi =
        Path.of(
            URI.create(
                OperatorRule.class.getProtectionDomain().getCodeSource().getLocation().toString()));
    String classPath = spi + File.pathSeparator + root;
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", classPath, "-d", root.toString(), file.toString()));
  }

  @Test
  void aServiceFileThatIsNoServiceFile(@TempDir Path root) throws IOException {
    String message = discovery(root, OperatorRule.class, "not a class name");
    assertTrue(message.startsWith("a plugin cannot be loaded: "), message);
  }

  @Test
  void ruleGivesWayInEitherOrder() {
    ConvRule conv = new ConvRule();
    ModestRule modest = new ModestRule();
    for (DMRegistry registry : List.of(DMRegistry.of(conv, modest), DMRegistry.of(modest, conv))) {
      assertSame(conv, registry.rule(CONV).orElseThrow());
      assertSame(modest, registry.rule(GEMM).orElseThrow());
    }
  }
}

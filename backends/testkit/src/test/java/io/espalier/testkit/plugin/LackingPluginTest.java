package io.espalier.testkit.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.rules.Rules;
import io.espalier.spi.OperatorRule;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A plugin whose own libraries are missing, or there in another version, is not said to be built
 * for another version of the SPI.
 */
class LackingPluginTest {
  private static final String HELP =
      "package com.lib; public final class Helper { public static void help() {} }";
  private static final String OTHER = "package com.lib; public final class Helper { }";
  private static final String ASKS = "com.lib.Helper.help(); " + FaultyPluginTest.TIES;

  @TempDir private Path folder = Path.of("");

  private Path plugin() throws IOException {
    return PluginJar.of(folder.resolve("plugin.jar"))
        .against("com.lib.Helper", HELP)
        .with("com.acme.ScaledRule", FaultyPluginTest.rule(ASKS), OperatorRule.class)
        .build();
  }

  private Path library(String source) throws IOException {
    return PluginJar.of(folder.resolve("library.jar")).with("com.lib.Helper", source).build();
  }

  private static String reason(Path... jars) throws IOException {
    try (URLClassLoader loader = PluginJar.loader(jars)) {
      return FaultyPluginTest.frozen(
              FaultyPluginTest.spaces(loader)
                  .generate(FaultyPluginTest.network(), Rules.everything()),
              "fc1.out_features")
          .reason();
    }
  }

  @Test
  void aClassThatIsNotThere() throws IOException {
    Path jar = plugin();
    assertEquals(
        "the rule com.acme.ScaledRule in "
            + jar
            + " failed on layer scale: a class that it needs is not on the class path; put the JAR"
            + " there that has it: NoClassDefFoundError: com/lib/Helper",
        reason(jar));
  }

  @Test
  void aClassThatIsThereInAnotherVersion() throws IOException {
    String reason = reason(plugin(), library(OTHER));
    assertTrue(
        reason.contains(
            "what it needs is on the class path in another version than it was built with:"
                + " NoSuchMethodError: "),
        reason);
    assertFalse(reason.contains("plugin SPI"), reason);
  }

  @Test
  void aClassThatIsThere() throws IOException {
    try (URLClassLoader loader = PluginJar.loader(plugin(), library(HELP))) {
      assertTrue(
          FaultyPluginTest.spaces(loader)
              .generate(FaultyPluginTest.network(), Rules.everything())
              .configurableHparams()
              .containsKey("fc1.out_features"));
    }
  }
}

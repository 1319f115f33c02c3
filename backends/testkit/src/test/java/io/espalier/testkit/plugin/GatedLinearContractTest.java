package io.espalier.testkit.plugin;

import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DMRegistry;
import io.espalier.testkit.PluginContract;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The plugin of examples/plugin-hello keeps the contract. */
class GatedLinearContractTest extends PluginContract {
  private static final Path EXAMPLE = Path.of("..", "..", "examples", "plugin-hello");

  @TempDir private static Path folder;
  private static URLClassLoader loader;

  @BeforeAll
  static void compile() throws IOException {
    Path plugin = folder.resolve("hello.jar");
    Path application = folder.resolve("app.jar");
    SourceJar.compile(EXAMPLE.resolve("src/main/java"), UnaryOperator.identity(), plugin);
    SourceJar.compile(EXAMPLE.resolve("app/src/main/java"), UnaryOperator.identity(), application);
    loader = PluginJar.loader(plugin, application);
  }

  @AfterAll
  static void close() throws IOException {
    loader.close();
  }

  @Override
  protected String key() {
    return "acme.GatedLinear";
  }

  @Override
  protected OnnxModel model() {
    try {
      return (OnnxModel)
          loader
              .loadClass("com.acme.app.GatedNetwork")
              .getMethod("build", long.class)
              .invoke(null, 17);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the example has no such network", e);
    }
  }

  @Override
  protected DMRegistry registry() {
    return DMRegistry.discover(loader);
  }
}

package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.acme.GatedLinear;
import com.acme.UntiedShift;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.OperatorRule;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a JAR in the folder of plugins is said with its name. */
class PluginFolderTest {
  @TempDir private Path dir = Path.of("");

  private Path plugins = Path.of("");
  private Path model = Path.of("");

  @BeforeEach
  void files() throws IOException {
    plugins = Files.createDirectory(dir.resolve("plugins"));
    model = Cli.save(shifted(), dir.resolve("m.onnx"));
  }

  /** Two linear layers with an operator of one's own between them. */
  private static OnnxModel shifted() {
    OnnxGraphBuilder body = new OnnxGraphBuilder("body", 17);
    body.output("y", body.node("Add", "sum", List.of("x", "bias")));
    OnnxGraphBuilder b = new OnnxGraphBuilder("shifted", 17).opset("com.acme", 1);
    b.function("com.acme:Shift", List.of("x", "bias"), body);
    String weight = b.weights("fc1.weight", 8, 32);
    String x = b.node("MatMul", "/fc1/MatMul", List.of(b.input("input", "N", 8), weight));
    x = b.node("com.acme:Shift", "/shift/Shift", List.of(x, b.random("shift.bias", 0, 1, 32)));
    weight = b.weights("fc2.weight", 32, 5);
    return b.output("output", b.node("MatMul", "/fc2/MatMul", List.of(x, weight)), "N", 5).build();
  }

  private Path gated(Map<Class<?>, Class<?>> services) throws IOException {
    return Jars.jar(plugins.resolve("gated.jar"), services, List.of(GatedLinear.class.getName()));
  }

  private String refusal() {
    Cli run = Cli.run("inspect", model, "--plugins", plugins);
    assertEquals(2, run.code(), run.err());
    return run.err().strip();
  }

  private static Path jar(Path file, String entry, String content) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out)) {
      jar.putNextEntry(new JarEntry(entry));
      jar.write(content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return file;
  }

  @Test
  void oneWithoutClasses() throws IOException {
    gated(Map.of(OperatorRule.class, GatedLinear.class));
    Path sources = jar(plugins.resolve("sources.jar"), "com/acme/GatedLinear.java", "class");
    assertEquals(
        "espalier: the plugin "
            + sources
            + " contributes nothing: there is no class in it; build it anew",
        refusal());
  }

  @Test
  void oneThatIsDamaged() throws IOException {
    gated(Map.of(OperatorRule.class, GatedLinear.class));
    Path damaged = Files.writeString(plugins.resolve("damaged.jar"), "no archive");
    String said = refusal();
    assertTrue(said.startsWith("espalier: the plugin " + damaged + " cannot be read: "), said);
    assertTrue(said.endsWith("; build it anew, or take it away"), said);
  }

  @Test
  void oneWhoseClassesAreNotRegistered() throws IOException {
    Path jar = gated(Map.of());
    assertEquals(
        "espalier: the plugin "
            + jar
            + " contributes nothing: com.acme.GatedLinear implements OperatorRule, but no file"
            + " in META-INF/services says so; annotate it with @AutoService, and let its processor"
            + " run in the build",
        refusal());
  }

  @Test
  void oneWithARoleThatDoesNotExist() throws IOException {
    String role = "io.espalier.spi.OperatorRules";
    Path jar = jar(plugins.resolve("a.jar"), "META-INF/services/" + role, "com.acme.GatedLinear");
    String said = refusal();
    assertTrue(
        said.startsWith(
            "espalier: the plugin "
                + jar
                + " registers classes as "
                + role
                + ", which is no role of a plugin; there are ["),
        said);
    assertTrue(said.contains(OperatorRule.class.getName() + "]"), said);
  }

  @Test
  void noneThatIsAPlugin() throws IOException {
    Jars.jar(plugins.resolve("library.jar"), Map.of(), List.of(Jars.class.getName()));
    assertTrue(
        refusal().contains(" registers a plugin: [library.jar] hold classes alone"), refusal());
  }

  @Test
  void aLibraryBesideAPlugin() throws IOException {
    gated(Map.of(OperatorRule.class, GatedLinear.class, DynamicModule.class, GatedLinear.class));
    Jars.jar(plugins.resolve("library.jar"), Map.of(), List.of(Jars.class.getName()));
    assertFalse(Cli.done("inspect", model, "--plugins", plugins).isEmpty());
  }

  /** The message is for the author of the rule, not for the user whose model it is. */
  @Test
  void oneThatCarvesWhatDoesNotRun() throws IOException {
    Jars.jar(
        plugins.resolve("shift.jar"),
        Map.of(OperatorRule.class, UntiedShift.class),
        List.of(UntiedShift.class.getName()));
    Path small = dir.resolve("small.onnx");
    Cli run = Cli.run("prune", model, "--macs", "0.5", "-o", small, "--plugins", plugins);
    assertEquals(2, run.code(), run.err());
    String said = run.err().strip();
    assertEquals(1, said.lines().count(), said);
    assertTrue(
        said.startsWith("espalier: com.acme.UntiedShift in ")
            && said.contains(
                " failed on node /shift/Shift (com.acme:Shift): ONNX Runtime refuses the network"
                    + " that was carved by what it says of this node, and runs the original: "),
        said);
    assertFalse(Files.exists(small));
  }
}

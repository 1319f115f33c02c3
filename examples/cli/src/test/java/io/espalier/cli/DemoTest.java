package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  @TempDir private Path dir = Path.of("");

  @Test
  void tellsTheStoryAndLeavesItsFiles() {
    String story = Cli.done("demo", "--dir", dir);
    assertTrue(story.contains("computes what the masked original does"), story);
    assertTrue(story.contains("latency"), story);
    for (String file : new String[] {"resnet.onnx", "small.onnx", "manifest.json"}) {
      assertTrue(Files.exists(dir.resolve(file)), file);
    }
    Cli.done(
        "verify",
        dir.resolve("resnet.onnx"),
        dir.resolve("small.onnx"),
        "--manifest",
        dir.resolve("manifest.json"));
  }
}

package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  private static final Pattern ACCURACY = Pattern.compile("accuracy +([\\d.]+)% +([\\d.]+)%");
  private static final Pattern MACS = Pattern.compile("MACs +[\\d,]+ +[\\d,]+ +([\\d.]+)");

  @TempDir private Path dir = Path.of("");

  /** With few digits and epochs, to be quick; the real demo does better. */
  @Test
  void tellsTheStoryAndLeavesItsFiles() {
    String story = Cli.done("demo", "--dir", dir, "--images", "600", "--epochs", "4");
    Matcher accuracy = ACCURACY.matcher(story);
    assertTrue(accuracy.find(), story);
    assertTrue(Double.parseDouble(accuracy.group(1)) > 60, story);
    assertTrue(Double.parseDouble(accuracy.group(2)) > 60, story);
    Matcher macs = MACS.matcher(story);
    assertTrue(macs.find(), story);
    assertTrue(Double.parseDouble(macs.group(1)) <= 0.5, story);
    assertTrue(story.contains("latency"), story);
    assertTrue(Files.exists(dir.resolve("digits.onnx")));
    Cli.done("inspect", dir.resolve("small.onnx"));
  }

  @Test
  void tooFewDigitsAreRefused() {
    Cli run = Cli.run("demo", "--dir", dir, "--images", "10");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("a demo with 10 digits and 5 epochs teaches nothing"), run.err());
  }
}

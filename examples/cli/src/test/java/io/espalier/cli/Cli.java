package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One run of the command line.
 *
 * @param code its exit code
 * @param out what it printed
 * @param err what it complained about
 */
record Cli(int code, String out, String err) {
  /** Runs a command; arguments are turned into text. */
  static Cli run(Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Arrays.stream(args).map(Object::toString).toArray(String[]::new));
    return new Cli(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Runs a command that must succeed, and gives what it printed. */
  static String done(Object... args) {
    Cli run = run(args);
    assertEquals("", run.err());
    assertEquals(0, run.code());
    return run.out();
  }

  /** Writes a model to a file. */
  static Path save(OnnxModel model, Path file) {
    new OnnxEdit(model).write(file);
    return file;
  }
}

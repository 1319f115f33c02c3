package io.espalier.cli;

import io.espalier.core.Manifest;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import io.espalier.onnx.verify.VerifyOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a carved model against the masked original. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    versionProvider = Espalier.Version.class,
    description = "Compares a carved model with the original under the masks of a manifest.")
final class Verify implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "ORIGINAL", description = "The original ONNX file.")
  private Path original = Path.of("");

  @Parameters(index = "1", paramLabel = "CARVED", description = "The ONNX file carved from it.")
  private Path carved = Path.of("");

  @Option(
      names = "--manifest",
      paramLabel = "M.json",
      required = true,
      description = "What was cut, as written when the model was carved.")
  private Path manifest = Path.of("");

  @Mixin private ModelOptions options = new ModelOptions();

  private final Terminal terminal;

  Verify(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Verification result;
    try (Progress progress = Progress.of(terminal, options.quiet(), 1)) {
      progress.step("comparing");
      result =
          Verifier.verify(
              OnnxModel.read(original),
              OnnxModel.read(carved),
              Manifest.read(manifest),
              VerifyOptions.defaults().withShapes(options.shapes()));
    }
    terminal.out().print(report(result));
    return result.passed() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /** The error of each output, and what it means. */
  static String report(Verification result) {
    Table table = new Table("output", "relative error");
    result.outputs().forEach(output -> table.row(output.name(), Numbers.error(output.error())));
    String line = System.lineSeparator();
    return table
        + (result.note().isEmpty() ? "" : result.note() + line)
        + (result.passed()
            ? "the carved network computes what the masked original does"
            : "THE CARVED NETWORK DIFFERS from the masked original")
        + ": worst error "
        + Numbers.error(result.worst())
        + ", allowed "
        + Numbers.error(result.tolerance())
        + line;
  }
}

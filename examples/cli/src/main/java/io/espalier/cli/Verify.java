package io.espalier.cli;

import io.espalier.core.values.Manifest;
import io.espalier.core.values.TracedModel;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verification.Verdict;
import io.espalier.onnx.verify.Verifier;
import io.espalier.onnx.verify.VerifyOptions;
import io.espalier.spi.EspalierException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a carved model against the masked original. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    versionProvider = Espalier.Version.class,
    description = "Compares a carved model with the original under the masks of a manifest.")
final class Verify implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "ORIGINAL",
      description = "The original ONNX file; with --block a .params file, or nothing.")
  private Path first = Path.of("");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CARVED",
      description = "The ONNX file carved from it.")
  private @Nullable Path second;

  @Option(
      names = "--block",
      paramLabel = "CLASS[#METHOD]",
      description = "The DJL Block that the ONNX file was carved from.")
  private @Nullable String block;

  @Spec private @Nullable CommandSpec command;

  @Option(
      names = "--manifest",
      paramLabel = "M.json",
      required = true,
      description = "What was cut, as written when the model was carved.")
  private Path manifest = Path.of("");

  @Option(
      names = "--custom-ops",
      paramLabel = "LIB",
      description = "A library of operators for ONNX Runtime; may be given several times.")
  private List<Path> customOperators = new ArrayList<>();

  @Mixin private ModelOptions options = new ModelOptions();

  private static final int MOST_CHANGED = 5;
  private static final String REMEDY =
      "; give inputs that tell, by --input NAME=@file.npy, NAME=value:0.5 or other sizes";

  private final Terminal terminal;

  Verify(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Verification result;
    try (Progress progress = Progress.of(terminal, options.quiet(), 1)) {
      progress.step("comparing");
      result = block == null ? verify(first, carved()) : verifyBlock(block);
    }
    terminal.out().print(report(result));
    return result.verdict() == Verdict.PROVED ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private Path carved() {
    if (second == null) {
      CommandSpec asked = Objects.requireNonNull(command, "set by picocli");
      throw new ParameterException(asked.commandLine(), "Missing required parameter: 'CARVED'");
    }
    return second;
  }

  /** The original is written as ONNX, too; the manifest speaks of that as well. */
  private Verification verifyBlock(String name) {
    Path carved = second == null ? first : second;
    if (!SourceOptions.isOnnx(carved)) {
      throw new EspalierException(
          carved + " cannot be verified; carve the block to an .onnx file, and verify that");
    }
    TracedModel original = options.openBlock(name, second == null ? null : first);
    try (TemporaryModel written = TemporaryModel.of(original)) {
      return verify(written.file(), carved);
    }
  }

  private Verification verify(Path original, Path carved) {
    GivenInputs given = options.given();
    return Verifier.verify(
        OnnxModel.read(original),
        OnnxModel.read(carved),
        Manifest.read(manifest),
        VerifyOptions.defaults()
            .withShapes(given.shapes())
            .withValues(given.values())
            .withCustomOperators(customOperators));
  }

  /** The error of each output, and what it means. */
  static String report(Verification result) {
    Table table = new Table("output", "relative error");
    result.outputs().forEach(output -> table.row(output.name(), Numbers.error(output.error())));
    String line = System.lineSeparator();
    StringBuilder text = new StringBuilder(table.toString());
    if (!result.note().isEmpty()) {
      text.append(result.note()).append(line);
    }
    result.changed().stream().limit(MOST_CHANGED).forEach(c -> text.append(c).append(line));
    if (result.changed().size() > MOST_CHANGED) {
      text.append(result.changed().size() - MOST_CHANGED).append(" more like these").append(line);
    }
    return text.append(verdict(result)).append(line).toString();
  }

  private static String verdict(Verification result) {
    String errors =
        ": worst error "
            + Numbers.error(result.worst())
            + ", allowed "
            + Numbers.error(result.tolerance());
    return switch (result.verdict()) {
      case PROVED ->
          !result.quantised().isEmpty()
              ? quantised(result, errors)
              : result.compensated().isEmpty()
                  ? "the carved network computes what the masked original does" + errors
                  : compensated(result.compensated().size(), errors);
      case DIFFERS ->
          (result.silent() ? "its outputs are inconclusive" + REMEDY + System.lineSeparator() : "")
              + "THE CARVED NETWORK DIFFERS from the masked original"
              + errors;
      case INCONCLUSIVE ->
          "inconclusive: nothing differs, but no output could tell a wrong cut from this one"
              + REMEDY;
    };
  }

  private static String compensated(int count, String errors) {
    return "with the original's values in its "
        + count
        + " compensated parameters, the carved network computes what the masked original does"
        + errors
        + System.lineSeparator()
        + "the compensated parameters hold the values that the manifest lists (SHA-256), all others"
        + " the original's to the byte";
  }

  private static String quantised(Verification result, String errors) {
    List<String> blind = new ArrayList<>(result.quantised());
    blind.retainAll(result.compensated());
    String line = System.lineSeparator();
    StringBuilder text = new StringBuilder();
    text.append("before it was quantised, ")
        .append(result.compensated().isEmpty() ? "" : "with the original's values, ")
        .append("the carved network computes what the masked original does")
        .append(errors)
        .append(line)
        .append("quantising it gives this file: its nodes, and all of its ")
        .append(result.quantised().size())
        .append(" weights in fewer bits");
    if (!blind.isEmpty()) {
      text.append(" but ")
          .append(blind.size())
          .append(
              " that were compensated before; these hold what the manifest lists (SHA-256), and"
                  + " what they were rounded from is not proved");
    }
    text.append(line).append("what rounding does to the outputs is not proved");
    if (result.rounding() > 0) {
      text.append(": here they move by ").append(Numbers.error(result.rounding()));
    }
    return text.append("; compare measures it on data").toString();
  }
}

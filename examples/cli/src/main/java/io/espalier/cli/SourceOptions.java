package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.Precision;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.EspalierException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Where a network comes from: a file, or a block of DJL with or without a file of parameters. */
final class SourceOptions {
  private static final String PARAMS = ".params";
  private static final String ONNX = ".onnx";

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MODEL",
      description = "An ONNX file; with --block a .params file, or nothing.")
  private @Nullable Path model;

  @Option(
      names = "--block",
      paramLabel = "CLASS[#METHOD]",
      description =
          "A DJL Block class, or a static method that makes one; --input gives its inputs, in"
              + " order.")
  private @Nullable String block;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  boolean isBlock() {
    return block != null;
  }

  /** The file that is read, if there is one. */
  @Nullable Path file() {
    return model;
  }

  /** What a message calls the network. */
  String name() {
    return block != null ? "block " + block : String.valueOf(model);
  }

  /**
   * Checks that the network can be written to a file of this name.
   *
   * @throws EspalierException if a file with this ending holds no such network
   */
  void checkOutput(Path output) {
    boolean params = hasEnding(output, PARAMS);
    if (block == null ? params : !params && !hasEnding(output, ONNX)) {
      throw new EspalierException(
          "cannot write "
              + output
              + ": "
              + (block == null
                  ? "an ONNX model has no .params file; name an .onnx file"
                  : "a block is written as an .onnx or a .params file; name one of these"));
    }
  }

  static boolean isOnnx(Path file) {
    return hasEnding(file, ONNX);
  }

  private static boolean hasEnding(Path file, String ending) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
  }

  /**
   * Opens the network.
   *
   * @param precision what weights are written as; null for what they are
   * @throws EspalierException and others of its kind if anything given cannot be used
   */
  SearchSpace generate(ModelOptions options, @Nullable Precision precision) {
    if (block != null) {
      TracedModel opened = open(options);
      return options.generate(precision == null ? opened : opened.writtenAs(precision));
    }
    return options.generate(given(), precision);
  }

  /** The block. */
  TracedModel open(ModelOptions options) {
    return options.openBlock(String.valueOf(block), model);
  }

  /** The file of the model. */
  Path given() {
    if (model == null) {
      throw missing("parameter: 'MODEL'");
    }
    if (hasEnding(model, PARAMS)) {
      throw new EspalierException(
          model
              + " holds parameters but no structure; say by --block CLASS which block they are of");
    }
    return model;
  }

  ParameterException missing(String what) {
    if (command == null) {
      throw new IllegalStateException("the options of no command were asked");
    }
    return new ParameterException(command.commandLine(), "Missing required " + what);
  }
}

package io.espalier.cli;

import io.espalier.core.Model;
import io.espalier.core.SearchSpace;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of every command that carves a smaller model from one. */
final class CarveOptions {
  @Parameters(paramLabel = "MODEL", description = "The model, such as an ONNX file.")
  private Path model = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      required = true,
      description = "The file to write the smaller model to.")
  private Path output = Path.of("");

  @Option(
      names = "--manifest",
      paramLabel = "M.json",
      description = "A file to write to what was cut, so that anyone can verify the result.")
  private @Nullable Path manifest;

  @Mixin private ModelOptions options = new ModelOptions();

  private @Nullable Path config;

  Path model() {
    return model;
  }

  Path output() {
    return output;
  }

  boolean quiet() {
    return options.quiet();
  }

  ModelOptions modelOptions() {
    return options;
  }

  /** Also writes the config to a file; null for none. */
  void alsoWriteConfig(@Nullable Path file) {
    config = file;
  }

  /**
   * Checks what will be written, before the work begins.
   *
   * @param inputs other files that the command reads
   */
  Outputs outputs(Path... inputs) {
    Path[] all = java.util.Arrays.copyOf(inputs, inputs.length + 1);
    all[inputs.length] = model;
    return new Outputs(all).with(manifest).with(config).with(output);
  }

  /** The search space of the model. */
  SearchSpace generate() {
    return options.generate(model);
  }

  /** Carves the active sub-network and writes all that was asked for; the model comes last. */
  void carve(SearchSpace space, Outputs outputs) {
    Model carved = space.export();
    outputs.write(manifest, file -> space.manifest().write(file));
    outputs.write(config, file -> space.config().write(file));
    outputs.write(output, carved::save);
  }

  /** {@code small.onnx: 274,246 parameters (0.714 of the original), ...}. */
  String summary(SearchSpace space, long originalParams, long originalMacs) {
    return output
        + ": "
        + Numbers.exact(space.params())
        + " parameters ("
        + Numbers.ratio(space.params(), originalParams)
        + " of the original), "
        + Numbers.exact(space.macs())
        + " MACs ("
        + Numbers.ratio(space.macs(), originalMacs)
        + ")";
  }
}

package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.data.InputSpec;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.Precision;
import io.espalier.core.values.Quantisation;
import io.espalier.core.values.StagedFiles;
import io.espalier.core.values.TracedModel;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.file.OnnxModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that carves a smaller model from one. */
final class CarveOptions {
  @Mixin private SourceOptions source = new SourceOptions();

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
  private final List<Other> others = new ArrayList<>();
  private Optional<String> notRun = Optional.empty();
  private final List<String> words = new ArrayList<>();
  private boolean timed;
  private @Nullable Precision precision;
  private Optional<String> inFewerBits = Optional.empty();

  /**
   * Another file that is written with the model.
   *
   * @param text what goes into it
   */
  private record Other(Path file, Supplier<String> text) {
    void write(Path to, StagedFiles files) throws IOException {
      byte[] bytes = text.get().getBytes(StandardCharsets.UTF_8);
      files.write(to, out -> out.write(bytes));
    }
  }

  SourceOptions source() {
    return source;
  }

  Path output() {
    return output;
  }

  boolean quiet() {
    return options.quiet();
  }

  /** Also writes the config to a file; null for none. */
  void alsoWriteConfig(@Nullable Path file) {
    config = file;
  }

  /**
   * Also writes a text to a file.
   *
   * @param text is asked for once the network is carved
   */
  void alsoWrite(Path file, Supplier<String> text) {
    others.add(new Other(file, text));
  }

  /** Also times the networks that are compared. */
  void alsoTime() {
    timed = true;
  }

  /** Writes weights in fewer bits; null for as they are. */
  void writeAs(@Nullable Precision fewerBits) {
    precision = fewerBits;
  }

  /**
   * Checks what will be written, before the work begins.
   *
   * @param inputs other files that the command reads
   */
  Outputs outputs(Path... inputs) {
    source.checkOutput(output);
    List<Path> all = new ArrayList<>(List.of(inputs));
    Path file = source.file();
    if (file != null) {
      all.add(file);
    }
    Outputs outputs = Outputs.beside(all).with(manifest).with(config);
    others.forEach(other -> outputs.with(other.file()));
    return outputs.with(output);
  }

  /** How the model is opened. */
  ModelOptions options() {
    return options;
  }

  /** The search space of the model. */
  SearchSpace generate() {
    return source.generate(options, precision);
  }

  /** Carves the active sub-network and writes all that was asked for. */
  void carve(SearchSpace space, Outputs outputs) {
    carve(space, space.export(), outputs);
  }

  /** As {@link #carve(SearchSpace, Outputs)}, with what was carved. */
  void carve(SearchSpace space, TracedModel carved, Outputs outputs) {
    write(space, carved, space.manifest(), outputs);
    if (precision == null) {
      StaysWhole.word(space, output).ifPresent(words::add);
    }
  }

  /** Writes all that was asked for; it appears together, once the carved model was seen to run. */
  void write(SearchSpace space, TracedModel carved, Outputs outputs) {
    write(space, carved, space.manifest(), outputs);
  }

  /**
   * As {@link #write(SearchSpace, TracedModel, Outputs)}, with a manifest of what was changed, too.
   */
  void write(SearchSpace space, TracedModel carved, Manifest changed, Outputs outputs) {
    Manifest written = changed;
    if (precision != null) {
      Quantisation quantisation = carved.quantisation();
      written = changed.withQuantised(quantisation.parameters());
      inFewerBits = Optional.of(QuantisedText.of(precision, quantisation));
    }
    outputs.write(manifest, written::write);
    outputs.write(config, (file, files) -> space.config().write(file, files));
    others.forEach(other -> outputs.write(other.file(), other::write));
    outputs.write(output, carved::save);
    if (space.model() instanceof OnnxNetwork original && carved instanceof OnnxNetwork) {
      OnnxModel file = OnnxModel.read(outputs.staged(output));
      notRun = TrialRun.of(original.model(), file, space, given(space));
    }
    outputs.commit();
    LargerFile.word(source.file(), output).ifPresent(words::add);
  }

  /** Words to the user on the file that was written, if there is something to say of it. */
  List<String> words() {
    return words;
  }

  /** A table of what the network cost before and after it was carved, as far as it is known. */
  String compare(SearchSpace space, BudgetResult costs) {
    return measured(space, precision == null ? costs : FileBytes.of(costs, source.given()))
        + LeftOut.line(space)
        + inFewerBits.map(text -> text + System.lineSeparator()).orElse("");
  }

  /** A budget of bytes, as a part of the file that there is, however little is written of it. */
  Budget ofWholeFile(Budget budget) {
    return precision == null ? budget : FileBytes.of(budget, source.given());
  }

  /** What to run with: what was given, else shapes that were found where the usual do not run. */
  GivenInputs given(SearchSpace space) {
    return options.given(space);
  }

  /** What data have to give the model. */
  List<InputSpec> inputs(SearchSpace space) {
    return options.inputs(space);
  }

  private String compare(BudgetResult costs, Path before, SearchSpace space) {
    return timed
        ? Comparison.timed(costs, before, output, given(space))
        : Comparison.of(costs, before, output);
  }

  private String measured(SearchSpace space, BudgetResult costs) {
    if (!source.isBlock()) {
      return compare(costs, source.given(), space);
    }
    if (!SourceOptions.isOnnx(output)) {
      return Comparison.of(costs);
    }
    try (TemporaryModel original = TemporaryModel.of(space.model())) {
      return compare(costs, original.file(), space);
    }
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
        + ")"
        + LeftOut.behind(space)
        + inFewerBits.map(text -> "; " + text).orElse("")
        + notRun.map(reason -> "; " + reason).orElse("");
  }
}

package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.OutputComparison;
import io.espalier.core.data.Samples;
import io.espalier.core.data.formats.LabelFile;
import io.espalier.onnx.carve.PositionMap;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.DataInputs;
import io.espalier.spi.EspalierException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says how far the outputs of two models are apart on data, and what both cost. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    versionProvider = Espalier.Version.class,
    description =
        "Says how far the outputs of two models are apart on real data, and what both cost.")
final class Compare implements Callable<Integer> {
  private static final int RANDOM_SAMPLES = 64;

  @Parameters(index = "0", paramLabel = "ORIGINAL", description = "An ONNX file.")
  private Path originalFile = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "SMALL",
      description = "An ONNX file with the same inputs and outputs.")
  private Path smallFile = Path.of("");

  @Option(
      names = "--labels",
      paramLabel = "PATH",
      description = "The class of each sample of the data: .npy, IDX or .gz of it, or one a line.")
  private @Nullable String labels;

  @Option(
      names = "--pooling",
      paramLabel = "KIND",
      description =
          "For encoders of text, how their tokens become one vector that is compared: mean, cls or"
              + " none.")
  private @Nullable String pooling;

  @Option(names = "--json", description = "Print JSON for other tools.")
  private boolean json;

  @Mixin private DataOptions data = new DataOptions();

  @Mixin private ModelOptions options = new ModelOptions();

  private final Terminal terminal;

  Compare(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    CompareReport report;
    try (Progress progress = Progress.of(terminal, options.quiet(), 4)) {
      progress.step("opening");
      OnnxModel original = OnnxModel.read(originalFile);
      OnnxModel small = OnnxModel.read(smallFile);
      List<InputSpec> inputs = DataInputs.of(original, options.shapes());
      requireSameInputs(inputs, DataInputs.of(small, options.shapes()));
      Samples samples = data.open(inputs, RANDOM_SAMPLES, options.loader());
      Findings findings = MappedTokens.beside(findings(samples), PositionMap.of(small));
      progress.step("comparing");
      try (OutputRuns runs = new OutputRuns(original, small, inputs, samples)) {
        int compared = runs.compare(data.chosen(samples), findings);
        progress.step("counting");
        SearchSpace before = options.generate(originalFile);
        SearchSpace after = options.generate(smallFile);
        progress.step("timing");
        report =
            new CompareReport(
                compared,
                findings,
                new CompareReport.Pair(before.macs(), after.macs()),
                new CompareReport.Pair(before.params(), after.params()),
                new CompareReport.Pair(original.byteSize(), small.byteSize()),
                Stopwatch.compareOn(runs.first(), original, small),
                pooling == null
                    ? Optional.empty()
                    : runs.first(CompareReport.MANY)
                        .map(many -> Stopwatch.compareOn(many, original, small)));
      }
    }
    if (json) {
      terminal.out().println(report.json());
    } else {
      terminal.out().print(report.text());
    }
    return ExitCode.OK;
  }

  private Findings findings(Samples samples) {
    if (pooling == null) {
      return new OutputFindings(
          new OutputComparison(samples::describe, readLabels(samples.count())));
    }
    if (labels != null) {
      throw new EspalierException(
          "--labels are of classes, and --pooling makes vectors; leave one of both out");
    }
    return TextFindings.of(pooling, samples.pairs());
  }

  private int[] readLabels(int samples) {
    if (labels == null) {
      return new int[0];
    }
    int[] read = LabelFile.read(labels);
    if (read.length != samples) {
      throw new EspalierException(
          labels
              + " holds "
              + read.length
              + " labels, and the data "
              + samples
              + " samples; give one label for each sample of the whole data");
    }
    return read;
  }

  private void requireSameInputs(List<InputSpec> original, List<InputSpec> small) {
    List<String> before = original.stream().map(Compare::nameAndType).sorted().toList();
    List<String> after = small.stream().map(Compare::nameAndType).sorted().toList();
    if (!before.equals(after)) {
      throw new EspalierException(
          originalFile
              + " reads "
              + before
              + ", and "
              + smallFile
              + " reads "
              + after
              + "; compare models with the same inputs");
    }
  }

  private static String nameAndType(InputSpec input) {
    return input.name() + ": " + input.type();
  }
}

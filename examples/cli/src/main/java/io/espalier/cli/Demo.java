package io.espalier.cli;

import io.espalier.core.EspalierException;
import io.espalier.core.Manifest;
import io.espalier.core.SearchSpace;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.BudgetSearch;
import io.espalier.core.search.Cost;
import io.espalier.onnx.build.ResNet;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells the whole story on a network of its own. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Espalier.Version.class,
    description = "Builds a small network, halves its MACs, proves the result and times both.")
final class Demo implements Callable<Integer> {
  private static final double HALF = 0.5;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where to leave the files; a new temporary folder if not given.")
  private @Nullable Path folder;

  @Mixin private ModelOptions options = new ModelOptions();

  private final Terminal terminal;

  Demo(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path dir = folder();
    Path model = dir.resolve("resnet.onnx");
    Path small = dir.resolve("small.onnx");
    Path manifest = dir.resolve("manifest.json");
    Outputs outputs = new Outputs().with(model).with(manifest).with(small);
    say("A residual network with random weights, as a trained one would be:");
    OnnxModel network =
        SampleNetworks.resnet(new ResNet(false, 32, List.of(2, 2, 2, 2), 100, 128, false));
    outputs.write(model, new OnnxEdit(network)::write);
    say("  " + model);

    SearchSpace space = options.generate(model);
    say(
        "Its layers depend on one another through "
            + space.namedHparams(true, true).size()
            + " choices; "
            + Numbers.rounded(space.size())
            + " smaller networks can be cut from it.");

    space.sortParameters();
    BudgetResult found = BudgetSearch.find(space, Budget.of(Cost.MACS, HALF));
    space.select(found.config());
    Manifest cut = space.manifest();
    outputs.write(manifest, cut::write);
    outputs.write(small, space.export()::save);
    say("The one that keeps its most important channels with half of the MACs:");
    say("  " + small);

    Verification proof = Verifier.verify(network, OnnxModel.read(small), cut);
    say("Masked instead of cut, the original must compute the same:");
    tell(Verify.report(proof));
    tell(Comparison.of(found, model, small, Map.of()));
    say("Now try it on a model of your own:");
    say("  espalier prune MODEL.onnx -o small.onnx --macs 0.5 --manifest manifest.json");
    say("  espalier verify MODEL.onnx small.onnx --manifest manifest.json");
    return proof.passed() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private Path folder() {
    Path given = folder;
    if (given != null) {
      if (!Files.isDirectory(given)) {
        throw new EspalierException("there is no folder " + given + "; create it first");
      }
      return given;
    }
    try {
      return Files.createTempDirectory("espalier-demo");
    } catch (IOException e) {
      throw new EspalierException(
          "there is no room for temporary files: " + e.getMessage() + "; give a folder with --dir",
          e);
    }
  }

  private void say(String line) {
    tell(line + System.lineSeparator());
  }

  private void tell(String text) {
    PrintStream out = terminal.out();
    if (!options.quiet()) {
      out.print(text);
      out.flush();
    }
  }
}

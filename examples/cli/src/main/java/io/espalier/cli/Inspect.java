package io.espalier.cli;

import io.espalier.core.SearchSpace;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the search space of a model. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    versionProvider = Espalier.Version.class,
    description = "Shows what can be chosen in a model, what it costs, and what is frozen and why.")
final class Inspect implements Callable<Integer> {
  @Mixin private SourceOptions source = new SourceOptions();

  @Option(names = "--json", description = "Print JSON for other tools.")
  private boolean json;

  @Mixin private ModelOptions options = new ModelOptions();

  private final Terminal terminal;

  Inspect(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    SearchSpace space;
    try (Progress progress = Progress.of(terminal, options.quiet(), 1)) {
      progress.step("tracing");
      space = source.generate(options);
    }
    if (json) {
      terminal.out().println(SpaceJson.of(space));
    } else {
      terminal.out().print(SpaceText.of(space));
    }
    return ExitCode.OK;
  }
}

package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.cost.CostHandlers;
import io.espalier.core.search.CostProfile;
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
    CostHandlers costs;
    try (Progress progress = Progress.of(terminal, options.quiet(), 1)) {
      progress.step("tracing");
      space = source.generate(options, null);
      costs = CostHandlers.discover(options.loader());
    }
    if (!options.severalCriteria().isEmpty()) {
      terminal.out().print(CriteriaText.of(space, options.severalCriteria()));
    } else if (json) {
      terminal.out().println(SpaceJson.of(space, CostProfile.of(space, costs)));
    } else {
      terminal.out().print(SpaceText.of(space, CostProfile.of(space, costs)));
    }
    return ExitCode.OK;
  }
}

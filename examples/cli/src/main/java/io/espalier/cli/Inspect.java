package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.cost.CostHandlers;
import io.espalier.core.data.Samples;
import io.espalier.core.search.CostProfile;
import io.espalier.core.search.CriterionTable;
import io.espalier.spi.EspalierException;
import java.util.List;
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
  private static final int USUAL = 512;

  @Mixin private SourceOptions source = new SourceOptions();

  @Option(names = "--json", description = "Print JSON for other tools.")
  private boolean json;

  @Mixin private ModelOptions options = new ModelOptions();

  @Mixin private DataOptions data = new DataOptions();

  private final Terminal terminal;

  Inspect(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    requireUseOfData();
    SearchSpace space;
    CostHandlers costs;
    try (Progress progress = Progress.of(terminal, options.quiet(), 1)) {
      progress.step("tracing");
      space = source.generate(options, null);
      costs = CostHandlers.discover(options.loader());
    }
    if (!options.severalCriteria().isEmpty()) {
      CriterionTable table = criteria(space);
      terminal.out().print(json ? CriteriaText.json(table) : CriteriaText.of(table));
    } else if (json) {
      terminal.out().println(SpaceJson.of(space, CostProfile.of(space, costs)));
    } else {
      terminal.out().print(SpaceText.of(space, CostProfile.of(space, costs)));
    }
    return ExitCode.OK;
  }

  private CriterionTable criteria(SearchSpace space) {
    List<String> criteria = options.severalCriteria();
    if (!data.given()) {
      return CriterionTable.of(space, criteria);
    }
    Samples samples = data.open(options.inputs(space), USUAL, options.loader());
    return CriterionTable.of(space, criteria, samples, data.chosen(samples, USUAL));
  }

  private void requireUseOfData() {
    data.requireNothingSaid();
    if (data.given() && options.severalCriteria().isEmpty()) {
      throw new EspalierException(
          "inspect reads data for criteria that rank by them; give several of these, as in"
              + " --importance l2,reconstruction, or leave --data out");
    }
  }
}

package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.BudgetSearch;
import io.espalier.core.search.Cost;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Carves the sub-network that keeps most under a budget. */
@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    versionProvider = Espalier.Version.class,
    description = "Carves the sub-network that keeps what matters most under a budget.")
final class Prune implements Callable<Integer> {
  @Mixin private CarveOptions carving = new CarveOptions();

  @ArgGroup(multiplicity = "1")
  private Fraction fraction = new Fraction();

  @Option(
      names = "--divisor",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "Widths from 64 on become multiples of it, others of 4, 2, 1 (default:"
              + " ${DEFAULT-VALUE}).")
  private int divisor;

  @Option(
      names = "--floor",
      paramLabel = "F",
      defaultValue = "0.125",
      description = "No width falls below this part of itself (default: ${DEFAULT-VALUE}).")
  private double floor;

  @Option(
      names = "--exact",
      description = "Keep widths that are normalised over, so that masks prove the result.")
  private boolean exact;

  @Option(
      names = "--partial-macs",
      description = "Budget the MACs that are known, where those of some nodes are not.")
  private boolean partialMacs;

  private final Terminal terminal;

  Prune(Terminal terminal) {
    this.terminal = terminal;
  }

  /** What the budget counts. */
  static final class Fraction {
    @Option(
        names = "--macs",
        paramLabel = "0.5",
        description = "How much of the multiply-accumulate operations may stay.")
    private @Nullable Double macs;

    @Option(
        names = "--params",
        paramLabel = "0.5",
        description = "How much of the parameters may stay.")
    private @Nullable Double params;

    Budget budget() {
      return macs != null
          ? Budget.of(Cost.MACS, macs)
          : Budget.of(Cost.PARAMS, params == null ? Double.NaN : params);
    }
  }

  @Override
  public Integer call() {
    Budget budget = fraction.budget().withDivisor(divisor).withFloor(floor).withExact(exact);
    Outputs outputs = carving.outputs();
    String table = "";
    try (Progress progress = Progress.of(terminal, carving.quiet(), 5)) {
      progress.step("tracing");
      SearchSpace space = carving.generate();
      if (budget.cost() == Cost.MACS && !partialMacs) {
        LeftOut.refuse(space);
      }
      progress.step("sorting");
      space.sortParameters();
      progress.step("searching");
      BudgetResult found = BudgetSearch.find(space, budget);
      space.select(found.config());
      progress.step("carving");
      carving.carve(space, outputs);
      if (!carving.quiet()) {
        progress.step("timing");
        table = carving.compare(space, found);
      }
    }
    carving.words().forEach(terminal.err()::println);
    terminal.out().print(table);
    return ExitCode.OK;
  }
}

package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Names;
import io.espalier.core.values.Config;
import io.espalier.spi.EspalierException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Carves the sub-network of a config. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    versionProvider = Espalier.Version.class,
    description = "Carves the sub-network that a config describes.")
final class Export implements Callable<Integer> {
  private static final int MOST_NAMED = 3;

  @Mixin private CarveOptions carving = new CarveOptions();

  @Option(
      names = "--config",
      paramLabel = "C.json",
      description =
          "The config: a choice for each hparam. A block may go without: all of it is written.")
  private @Nullable Path config;

  @Option(
      names = "--no-sort",
      description = "Keep the first units of each width instead of the most important ones.")
  private boolean unsorted;

  @Mixin private QuantizeOptions quantize = new QuantizeOptions();

  private final Terminal terminal;

  Export(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path file = config;
    if (file == null && !carving.source().isBlock()) {
      throw carving.source().missing("option: '--config=C.json'");
    }
    carving.writeAs(quantize.precision());
    Config chosen = file == null ? null : Config.read(file);
    String summary;
    try (Outputs outputs = file == null ? carving.outputs() : carving.outputs(file);
        Progress progress = Progress.of(terminal, carving.quiet(), 3)) {
      outputs.show(progress);
      progress.step("tracing");
      SearchSpace space = carving.generate();
      long params = space.params();
      long macs = space.macs();
      if (chosen == null) {
        carving.write(space, space.model(), outputs);
      } else {
        select(chosen, space, progress);
        carving.carve(space, outputs);
      }
      summary = carving.summary(space, params, macs);
    }
    carving.words().forEach(terminal.err()::println);
    if (!carving.quiet()) {
      terminal.out().println(summary);
    }
    return ExitCode.OK;
  }

  private void select(Config chosen, SearchSpace space, Progress progress) {
    checkNames(chosen, space);
    space.select(chosen);
    if (!unsorted) {
      progress.step("sorting");
      space.sortParameters();
    }
    progress.step("carving");
  }

  /** The config of another model would make an endless list; a few of its names tell as much. */
  private void checkNames(Config chosen, SearchSpace space) {
    Set<String> known = space.namedHparams().keySet();
    List<String> unknown =
        chosen.choices().keySet().stream().filter(name -> !known.contains(name)).toList();
    if (unknown.size() > MOST_NAMED) {
      throw new EspalierException(
          "config "
              + config
              + " does not fit "
              + carving.source().name()
              + ": "
              + unknown.size()
              + " of its "
              + chosen.choices().size()
              + " names are no hparams there, such as "
              + unknown.stream()
                  .limit(MOST_NAMED)
                  .map(Names::quote)
                  .collect(Collectors.joining(", "))
              + Names.nearest(unknown.get(0), known)
                  .map(nearest -> "; did you mean " + Names.quote(nearest) + "?")
                  .orElse("; is it the config of another model?"));
    }
  }
}

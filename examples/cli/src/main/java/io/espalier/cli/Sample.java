package io.espalier.cli;

import io.espalier.core.Hparam;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.search.ExactHparams;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Carves a random sub-network. */
@Command(
    name = "sample",
    mixinStandardHelpOptions = true,
    versionProvider = Espalier.Version.class,
    description = "Carves a random sub-network.")
final class Sample implements Callable<Integer> {
  @Mixin private CarveOptions carving = new CarveOptions();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "The same seed gives the same file (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--exact",
      description = "Keep depths and widths that are normalised over, so that masks prove it.")
  private boolean exact;

  @Option(
      names = "--config-out",
      paramLabel = "C.json",
      description = "A file to write the config to.")
  private @Nullable Path config;

  private final Terminal terminal;

  Sample(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    carving.alsoWriteConfig(config);
    String summary;
    try (Outputs outputs = carving.outputs();
        Progress progress = Progress.of(terminal, carving.quiet(), 2)) {
      outputs.show(progress);
      progress.step("tracing");
      SearchSpace space = carving.generate();
      long params = space.params();
      long macs = space.macs();
      space.sample(Samplers.random(new Random(seed)));
      if (exact) {
        for (String name : ExactHparams.of(space)) {
          Hparam hparam = space.hparam(name);
          hparam.setActive(hparam.original());
        }
      }
      progress.step("carving");
      carving.carve(space, outputs);
      summary = carving.summary(space, params, macs);
    }
    carving.words().forEach(terminal.err()::println);
    if (!carving.quiet()) {
      terminal.out().println(summary);
    }
    return ExitCode.OK;
  }
}

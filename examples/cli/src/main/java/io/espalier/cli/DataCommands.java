package io.espalier.cli;

import io.espalier.core.data.DataOption;
import io.espalier.core.data.DataSources;
import io.espalier.spi.EspalierException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Gives commands that read data the options that the sources of data declare. These are known only
 * once the plugins are, so that the folder of plugins is looked for ahead of the parser.
 */
final class DataCommands {
  private static final String PLUGINS = "--plugins";

  private DataCommands() {}

  /**
   * Completes the command that is called, if it reads data.
   *
   * @throws EspalierException if the plugins cannot be loaded
   */
  static void complete(CommandLine commands, String... args) {
    CommandLine called = args.length == 0 ? null : commands.getSubcommands().get(args[0]);
    if (called == null) {
      return;
    }
    for (CommandSpec mixin : called.getCommandSpec().mixins().values()) {
      if (mixin.userObject() instanceof DataOptions data) {
        ClassLoader loader =
            plugins(args).map(Plugins::loader).orElse(DataCommands.class.getClassLoader());
        List<DataOption> options = DataSources.discover(loader).options();
        data.add(options, called.getCommandSpec());
        return;
      }
    }
  }

  private static Optional<Path> plugins(String... args) {
    for (int i = 1; i < args.length; i++) {
      String folder =
          args[i].startsWith(PLUGINS + "=")
              ? args[i].substring(PLUGINS.length() + 1)
              : args[i].equals(PLUGINS) && i + 1 < args.length ? args[i + 1] : "";
      if (!folder.isEmpty()) {
        try {
          return Optional.of(Path.of(folder));
        } catch (InvalidPathException e) {
          throw new EspalierException(folder + " is no path of a folder; check it", e);
        }
      }
    }
    return Optional.empty();
  }
}

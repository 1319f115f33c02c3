package io.espalier.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command that all others stand under. */
@Command(
    name = "espalier",
    mixinStandardHelpOptions = true,
    versionProvider = Espalier.Version.class,
    description = "Cuts smaller networks from a trained one, and proves them.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done; 1 a network does not pass verification, or a bug;",
      "2 something given cannot be used, and the message says what to do."
    })
final class Espalier {
  /** The version that the JAR's manifest states. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Espalier.class.getPackage().getImplementationVersion();
      return new String[] {"espalier " + (version == null ? "(not packaged)" : version)};
    }
  }
}

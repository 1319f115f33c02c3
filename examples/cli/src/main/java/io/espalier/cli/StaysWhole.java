package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.search.Obstacles;
import io.espalier.core.values.Manifest;
import java.nio.file.Path;
import java.util.Optional;

/** A network that nothing was cut from is nothing to pass over in silence. */
final class StaysWhole {
  private StaysWhole() {}

  /** Why what was written is all of the network; empty where something was cut. */
  static Optional<String> word(SearchSpace space, Path written) {
    Manifest manifest = space.manifest();
    if (!manifest.parameters().isEmpty() || !manifest.skipped().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        written
            + " holds all of "
            + space.model().description()
            + ": nothing was cut"
            + (space.isConfigurable()
                ? ", as every width and depth is chosen whole"
                : ", as nothing in it can be chosen"
                    + Obstacles.in(space, "inspect lists its widths")));
  }
}

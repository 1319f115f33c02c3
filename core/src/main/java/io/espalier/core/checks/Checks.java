package io.espalier.core.checks;

import io.espalier.spi.DMRegistry;
import java.util.List;

/**
 * What must hold after one stage.
 *
 * @param all the checks, in the order they are run; a later one may rely on the earlier ones
 */
record Checks<T>(List<Check<T>> all) {
  Checks {
    all = List.copyOf(all);
  }

  /**
   * Runs them all.
   *
   * @param stage how a message calls what was made
   * @param made what was made
   * @param registry knows who wrote the rule of a node
   * @throws CheckException at the first thing that does not hold
   */
  void run(String stage, T made, DMRegistry registry) {
    for (Check<T> check : all) {
      check.search().in(made, new Faults(stage, check.name(), registry));
    }
  }
}

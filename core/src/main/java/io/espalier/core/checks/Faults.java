package io.espalier.core.checks;

import io.espalier.spi.DMRegistry;
import io.espalier.trace.GraphNode;

/** Makes the exceptions of one check, so that all read alike. */
final class Faults {
  private final String stage;
  private final String check;
  private final DMRegistry registry;

  Faults(String stage, String check, DMRegistry registry) {
    this.stage = stage;
    this.check = check;
    this.registry = registry;
  }

  /** A fault at a node, which the author of the node's rule is to hear of. */
  CheckException at(GraphNode node, String what) {
    String author =
        registry.rule(node.op()).map(rule -> ", to the author of " + rule.getClass()).orElse("");
    return exception("node " + node.label(), what, author);
  }

  /** A fault at something else. */
  CheckException at(String where, String what) {
    return exception(where, what, "");
  }

  private CheckException exception(String where, String what, String author) {
    return new CheckException(
        check,
        "in the "
            + stage
            + ", "
            + where
            + " "
            + what
            + ", but "
            + check
            + "; please report this, with the model's architecture"
            + author);
  }
}

package io.espalier.core;

import io.espalier.spi.DMRegistry;
import io.espalier.spi.OperatorRule;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.Reason;
import io.espalier.trace.Solver;
import io.espalier.trace.SymMap;
import io.espalier.trace.Tensor;
import io.espalier.trace.TrialSizes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Types a carved network anew, by the rules the original was typed by, and compares every extent
 * with the layouts. A wrongly sliced network passes checkers and session creation, and fails only
 * when it is run.
 */
final class Proof implements Prover {
  private final Cut cut;
  private final DMRegistry registry;
  private final TrialSizes sizes;

  Proof(Cut cut, DMRegistry registry, TrialSizes sizes) {
    this.cut = cut;
    this.registry = registry;
    this.sizes = sizes;
  }

  @Override
  public void prove(Graph carved) {
    SymMap after = new Solver(registry).solve(carved, sizes);
    SymMap before = cut.map();
    Map<String, Tensor> tensors = new HashMap<>();
    before.graph().tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    for (GraphNode node : carved.nodes()) {
      for (int output : node.outputs()) {
        Tensor original = output < 0 ? null : tensors.get(carved.tensor(output).name());
        if (original != null) {
          compare(node, before.tensor(original.id()), after, output);
        }
      }
    }
  }

  private void compare(GraphNode node, @Nullable List<Layout> before, SymMap after, int output) {
    if (before == null) {
      return;
    }
    List<Long> expected = before.stream().map(cut::extent).toList();
    List<Layout> layouts = after.tensor(output);
    List<Long> found = layouts == null ? null : layouts.stream().map(Layout::extent).toList();
    if (!expected.equals(found)) {
      throw new IllegalStateException(
          "in the carved network, node "
              + node.label()
              + " computes tensor \""
              + after.graph().tensor(output).name()
              + "\" with shape "
              + (found == null
                  ? "unknown (" + after.unknown(output).map(Reason::toString).orElse("") + ")"
                  : found)
              + " where "
              + expected
              + " was meant; please report this, with the model's architecture, to the author of "
              + registry.rule(node.op()).<Object>map(OperatorRule::getClass).orElse(node.op()));
    }
  }
}

package io.espalier.core;

import io.espalier.core.values.Cut;
import io.espalier.core.values.Prover;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.OperatorRule;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.Reason;
import io.espalier.trace.Solver;
import io.espalier.trace.SymMap;
import io.espalier.trace.Tensor;
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

  Proof(Cut cut, DMRegistry registry) {
    this.cut = cut;
    this.registry = registry;
  }

  @Override
  public void prove(Graph carved) {
    SymMap after = new Solver(registry).solve(carved, cut.map().trials());
    SymMap before = cut.map();
    Map<String, Tensor> tensors = new HashMap<>();
    before.graph().tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    for (GraphNode node : carved.nodes()) {
      if (isAlias(carved, node)) {
        continue;
      }
      for (int output : node.outputs()) {
        Tensor original = output < 0 ? null : tensors.get(carved.tensor(output).name());
        if (original != null) {
          compare(node, before.tensor(original.id()), after, output);
        }
      }
      Tensor first =
          node.outputs().get(0) < 0
              ? null
              : tensors.get(carved.tensor(node.outputs().get(0)).name());
      if (first != null && first.producer() >= 0 && !cut.skips(first.producer())) {
        compareInputs(node, before.graph().nodes().get(first.producer()), after);
      }
    }
  }

  /** Whether a node gives a constant another name: what counts is how its readers use it. */
  private static boolean isAlias(Graph graph, GraphNode node) {
    int output = node.outputs().get(0);
    return output >= 0 && graph.constant(output) != null && !graph.outputs().contains(output);
  }

  /** What a node reads: a parameter of another length than its data does not show in any output. */
  private void compareInputs(GraphNode node, GraphNode original, SymMap after) {
    for (int i = 0; i < Math.min(node.inputs().size(), original.inputs().size()); i++) {
      if (node.inputs().get(i) < 0 || original.inputs().get(i) < 0) {
        continue;
      }
      List<Layout> before = cut.map().input(original.index(), i);
      List<Layout> found = after.input(node.index(), i);
      if (before == null || found == null) {
        continue;
      }
      List<Long> expected = before.stream().map(cut::extent).toList();
      if (!expected.equals(found.stream().map(Layout::extent).toList())) {
        throw new IllegalStateException(
            "in the carved network, node "
                + node.label()
                + " reads input "
                + i
                + " with shape "
                + found
                + " where "
                + expected
                + " was meant; please report this with the model's architecture");
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

package io.espalier.core.checks;

import io.espalier.core.values.Cut;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.Reason;
import io.espalier.trace.SymMap;
import io.espalier.trace.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of a carved network that was solved anew: it is what its cut says. One that was
 * sliced wrongly passes checkers and session creation, and fails only when it is run.
 */
public final class CarvedChecks {
  static final Checks<Carved> ALL =
      new Checks<>(
          List.of(
              new Check<>("a carved network is fed and read as before", CarvedChecks::ends),
              new Check<>("a node computes the shape that is meant", CarvedChecks::computed),
              new Check<>("a node reads the shapes that are meant", CarvedChecks::read)));

  private CarvedChecks() {}

  /**
   * What is checked.
   *
   * @param cut what it was carved by
   * @param after the carved network
   */
  record Carved(Cut cut, SymMap after) {
    /** The tensor of the original that an output stands for; null if it is new, or left out. */
    @Nullable Tensor original(int output) {
      return output < 0 ? null : cut.map().graph().tensor(after.graph().tensor(output).name());
    }

    /** Whether axes are what those of the original are to have become. */
    boolean isMeant(List<Layout> found, List<Layout> before) {
      boolean meant = found.size() == before.size();
      for (int i = 0; meant && i < found.size(); i++) {
        meant = found.get(i).extent() == cut.extent(before.get(i));
      }
      return meant;
    }

    /** What an axis is to have become. */
    List<Long> meant(List<Layout> axes) {
      return axes.stream().map(cut::extent).toList();
    }

    private static List<Long> extents(List<Layout> axes) {
      return axes.stream().map(Layout::extent).toList();
    }
  }

  /**
   * Runs them.
   *
   * @param cut what the network was carved by
   * @param after the carved network, solved
   * @throws CheckException at the first thing that does not hold
   */
  public static void check(Cut cut, SymMap after, DMRegistry registry) {
    ALL.run("carved network", new Carved(cut, after), registry);
  }

  private static void ends(Carved made, Faults faults) {
    Graph before = made.cut().map().graph();
    Graph after = made.after().graph();
    List<String> fed = names(before, before.inputs());
    List<String> read = names(before, before.outputs());
    if (!names(after, after.inputs()).equals(fed) || !names(after, after.outputs()).equals(read)) {
      throw faults.at(
          "inputs and outputs",
          "are "
              + names(after, after.inputs())
              + " and "
              + names(after, after.outputs())
              + " where "
              + fed
              + " and "
              + read
              + " were meant");
    }
  }

  private static List<String> names(Graph graph, List<Integer> tensors) {
    return tensors.stream().map(id -> graph.tensor(id).name()).toList();
  }

  private static void computed(Carved made, Faults faults) {
    SymMap after = made.after();
    for (GraphNode node : after.graph().nodes()) {
      for (int output : node.outputs()) {
        Tensor original = isAlias(made, node) ? null : made.original(output);
        List<Layout> before = original == null ? null : made.cut().map().tensor(original.id());
        if (before != null) {
          compare(made, node, output, before, faults);
        }
      }
    }
  }

  private static void compare(
      Carved made, GraphNode node, int output, List<Layout> before, Faults faults) {
    List<Layout> axes = made.after().tensor(output);
    if (axes == null || !made.isMeant(axes, before)) {
      throw faults.at(
          node,
          "computes tensor \""
              + made.after().graph().tensor(output).name()
              + "\" with shape "
              + (axes == null
                  ? "unknown ("
                      + made.after().unknown(output).map(Reason::toString).orElse("")
                      + ")"
                  : Carved.extents(axes))
              + " where "
              + made.meant(before)
              + " was meant");
    }
  }

  /** A parameter of another length than its data does not show in any output. */
  private static void read(Carved made, Faults faults) {
    SymMap after = made.after();
    for (GraphNode node : after.graph().nodes()) {
      Tensor first = isAlias(made, node) ? null : made.original(node.outputs().get(0));
      if (first != null && first.producer() >= 0 && !made.cut().skips(first.producer())) {
        compareInputs(made, node, made.cut().map().graph().nodes().get(first.producer()), faults);
      }
    }
  }

  private static void compareInputs(
      Carved made, GraphNode node, GraphNode original, Faults faults) {
    for (int i = 0; i < Math.min(node.inputs().size(), original.inputs().size()); i++) {
      if (node.inputs().get(i) < 0 || original.inputs().get(i) < 0) {
        continue;
      }
      List<Layout> before = read(made, original, i);
      List<Layout> axes = made.after().input(node.index(), i);
      if (before == null || axes == null) {
        continue;
      }
      if (!made.isMeant(axes, before)) {
        throw faults.at(
            node,
            "reads input "
                + i
                + " with shape "
                + Carved.extents(axes)
                + " where "
                + made.meant(before)
                + " was meant");
      }
    }
  }

  /** The axes of an input; those of positions are the ones that these lie along. */
  private static @Nullable List<Layout> read(Carved made, GraphNode node, int input) {
    List<Layout> own = made.cut().map().input(node.index(), input);
    for (NodeFacts.Positions positions : made.cut().map().facts(node.index()).positions()) {
      if (own != null && positions.input() == input) {
        List<Layout> places = new ArrayList<>(positions.places());
        places.addAll(own.subList(places.size(), own.size()));
        return places;
      }
    }
    return own;
  }

  /** Whether a node gives a constant another name: what counts is how its readers use it. */
  private static boolean isAlias(Carved made, GraphNode node) {
    Graph graph = made.after().graph();
    int output = node.outputs().isEmpty() ? -1 : node.outputs().get(0);
    return node.outputs().isEmpty()
        || (output >= 0 && graph.constant(output) != null && !graph.outputs().contains(output));
  }
}

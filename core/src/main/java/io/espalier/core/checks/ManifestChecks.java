package io.espalier.core.checks;

import io.espalier.core.values.Cut;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.CutNormalised;
import io.espalier.core.values.Manifest.CutParameter;
import io.espalier.core.values.Manifest.Skipped;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.Tensor;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** What must hold of a manifest, which anyone is to be able to check a carved network by. */
public final class ManifestChecks {
  static final Checks<Listed> ALL =
      new Checks<>(
          List.of(
              new Check<>("an edge is one of the network's", ManifestChecks::edges),
              new Check<>("an edge carries the parameter it names", ManifestChecks::parameters),
              new Check<>("an edge has the shape it names", ManifestChecks::shapes),
              new Check<>("what is kept is a part of an axis, ascending", ManifestChecks::parts),
              new Check<>("an axis of an edge is listed once", ManifestChecks::repeated),
              new Check<>("only what can be multiplied is masked", ManifestChecks::masks),
              new Check<>("a position leads to what stays, its own if that does", MappedCheck::run),
              new Check<>(
                  "what reads a block that goes reads what stays", ManifestChecks::skipped)));

  private ManifestChecks() {}

  /**
   * Runs them.
   *
   * @param cut what is kept of the network
   * @param manifest what is listed of it
   * @throws CheckException at the first thing that does not hold
   */
  public static void check(Cut cut, Manifest manifest, DMRegistry registry) {
    ALL.run("manifest", new Listed(cut, manifest), registry);
  }

  private static void edges(Listed made, Faults faults) {
    for (CutParameter edge : made.manifest().parameters()) {
      edge(made, edge.node(), edge.output(), edge.input(), faults);
    }
    for (CutNormalised norm : made.manifest().normalised()) {
      edge(made, norm.node(), norm.output(), norm.input(), faults);
    }
  }

  private static void edge(Listed made, String name, String output, int input, Faults faults) {
    GraphNode node = made.node(output);
    if (node == null || !node.name().equals(name) || made.cut().skips(node.index())) {
      throw faults.at("edge " + output + "#" + input, "enters no node \"" + name + "\" that stays");
    }
    if (input < 0 || input >= node.inputs().size() || node.inputs().get(input) < 0) {
      throw faults.at(node, "has no input " + input);
    }
  }

  private static void parameters(Listed made, Faults faults) {
    for (CutParameter edge : made.manifest().parameters()) {
      Tensor tensor = tensor(made, edge);
      String stored = made.graph().tensor(made.graph().root(tensor.id())).name();
      if (!tensor.parameter() || !stored.equals(edge.initializer())) {
        throw faults.at(label(edge), "names " + edge.initializer() + " and carries " + stored);
      }
    }
  }

  private static void shapes(Listed made, Faults faults) {
    for (CutParameter edge : made.manifest().parameters()) {
      List<Long> shape =
          made.axes(edge.output(), edge.input()).stream().map(Layout::extent).toList();
      if (!shape.equals(edge.shape())) {
        throw faults.at(label(edge), "is listed as " + edge.shape() + " and is " + shape);
      }
    }
  }

  private static void parts(Listed made, Faults faults) {
    // edges share the lists of what is kept along one axis, so that each is looked into once
    IdentityHashMap<List<Integer>, Layout> known = new IdentityHashMap<>();
    for (CutParameter edge : made.manifest().parameters()) {
      if (edge.keep().isEmpty()) {
        throw faults.at(label(edge), "is listed and not cut");
      }
      List<Layout> axes = made.axes(edge.output(), edge.input());
      edge.keep().forEach((axis, keep) -> part(made, label(edge), axes, axis, keep, known, faults));
    }
    for (CutNormalised norm : made.manifest().normalised()) {
      String where = "edge " + norm.output() + "#" + norm.input();
      part(
          made,
          where,
          made.axes(norm.output(), norm.input()),
          norm.axis(),
          norm.keep(),
          known,
          faults);
    }
  }

  private static void part(
      Listed made,
      String where,
      List<Layout> axes,
      int axis,
      List<Integer> keep,
      IdentityHashMap<List<Integer>, Layout> known,
      Faults faults) {
    if (axis < 0 || axis >= axes.size()) {
      throw faults.at(where, "has no axis " + axis);
    }
    if (known.put(keep, axes.get(axis)) == axes.get(axis)) {
      return;
    }
    long extent = axes.get(axis).extent();
    long meant = made.cut().extent(axes.get(axis));
    int before = -1;
    for (int index : keep) {
      if (index <= before || index >= extent) {
        throw faults.at(where, "keeps " + index + " behind " + before + " of " + extent);
      }
      before = index;
    }
    if (keep.isEmpty() || keep.size() >= extent || keep.size() != meant) {
      throw faults.at(
          where, "keeps " + keep.size() + " of " + extent + " where " + meant + " are meant");
    }
  }

  private static void repeated(Listed made, Faults faults) {
    Set<List<Object>> listed = new HashSet<>();
    for (CutParameter edge : made.manifest().parameters()) {
      for (int axis : edge.keep().keySet()) {
        if (!listed.add(List.of(edge.output(), edge.input(), axis))) {
          throw faults.at(label(edge), "is listed twice for axis " + axis);
        }
      }
    }
    Set<List<Object>> norms = new HashSet<>();
    for (CutNormalised norm : made.manifest().normalised()) {
      if (!norms.add(List.of(norm.output(), norm.input(), norm.axis()))) {
        throw faults.at("norm " + norm.output(), "is listed twice for axis " + norm.axis());
      }
    }
  }

  private static void masks(Listed made, Faults faults) {
    Graph graph = made.graph();
    for (CutParameter edge : made.manifest().parameters()) {
      if (!edge.mask()) {
        continue;
      }
      Tensor tensor = tensor(made, edge);
      GraphNode node = node(made, edge);
      boolean refused = made.cut().map().facts(node.index()).unmaskable().contains(edge.input());
      if (graph.integral(tensor.id()) || refused) {
        throw faults.at(node, "is to be masked at input " + edge.input());
      }
    }
  }

  private static void skipped(Listed made, Faults faults) {
    for (Skipped block : made.manifest().skipped()) {
      Tensor by = made.graph().tensor(block.by());
      GraphNode last = made.node(block.from());
      if (last == null
          || !made.cut().skips(last.index())
          || by == null
          || (by.producer() >= 0 && made.cut().skips(by.producer()))) {
        throw faults.at("block of " + block.from(), "is replaced by " + block.by());
      }
    }
  }

  private static GraphNode node(Listed made, CutParameter edge) {
    GraphNode node = made.node(edge.output());
    if (node == null) {
      throw new IllegalArgumentException(label(edge));
    }
    return node;
  }

  private static Tensor tensor(Listed made, CutParameter edge) {
    return made.graph().tensor(node(made, edge).inputs().get(edge.input()));
  }

  private static String label(CutParameter edge) {
    return "edge " + edge.output() + "#" + edge.input();
  }
}

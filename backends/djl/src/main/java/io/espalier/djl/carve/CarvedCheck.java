package io.espalier.djl.carve;

import ai.djl.nn.Parameter;
import io.espalier.core.values.Cut;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.djl.trace.values.Settings;
import io.espalier.spi.EspalierException;
import io.espalier.trace.Constant;
import io.espalier.trace.Dim;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares a carved block, traced anew, with what the cut says: the same operators on the same
 * inputs, every shape as the layouts have it, every number and constant as it was or as a rule
 * says. This finds the widths that a block holds where nobody said so, in a lambda for instance.
 */
public final class CarvedCheck {
  private final TracedBlock original;
  private final TracedBlock carved;
  private final Cut cut;

  /** For each tensor of the original that is left, the one of the carved block. */
  private final Map<Integer, Integer> partners = new HashMap<>();

  private CarvedCheck(TracedBlock original, TracedBlock carved, Cut cut) {
    this.original = original;
    this.carved = carved;
    this.cut = cut;
  }

  /**
   * Compares them.
   *
   * @throws EspalierException if they differ; the message names the block and the operator
   */
  public static void check(TracedBlock original, TracedBlock carved, Cut cut) {
    new CarvedCheck(original, carved, cut).check();
  }

  private void check() {
    Graph before = original.graph();
    Graph after = carved.graph();
    for (int i = 0; i < before.inputs().size(); i++) {
      partners.put(before.inputs().get(i), after.inputs().get(i));
    }
    BitSet gone = GoneNodes.of(before, cut);
    List<GraphNode> expected =
        before.nodes().stream().filter(node -> !gone.get(node.index())).toList();
    for (int i = 0; i < expected.size(); i++) {
      GraphNode node = expected.get(i);
      if (i >= after.nodes().size()) {
        throw differs(node, "is missing");
      }
      compare(node, after.nodes().get(i));
    }
    if (after.nodes().size() > expected.size()) {
      GraphNode more = after.nodes().get(expected.size());
      throw new EspalierException(
          "the carved block computes " + more.label() + ", which the original does not");
    }
    for (int i = 0; i < before.outputs().size(); i++) {
      int output = cut.source(before.outputs().get(i));
      if (!after.outputs().get(i).equals(partners.get(output))) {
        throw new EspalierException(
            "output " + i + " of the carved block is not what it is in the original");
      }
    }
  }

  private void compare(GraphNode node, GraphNode other) {
    if (!node.op().equals(other.op())) {
      String reason = other.attributes().text("reason", "");
      throw differs(node, reason.isEmpty() ? "is " + other.op() + " now" : reason);
    }
    attributes(node, other);
    if (node.inputs().size() != other.inputs().size()) {
      throw differs(node, "has " + other.inputs().size() + " inputs now");
    }
    for (int i = 0; i < node.inputs().size(); i++) {
      input(node, other, i);
    }
    if (cut.map().facts(node.index()).positions().stream().anyMatch(cut::recounts)) {
      throw differs(node, "picks by positions that its code spells as numbers");
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      int tensor = node.outputs().get(i);
      if (tensor >= 0) {
        partners.put(tensor, other.outputs().get(i));
        shape(node, "computes", cut.map().tensor(tensor), lengths(other.outputs().get(i)));
      }
    }
  }

  private void attributes(GraphNode node, GraphNode other) {
    NodeCut smaller = new NodeCut(node, cut);
    Map<String, Object> before = ((Settings) node.attributes()).values();
    Map<String, Object> after = ((Settings) other.attributes()).values();
    if (!before.keySet().equals(after.keySet())) {
      throw differs(node, "has attributes " + after.keySet() + " now");
    }
    before.forEach(
        (name, value) -> {
          boolean numbers =
              value instanceof Long
                  || (value instanceof List<?> list
                      && list.stream().allMatch(Long.class::isInstance));
          Object meant = numbers ? text(smaller.numbers(name)) : value.toString();
          Object found = numbers ? text(NodeCut.numbers(other, name)) : "" + after.get(name);
          if (!meant.equals(found)) {
            throw differs(node, "has " + name + " " + found + " where " + meant + " was meant");
          }
        });
  }

  private static String text(long[] numbers) {
    return numbers.length == 1 ? Long.toString(numbers[0]) : Arrays.toString(numbers);
  }

  private void input(GraphNode node, GraphNode other, int input) {
    int tensor = node.inputs().get(input);
    int found = other.inputs().get(input);
    if (tensor < 0 || found < 0) {
      if (tensor != found) {
        throw differs(node, "has other inputs now");
      }
      return;
    }
    int source = cut.source(tensor);
    Tensor before = original.graph().tensor(source);
    if (before.constant() == null) {
      if (!Integer.valueOf(found).equals(partners.get(source))) {
        throw differs(node, "reads " + carved.graph().tensor(found).name() + " now");
      }
      return;
    }
    Constant constant = carved.graph().constant(found);
    if (constant == null) {
      throw differs(node, "reads a computed array where a constant was meant");
    }
    Parameter parameter = original.parameter(source).orElse(null);
    if (parameter != null) {
      if (carved.parameter(found).isEmpty() || carved.parameter(found).get() == parameter) {
        throw differs(
            node,
            "reads parameter \""
                + parameter.getName()
                + "\" of the original, from where no copy"
                + " reached it");
      }
      shape(node, "reads", cut.map().input(node.index(), input), constant.dims());
    } else {
      constant(node, input, before.constant(), constant);
    }
  }

  private void constant(GraphNode node, int input, Constant before, Constant after) {
    List<Layout> layouts = cut.map().input(node.index(), input);
    List<int @Nullable []> kept = new ArrayList<>();
    boolean whole = true;
    for (int axis = 0; axis < before.dims().length; axis++) {
      int[] indices = layouts == null ? null : cut.kept(layouts.get(axis));
      kept.add(indices);
      whole &= indices == null;
    }
    if (!whole) {
      shape(node, "reads a constant", layouts, after.dims());
    } else if (!Arrays.equals(before.dims(), after.dims())) {
      throw differs(node, "reads a constant of shape " + Arrays.toString(after.dims()));
    }
    if (before.integer()) {
      long[] meant = before.longs().clone();
      for (NodeFacts.ElementTarget target : cut.map().facts(node.index()).elements()) {
        if (target.input() == input) {
          long value = target.value().value(cut.widths());
          meant[target.index()] = value == target.value().value() ? meant[target.index()] : value;
        }
      }
      if (whole && !Arrays.equals(meant, after.longs())) {
        throw differs(
            node, "reads " + text(after.longs()) + " where " + text(meant) + " was meant");
      }
    } else if (!same(before, after, kept)) {
      throw differs(node, "reads another constant, which is computed from a width");
    }
  }

  private static boolean same(Constant before, Constant after, List<int @Nullable []> kept) {
    FloatBuffer a = before.floats();
    FloatBuffer b = after.floats();
    long[] dims = before.dims();
    long[] small = after.dims();
    int[] at = new int[dims.length];
    for (int i = 0; i < b.limit(); i++) {
      int from = 0;
      for (int axis = 0; axis < dims.length; axis++) {
        int[] indices = kept.get(axis);
        from =
            Math.toIntExact(from * dims[axis] + (indices == null ? at[axis] : indices[at[axis]]));
      }
      if (Float.compare(a.get(from), b.get(i)) != 0) {
        return false;
      }
      for (int axis = dims.length - 1; axis >= 0 && ++at[axis] == small[axis]; axis--) {
        at[axis] = 0;
      }
    }
    return true;
  }

  private long @Nullable [] lengths(int tensor) {
    List<Dim> dims = carved.graph().tensor(tensor).declared();
    return dims == null
        ? null
        : dims.stream().mapToLong(dim -> dim.isOpen() ? -1 : dim.size()).toArray();
  }

  private void shape(
      GraphNode node, String what, @Nullable List<Layout> layouts, long @Nullable [] found) {
    if (layouts == null || found == null) {
      return;
    }
    long[] meant = layouts.stream().mapToLong(cut::extent).toArray();
    for (int axis = 0; axis < Math.max(meant.length, found.length); axis++) {
      if (meant.length != found.length || (found[axis] >= 0 && found[axis] != meant[axis])) {
        throw differs(
            node,
            what
                + " an array of shape "
                + Arrays.toString(found)
                + " where "
                + Arrays.toString(meant)
                + " was meant");
      }
    }
  }

  private EspalierException differs(GraphNode node, String how) {
    String path = original.path(node.index());
    String type =
        original.owner(node.index()).map(block -> block.getClass().getName()).orElse("a lambda");
    return new EspalierException(
        node.label()
            + " of block "
            + (path.isEmpty() ? "" : "\"" + path + "\" ")
            + "("
            + type
            + ") "
            + how);
  }
}

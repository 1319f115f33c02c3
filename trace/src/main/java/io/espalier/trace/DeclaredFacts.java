package io.espalier.trace;

import io.espalier.spi.Axis;
import io.espalier.spi.Linear;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks that what a rule declared of its node beside types is there. A rule that is wrong about it
 * fails as one that throws does: it freezes its node alone, and is named.
 */
final class DeclaredFacts {
  private final Pass pass;
  private final GraphNode node;
  private final NodeTyping typing;

  private DeclaredFacts(Pass pass, GraphNode node, NodeTyping typing) {
    this.pass = pass;
    this.node = node;
    this.typing = typing;
  }

  /**
   * Checks them all.
   *
   * @throws IllegalArgumentException at the first that is not there
   */
  static void check(Pass pass, GraphNode node, NodeTyping typing) {
    DeclaredFacts facts = new DeclaredFacts(pass, node, typing);
    typing.attributes.forEach(facts::check);
    typing.elements.forEach(facts::check);
    typing.linear.forEach(facts::check);
    facts.input("rectifies", typing.rectified);
    facts.input("selects from", typing.selected);
    NodeFacts.Affine affine = typing.affine;
    if (affine != null) {
      facts.input("adds", affine.shift());
      affine.inputs().forEach(input -> facts.input("sums", input));
    }
    // of inputs that may be left out a rule need not know whether they are
    for (List<Integer> said : List.of(typing.unmaskable, typing.statistics, typing.optional)) {
      for (int input : said) {
        if (input < 0) {
          throw missing("has something to tell of input " + input);
        }
      }
    }
  }

  private void check(NodeFacts.AttributeTarget target) {
    Optional<long[]> list =
        target.index() < 0 ? Optional.empty() : node.attributes().numbers(target.name());
    if (target.index() < -1 || (list.isPresent() && target.index() >= list.get().length)) {
      throw missing("rewrites element " + target.index() + " of attribute " + target.name());
    }
  }

  private void check(NodeFacts.ElementTarget target) {
    // the next input may be left out: it is added when elements of it are rewritten
    boolean replaced = typing.replaced.containsKey(target.input());
    long size = Long.MAX_VALUE;
    List<? extends Axis> axes = axes(target.input());
    if (axes != null && !replaced) {
      size = 1;
      for (Axis axis : axes) {
        size *= axis.extent();
      }
    }
    boolean known = target.input() >= 0 && target.input() <= node.inputs().size();
    if (!(known || replaced) || target.index() < 0 || target.index() >= size) {
      throw missing("rewrites element " + target.index() + " of input " + target.input());
    }
  }

  private void check(Linear form) {
    List<Term> output = typing.outputAxes(0);
    boolean there =
        has(form.data(), form.dataAxis())
            && has(form.weight(), form.contracted())
            && has(form.weight(), form.produced())
            && (form.bias() < 0 || axes(form.bias()) != null)
            && (output == null || form.outputAxis() < output.size());
    if (!there) {
      throw missing("has a product of axes, " + form);
    }
  }

  /** An input that is there, or -1 for none. */
  private void input(String does, int input) {
    if (input != -1 && axes(input) == null) {
      throw missing(does + " input " + input);
    }
  }

  private boolean has(int input, int axis) {
    List<? extends Axis> axes = axes(input);
    return axes != null && axis < axes.size();
  }

  private @Nullable List<? extends Axis> axes(int input) {
    return input < 0 || input >= node.inputs().size() || node.inputs().get(input) < 0
        ? null
        : pass.inputAxes(node.index(), input);
  }

  private static IllegalArgumentException missing(String what) {
    return new IllegalArgumentException("it says that the node " + what + ", which is not there");
  }
}

package io.espalier.trace;

import io.espalier.spi.Axis;
import io.espalier.spi.Element;
import io.espalier.spi.Ints;
import io.espalier.spi.Linear;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/** Records what a rule says of one node. */
final class NodeTyping implements Typing {
  private final Pass pass;
  private final GraphNode node;
  private final Unifier unifier;
  private final @Nullable List<Term>[] outputs;
  private final @Nullable Ints[] outputInts;
  private @Nullable Reason unknownReason;

  final List<NodeFacts.AttributeTarget> attributes = new ArrayList<>();
  final List<NodeFacts.ElementTarget> elements = new ArrayList<>();
  final List<PositionTerms> positions = new ArrayList<>(0);
  final List<IndexedTerms> indexed = new ArrayList<>(0);
  final Map<Integer, String> replaced = new LinkedHashMap<>();
  final List<Integer> optional = new ArrayList<>(0);
  final List<List<Term>> macs = new ArrayList<>();
  final List<NodeFacts.Normalised> normalised = new ArrayList<>();
  final List<Integer> unmaskable = new ArrayList<>(0);
  final List<Integer> statistics = new ArrayList<>(0);
  final List<Linear> linear = new ArrayList<>(0);
  final List<GroupWidths.Pair> groups = new ArrayList<>(0);
  NodeFacts.@Nullable Affine affine;
  int rectified = -1;
  int selected = -1;

  /** Positions that a constant input holds, before the network is solved. */
  record PositionTerms(int input, List<Term> places, List<Term> along) {}

  /** Positions along an axis of a parameter that are data, before the network is solved. */
  record IndexedTerms(int input, int table, int axis, Term rows) {}

  @SuppressWarnings({"unchecked", "rawtypes"})
  NodeTyping(Pass pass, GraphNode node, Unifier unifier) {
    this.pass = pass;
    this.node = node;
    this.unifier = unifier;
    this.outputs = new List[node.outputs().size()];
    this.outputInts = new Ints[node.outputs().size()];
  }

  @Nullable List<Term> outputAxes(int index) {
    return outputs[index];
  }

  @Nullable Ints outputInts(int index) {
    return outputInts[index];
  }

  /** Whether the node was refused. */
  boolean gaveUp() {
    return unknownReason != null;
  }

  Reason unknownReason() {
    return unknownReason != null
        ? unknownReason
        : unifier.reason("the shape of its output is not known");
  }

  private static Term term(Axis axis) {
    return Unifier.find((Term) axis);
  }

  private static List<Term> terms(List<Axis> axes) {
    Term[] terms = new Term[axes.size()];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = term(axes.get(i));
    }
    return List.of(terms);
  }

  private static List<Axis> axes(List<Term> terms) {
    return List.copyOf(terms);
  }

  @Override
  public Axis symbol(long n) {
    return unifier.symbol(n);
  }

  @Override
  public Axis window(long n, long least) {
    return least >= n ? fixed(n) : unifier.window(n, least);
  }

  @Override
  public Axis fixed(long n) {
    boolean open = pass.readsOpenAxes(node);
    return new Term.Fixed(
        n,
        unifier.reason(n > 1 ? "its " + n + " elements here follow from no width" : Unifier.ALONE),
        false,
        open);
  }

  @Override
  public Axis concat(List<Axis> parts) {
    return Term.concat(terms(parts));
  }

  @Override
  public Axis product(List<Axis> factors) {
    return Term.product(terms(factors));
  }

  @Override
  public List<Axis> split(Axis axis, long... sizes) {
    require(
        Arrays.stream(sizes).sum() == axis.extent(),
        "pieces of " + Arrays.toString(sizes),
        axis.extent());
    require(
        Arrays.stream(sizes).allMatch(size -> size > 0),
        "pieces of " + Arrays.toString(sizes),
        axis.extent());
    return axes(unifier.split((Term) axis, sizes));
  }

  @Override
  public List<Axis> factor(Axis axis, long... extents) {
    require(
        product(extents) == axis.extent(), "factors of " + Arrays.toString(extents), axis.extent());
    return axes(unifier.factor((Term) axis, extents));
  }

  @Override
  public List<Axis> reshape(List<Axis> from, long... to) {
    long before = from.stream().mapToLong(Axis::extent).reduce(1, Math::multiplyExact);
    require(product(to) == before, "a shape of " + Arrays.toString(to), before);
    return axes(unifier.reshape(terms(from), to));
  }

  private static long product(long[] extents) {
    return Arrays.stream(extents).reduce(1, Math::multiplyExact);
  }

  private static void require(boolean holds, String what, long extent) {
    if (!holds) {
      throw new IllegalArgumentException(what + " cannot be made of " + extent + " elements");
    }
  }

  @Override
  public void unify(Axis a, Axis b) {
    unifier.unify((Term) a, (Term) b);
  }

  @Override
  public void grouped(Axis count, Axis within) {
    if (within.extent() > 1) {
      groups.add(
          new GroupWidths.Pair(
              term(count),
              term(within),
              pass.opensGroups(node),
              unifier.reason(
                  "grouped channels stay or go by whole groups of "
                      + within.extent()
                      + "; a rule that gives "
                      + Layout.GROUP_WIDTH
                      + "_ratio opens the width inside them"),
              unifier.reason(
                  "positions inside its groups are groups of another convolution, as a shuffle"
                      + " between them does")));
    }
  }

  @Override
  public List<Axis> broadcast(List<List<Axis>> shapes) {
    return axes(unifier.broadcast(shapes.stream().map(NodeTyping::terms).toList()));
  }

  @Override
  public void freeze(Axis axis, String reason) {
    if (!(term(axis) instanceof Term.Fixed)) {
      unifier.freeze((Term) axis, unifier.reason(reason), pass.readsOpenAxes(node));
    }
  }

  @Override
  public void normalised(Axis axis, int input) {
    List<? extends Axis> inputAxes = pass.inputAxes(node.index(), input);
    int found = -1;
    for (int i = 0; inputAxes != null && i < inputAxes.size(); i++) {
      if (term(inputAxes.get(i)).equals(term(axis))) {
        if (found >= 0) {
          freeze(axis, "the node normalises over one of two axes that shrink together");
          return;
        }
        found = i;
      }
    }
    if (found < 0) {
      throw new IllegalArgumentException(
          "the axis declared as normalised is none of input " + input);
    }
    normalised.add(new NodeFacts.Normalised(input, found));
  }

  /**
   * Fixes every axis that the node normalises over. What is made of parameters alone is cut where
   * it meets data, and was computed over all of it. Products are a layer at work on a state that is
   * a constant; they sum over what is kept.
   */
  void fixNormalised(String why) {
    if (!macs.isEmpty()) {
      return;
    }
    for (NodeFacts.Normalised over : normalised) {
      List<? extends Axis> inputAxes = pass.inputAxes(node.index(), over.input());
      if (inputAxes != null) {
        unifier.freeze((Term) inputAxes.get(over.axis()), unifier.reason(why));
      }
    }
    normalised.clear();
  }

  @Override
  public void unmaskable(int input) {
    unmaskable.add(input);
  }

  @Override
  public void statistic(int input) {
    statistics.add(input);
  }

  @Override
  public void role(Axis axis, String role) {
    if (term(axis) instanceof Term.Sym sym && sym.role == null) {
      sym.role = role;
    }
  }

  @Override
  public Element number(long value) {
    return new Expression.Literal(value);
  }

  @Override
  public Element extentOf(Axis axis) {
    return new Expression.Extent(axis);
  }

  @Override
  public Element compute(LongBinaryOperator function, Element x, Element y) {
    return new Expression.Computed(function, x, y);
  }

  @Override
  public void output(int index, List<Axis> axes) {
    outputs[index] = terms(axes);
    outputInts[index] = null;
  }

  @Override
  public void output(int index, Ints ints) {
    List<Axis> axes = new ArrayList<>();
    for (int extent : ints.shape()) {
      axes.add(new Term.Fixed(extent, unifier.reason("integers computed with here"), false, false));
    }
    outputs[index] = terms(axes);
    outputInts[index] = ints;
  }

  /** The elements of an output whose axes the rule gave. */
  void known(int index, Ints ints) {
    List<Term> axes = outputs[index];
    if (axes != null && unknownReason == null && axes.size() == ints.shape().size()) {
      outputInts[index] = ints;
    }
  }

  @Override
  public void attribute(String name, int index, Element element) {
    attributes.add(new NodeFacts.AttributeTarget(name, index, (Expression) element));
  }

  @Override
  public void element(int input, int index, Element element) {
    elements.add(new NodeFacts.ElementTarget(input, index, (Expression) element));
  }

  @Override
  public boolean positions(int input, List<Axis> places, List<Axis> along) {
    List<? extends Axis> own = pass.inputAxes(node.index(), input);
    Ints values = pass.ints(node.inputs().get(input));
    if (own == null
        || values == null
        || own.stream().anyMatch(axis -> Pass.isOpen((Term) axis))
        || values.elements().stream().anyMatch(e -> ((Expression) e).uses(axis -> true))) {
      return false;
    }
    int columns = own.size() - places.size();
    if (columns < 0 || columns > 1 || (columns == 0 && along.size() != 1)) {
      throw new IllegalArgumentException("the positions do not have the axes of input " + input);
    }
    for (int i = 0; i < places.size(); i++) {
      if (!(term(own.get(i)) instanceof Term.Fixed)) {
        unify(own.get(i), places.get(i));
      }
    }
    positions.add(new PositionTerms(input, terms(places), terms(along)));
    return true;
  }

  @Override
  public boolean indexes(int input, int table, int axis) {
    List<? extends Axis> own = pass.inputAxes(node.index(), table);
    if (own == null || axis < 0 || axis >= own.size()) {
      throw new IllegalArgumentException("input " + table + " has no axis " + axis);
    }
    if (!pass.isData(node, input)) {
      return false;
    }
    Term rows = term(own.get(axis));
    if (!pass.holdsSlices(node, table, rows)) {
      freeze(
          rows,
          "elements are picked from it by index, and of what is not stored as it is read, or not as"
              + " several floating-point numbers each, none can stand for another");
    }
    indexed.add(new IndexedTerms(input, table, axis, rows));
    return true;
  }

  @Override
  public void replaces(int input, String attribute) {
    replaced.put(input, attribute);
  }

  @Override
  public void optional(int input) {
    optional.add(input);
  }

  @Override
  public void macs(Axis... factors) {
    macs.add(terms(List.of(factors)));
  }

  @Override
  public void linear(Linear form) {
    linear.add(form);
  }

  @Override
  public void affine(int shift, int... inputs) {
    affine = new NodeFacts.Affine(shift, Arrays.stream(inputs).boxed().toList());
  }

  @Override
  public void rectifies(int input) {
    rectified = input;
  }

  @Override
  public void selects(int input) {
    selected = input;
  }

  @Override
  public void unsupported(String reason) {
    giveUp(unifier.reason(reason));
  }

  /** Freezes every input; outputs are as the model declares them, or unknown. */
  void giveUp(Reason reason) {
    attributes.clear();
    elements.clear();
    positions.clear();
    indexed.clear();
    replaced.clear();
    optional.clear();
    macs.clear();
    normalised.clear();
    linear.clear();
    groups.clear();
    affine = null;
    rectified = -1;
    selected = -1;
    unknownReason = reason;
    for (int i = 0; i < node.inputs().size(); i++) {
      List<? extends Axis> inputAxes =
          node.inputs().get(i) < 0 ? null : pass.inputAxes(node.index(), i);
      if (inputAxes != null) {
        inputAxes.forEach(axis -> unifier.freeze((Term) axis, reason));
      }
    }
    for (int i = 0; i < outputs.length; i++) {
      int output = node.outputs().get(i);
      outputInts[i] = null;
      outputs[i] = output < 0 ? null : pass.declaredAxes(node, output, reason);
    }
  }

  /** Checks that every output was typed, and that what was declared is there. */
  void check() {
    for (int i = 0; i < outputs.length; i++) {
      if (node.outputs().get(i) >= 0 && outputs[i] == null && unknownReason == null) {
        throw new IllegalStateException("it gave no axes to output " + i);
      }
    }
    DeclaredFacts.check(pass, node, this);
  }

  /**
   * Where an integer computed from widths enters an operator as data, its value has to stay what it
   * was: carving pins it, unless the rule said what it becomes.
   */
  void pinFollowedIntegers(NodeView view) {
    List<Value> inputs = view.inputs();
    for (int i = 0; i < inputs.size(); i++) {
      int input = i;
      Ints ints = inputs.get(i).ints().orElse(null);
      for (int at = 0; ints != null && at < ints.size(); at++) {
        int index = at;
        Element element = ints.elements().get(at);
        boolean declared =
            elements.stream().anyMatch(e -> e.input() == input && e.index() == index);
        if (!declared && !(element instanceof Expression.Literal)) {
          element(i, at, number(element.value()));
        }
      }
    }
  }
}

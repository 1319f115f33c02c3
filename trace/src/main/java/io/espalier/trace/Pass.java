package io.espalier.trace;

import io.espalier.spi.Axis;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.Element;
import io.espalier.spi.Ints;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.PluginException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Types every node of a graph once, at one set of trial sizes. */
final class Pass implements AxisSource {
  private static final int MOST_INTEGERS = 4096;

  /**
   * Operators whose integers are data, whatever their rank: quantised weights, biases, zero points.
   */
  private static final Set<OpId> QUANTISED =
      Set.of(
          OpId.of("DequantizeLinear"),
          OpId.of("QuantizeLinear"),
          OpId.of("ConvInteger"),
          OpId.of("MatMulInteger"),
          OpId.of("QLinearConv"),
          OpId.of("QLinearMatMul"));

  /** Whose axes may be widths all the same, since exporters stretch indices to those of data. */
  private static final OpId EXPAND = OpId.of("Expand");

  private final Graph graph;
  private final DMRegistry registry;
  private final Map<Integer, long[]> sizes;
  private final Map<Place, String> frozen;
  private final Map<String, long[]> shapes;
  private final Set<Integer> opened;
  private final Set<String> missing = new LinkedHashSet<>();
  private boolean misfit;
  private final Unifier unifier = new Unifier();
  private final @Nullable List<Term>[] axes;
  private final @Nullable Ints[] ints;

  /** The bits of floating-point numbers that are computed of sizes. */
  private final @Nullable Ints[] reals;

  private final @Nullable Reason[] unknown;
  private final @Nullable List<Term>[][] uses;
  private final @Nullable NodeTyping[] typings;
  private final IdentityHashMap<Constant, List<Term>> singles = new IdentityHashMap<>();
  private final Map<String, Term.Fixed> openSizes = new HashMap<>();
  private final Set<String> ambiguous = new HashSet<>();

  /**
   * An axis of a tensor, or of one use of a constant, that is to be frozen as soon as it appears.
   */
  record Place(int node, int input, int tensor, int axis) {}

  @SuppressWarnings({"unchecked", "rawtypes"})
  Pass(
      Graph graph,
      DMRegistry registry,
      Map<Integer, long[]> sizes,
      Map<Place, String> frozen,
      Map<String, long[]> shapes,
      Set<Integer> opened) {
    this.graph = graph;
    this.registry = registry;
    this.sizes = sizes;
    this.frozen = frozen;
    this.shapes = shapes;
    this.opened = opened;
    int tensors = graph.tensors().size();
    this.axes = new List[tensors];
    this.ints = new Ints[tensors];
    this.reals = new Ints[tensors];
    this.unknown = new Reason[tensors];
    this.uses = new List[graph.nodes().size()][];
    this.typings = new NodeTyping[graph.nodes().size()];
  }

  void run() {
    graph.inputs().forEach(this::typeInput);
    for (GraphNode node : graph.nodes()) {
      unifier.explain(text -> new Reason(node.label(), node.op().toString(), text));
      type(node);
    }
    for (int output : graph.outputs()) {
      finish(output);
    }
    List<GroupWidths.Pair> pairs = new ArrayList<>();
    for (NodeTyping typing : typings) {
      if (typing != null) {
        pairs.addAll(typing.groups);
      }
    }
    GroupWidths widths = new GroupWidths(pairs, unifier);
    widths.settle();
    new SharedMatrices(graph, unifier, uses).tie();
    widths.settle();
    new IndexedRows(graph, this, unifier).settle();
  }

  private void typeInput(int id) {
    Tensor tensor = graph.tensor(id);
    Reason reason = new Reason(tensor.name(), "", "graph input '" + tensor.name() + "' fixes it");
    long[] lengths = sizes.get(id);
    if (lengths == null) {
      unknown[id] =
          new Reason(
              tensor.name(),
              "",
              "the model does not say the shape of its input '"
                  + tensor.name()
                  + "'; give it with --input "
                  + tensor.name()
                  + "=...");
      return;
    }
    List<Dim> dims = tensor.declared();
    List<Term> terms = new ArrayList<>(lengths.length);
    for (int i = 0; i < lengths.length; i++) {
      boolean open = dims == null || dims.get(i).isOpen();
      terms.add(new Term.Fixed(lengths[i], reason, i == 0 && lengths.length > 1, open));
    }
    axes[id] = List.copyOf(terms);
    for (int i = 0; dims != null && i < lengths.length; i++) {
      if (dims.get(i).isOpen() && !dims.get(i).name().isEmpty()) {
        Term.Fixed size = (Term.Fixed) terms.get(i);
        Term.Fixed before = openSizes.putIfAbsent(dims.get(i).name(), size);
        if (before != null && before.extent() != size.extent()) {
          ambiguous.add(dims.get(i).name());
        }
      }
    }
  }

  /**
   * The axes of an output that no rule types: as the model declares them, else as a run gave them;
   * null where neither tells. Open dimensions that have the name of one of an input have its
   * length, if that is a name.
   */
  @Nullable List<Term> declaredAxes(GraphNode node, int tensor, Reason reason) {
    List<Term> declared = declaredAxes(tensor, reason);
    if (declared != null) {
      return declared;
    }
    String name = graph.tensor(tensor).name();
    long[] shape = shapes.get(name);
    if (shape == null) {
      if (firstUnknown(node) == null) {
        missing.add(name);
      }
      return null;
    }
    boolean dynamic = readsOpenAxes(node);
    List<Term> axes = new ArrayList<>(shape.length);
    for (int i = 0; i < shape.length; i++) {
      boolean batch = i == 0 && shape.length > 1 && shape[i] == batchSize();
      axes.add(new Term.Fixed(shape[i], reason, batch, dynamic));
    }
    return axes;
  }

  private @Nullable List<Term> declaredAxes(int tensor, Reason reason) {
    List<Dim> dims = graph.tensor(tensor).declared();
    List<Term> declared = new ArrayList<>();
    for (int i = 0; dims != null && i < dims.size(); i++) {
      Dim dim = dims.get(i);
      boolean known = dim.isNamed() && !ambiguous.contains(dim.name());
      Term.Fixed open = known ? openSizes.get(dim.name()) : null;
      if (dim.isOpen() && open == null) {
        return null;
      }
      long size = open != null && dim.isOpen() ? open.extent() : dim.size();
      boolean batch = i == 0 && dims.size() > 1 && size == batchSize();
      declared.add(new Term.Fixed(size, reason, batch, dim.isOpen()));
    }
    return dims == null ? null : declared;
  }

  /**
   * The tensors whose shape neither a rule nor the model tells, though those of what they are
   * computed from are known.
   */
  Set<String> missing() {
    return missing;
  }

  /** Whether something did not fit that fits in every network that runs. */
  boolean isMisfit() {
    return misfit || !unifier.clashes().isEmpty();
  }

  /** The lengths of axes that met an axis of another length. */
  Set<Long> clashes() {
    return unifier.clashes();
  }

  /** Whether a node reads an axis, other than a batch, whose length the model leaves open. */
  boolean readsOpenAxes(GraphNode node) {
    for (int input : node.inputs()) {
      List<Term> terms = input < 0 ? null : axes[input];
      if (terms != null && terms.stream().anyMatch(term -> isOpen(term) && !isBatch(term))) {
        return true;
      }
    }
    return false;
  }

  /** Whether an input holds data: what the elements are is known only when the network runs. */
  boolean isData(GraphNode node, int input) {
    int tensor = input < node.inputs().size() ? node.inputs().get(input) : -1;
    return tensor >= 0 && !graph.tensor(tensor).parameter() && ints(tensor) == null;
  }

  /** Whether an input is stored as floating-point numbers, several for each element of an axis. */
  boolean holdsSlices(GraphNode node, int input, Term axis) {
    Constant stored = graph.constant(node.inputs().get(input));
    return stored != null && !stored.integer() && stored.size() > axis.extent();
  }

  /** Whether the widths inside the groups of a node may go where whole groups may. */
  boolean opensGroups(GraphNode node) {
    return opened.contains(node.index());
  }

  /** Whether the model leaves the length of an axis open. */
  static boolean isOpen(Term term) {
    return Unifier.find(term) instanceof Term.Fixed fixed && fixed.dynamic;
  }

  private static boolean isBatch(Term term) {
    return Unifier.find(term) instanceof Term.Fixed fixed && fixed.batch;
  }

  private long batchSize() {
    for (int input : graph.inputs()) {
      List<Term> terms = axes[input];
      if (terms != null && terms.size() > 1) {
        return terms.get(0).extent();
      }
    }
    return -1;
  }

  private void type(GraphNode node) {
    createUses(node);
    NodeView view = new NodeView(graph, node, this);
    NodeTyping typing = new NodeTyping(this, node, unifier);
    typings[node.index()] = typing;
    for (int captured : node.captured()) {
      freezeTensor(captured, unifier.reason(node.op() + " reads it inside a sub-graph"));
    }
    Reason first = firstUnknown(node);
    if (first != null) {
      typing.giveUp(first);
      typing.pinFollowedIntegers(view);
    } else {
      typeKnown(node, view, typing);
    }
    if (node.outputs().stream().allMatch(out -> out < 0 || graph.tensor(out).parameter())) {
      typing.fixNormalised("a value is made of parameters alone, over all of it");
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      int output = node.outputs().get(i);
      if (output >= 0) {
        store(output, typing, i);
      }
    }
  }

  private void typeKnown(GraphNode node, NodeView view, NodeTyping typing) {
    try {
      Ints arithmetic = ShapeArithmetic.evaluate(view);
      if (arithmetic == null) {
        arithmetic = RealArithmetic.integers(view, input -> reals(node, input));
        followReals(node, view);
      }
      boolean expands = node.op().equals(EXPAND);
      if (arithmetic != null && !expands) {
        freezeElements(node);
        typing.output(0, arithmetic);
        return;
      }
      typeByRule(node, view, typing);
      if (arithmetic != null) {
        typing.known(0, arithmetic);
      }
    } catch (PluginException e) {
      throw e;
    } catch (RuntimeException e) {
      misfit = true;
      typing.unsupported("its integers do not fit it: " + describe(e));
    }
    typing.pinFollowedIntegers(view);
  }

  private @Nullable Ints reals(GraphNode node, int input) {
    int tensor = input < node.inputs().size() ? node.inputs().get(input) : -1;
    return tensor < 0 ? null : reals[tensor];
  }

  private void followReals(GraphNode node, NodeView view) {
    if (node.outputs().size() == 1 && node.outputs().get(0) >= 0) {
      reals[node.outputs().get(0)] = RealArithmetic.evaluate(view, input -> reals(node, input));
    }
  }

  /** What is computed of elements counts on all of them. */
  private void freezeElements(GraphNode node) {
    for (int i = 0; i < node.inputs().size(); i++) {
      int input = node.inputs().get(i);
      if (input >= 0 && ints(input) != null) {
        List<? extends Axis> terms = inputAxes(node.index(), i);
        for (Axis axis : terms == null ? List.<Axis>of() : terms) {
          unifier.freeze((Term) axis, unifier.reason("integers computed with here"));
        }
      }
    }
  }

  private void typeByRule(GraphNode node, NodeView view, NodeTyping typing) {
    Optional<OperatorRule> rule = registry.rule(node.op());
    if (rule.isEmpty()) {
      typing.unsupported(
          "operator "
              + node.op()
              + " has no rule; a plugin with an OperatorRule for it can open it");
      return;
    }
    try {
      PluginException.ask(
          rule.get(),
          () -> place(node),
          () -> {
            rule.get().type(view, typing);
            typing.check();
            return node;
          });
    } catch (PluginException e) {
      if (isOverflow(e.getCause())) {
        misfit = true;
        typing.unsupported("its sizes are larger than 64 bits hold; give smaller ones");
        return;
      }
      if (registry.isStrict()) {
        throw e;
      }
      misfit = true;
      typing.unsupported("the rule " + e.getMessage());
    }
  }

  /** Whether exact arithmetic found no number that is large enough. */
  private static boolean isOverflow(@Nullable Throwable cause) {
    return cause instanceof ArithmeticException
        && String.valueOf(cause.getMessage()).endsWith(" overflow");
  }

  /** A node by the layer that it belongs to, if there is one. */
  private String place(GraphNode node) {
    return graph
        .layer(node.index())
        .map(layer -> "layer " + layer.name())
        .orElseGet(() -> "node " + node.label());
  }

  private static String describe(Throwable e) {
    return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage());
  }

  private @Nullable Reason firstUnknown(GraphNode node) {
    for (int i = 0; i < node.inputs().size(); i++) {
      int input = node.inputs().get(i);
      if (input >= 0 && inputAxes(node.index(), i) == null) {
        return unknown[input];
      }
    }
    return null;
  }

  private void store(int output, NodeTyping typing, int index) {
    List<Term> terms = typing.outputAxes(index);
    if (terms == null) {
      unknown[output] = typing.unknownReason();
      return;
    }
    for (int i = 0; i < terms.size(); i++) {
      freezePlace(new Place(-1, -1, output, i), terms.get(i));
    }
    axes[output] = terms;
    ints[output] = typing.outputInts(index);
  }

  /**
   * Constants start as fresh symbols at each use, since exporters share equal constants between
   * unrelated layers; but for those that are said to be one and the same everywhere.
   */
  private void createUses(GraphNode node) {
    @SuppressWarnings({"unchecked", "rawtypes"})
    @Nullable List<Term>[] own = new List[node.inputs().size()];
    uses[node.index()] = own;
    for (int i = 0; i < own.length; i++) {
      int input = node.inputs().get(i);
      Constant constant = input < 0 ? null : graph.constant(input);
      if (constant == null) {
        continue;
      }
      long[] dims = constant.dims();
      boolean small =
          constant.integer()
              && dims.length <= 1
              && constant.size() <= MOST_INTEGERS
              && !QUANTISED.contains(node.op());
      Term[] terms = new Term[dims.length];
      for (int axis = 0; axis < dims.length; axis++) {
        Term term =
            small
                ? new Term.Fixed(
                    dims[axis], unifier.reason("integers computed with here"), false, false)
                : unifier.symbol(dims[axis]);
        freezePlace(new Place(node.index(), i, -1, axis), term);
        terms[axis] = term;
      }
      own[i] = constant.single() ? single(constant, List.of(terms)) : List.of(terms);
    }
  }

  /** The first use is every use. */
  private List<Term> single(Constant constant, List<Term> terms) {
    List<Term> first = singles.putIfAbsent(constant, terms);
    for (int axis = 0; first != null && axis < terms.size(); axis++) {
      unifier.unify(first.get(axis), terms.get(axis));
    }
    return terms;
  }

  private void freezePlace(Place place, Term term) {
    String why = frozen.isEmpty() ? null : frozen.get(place);
    if (why != null) {
      unifier.freeze(term, unifier.reason(why));
    }
  }

  private void finish(int output) {
    String name = graph.tensor(output).name();
    Reason reason = new Reason(name, "", "graph output '" + name + "' fixes it");
    freezeTensor(output, reason);
  }

  /** Freezes the axes of a tensor, and the widths that its elements are computed from. */
  private void freezeTensor(int tensor, Reason reason) {
    List<Term> terms = axes[tensor];
    if (terms != null) {
      terms.forEach(term -> unifier.freeze(term, reason));
    }
    Ints values = ints[graph.root(tensor)];
    if (values != null) {
      for (Element element : values.elements()) {
        ((Expression) element)
            .uses(
                axis -> {
                  unifier.freeze((Term) axis, reason);
                  return false;
                });
      }
    }
  }

  @Override
  public @Nullable List<? extends Axis> inputAxes(int node, int input) {
    List<Term> own = uses[node][input];
    List<Term> terms = own != null ? own : axes[graph.nodes().get(node).inputs().get(input)];
    if (terms == null) {
      return null;
    }
    Term[] found = new Term[terms.size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = Unifier.find(terms.get(i));
    }
    return List.of(found);
  }

  @Override
  public @Nullable List<Term> tensorAxes(int tensor) {
    return axes[tensor];
  }

  @Override
  public @Nullable Ints ints(int tensor) {
    int root = graph.root(tensor);
    Constant constant = graph.tensor(root).constant();
    if (ints[root] == null
        && constant != null
        && constant.integer()
        && constant.size() <= MOST_INTEGERS) {
      Ints flat = NodeView.ints(constant.longs());
      List<Integer> shape = new ArrayList<>();
      for (long dim : constant.dims()) {
        shape.add((int) dim);
      }
      ints[root] = new Ints(shape, flat.elements());
    }
    return ints[root];
  }

  @Nullable List<Term>[][] uses() {
    return uses;
  }

  NodeTyping typing(int node) {
    NodeTyping typing = typings[node];
    if (typing == null) {
      throw new IllegalStateException("node " + node + " was not typed");
    }
    return typing;
  }

  @Nullable Reason unknown(int tensor) {
    return unknown[tensor];
  }
}

package io.espalier.trace;

import io.espalier.spi.Axis;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.Ints;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The symbolic map of a network: the layout of every axis, and what rules declared of every node.
 * Immutable.
 *
 * <p>A <em>use</em> is an edge on which a constant enters a node; each has layouts of its own.
 */
public final class SymMap {
  private final Graph graph;
  private final List<Layout.Symbol> symbols;
  private final @Nullable List<Layout>[] tensors;
  private final @Nullable List<Layout>[][] uses;
  private final @Nullable Ints[] ints;
  private final NodeFacts[] facts;
  private final List<Node> nodes;
  private final List<Layer> layers;
  private final @Nullable Reason[] unknown;
  private final Trials trials;
  private final List<Integer> uncounted;
  private final List<Integer> untyped;

  @SuppressWarnings({"unchecked", "rawtypes"})
  private SymMap(Graph graph, DMRegistry registry, Trials trials, Pass pass) {
    this.graph = graph;
    this.trials = trials;
    this.uncounted = Uncounted.of(graph, registry, pass);
    this.untyped =
        graph.nodes().stream()
            .map(GraphNode::index)
            .filter(index -> pass.typing(index).gaveUp())
            .toList();
    int count = graph.tensors().size();
    Snapshot snapshot = new Snapshot();
    snapshot.number(allAxes(graph, pass));
    this.tensors = new List[count];
    this.ints = new Ints[count];
    this.unknown = new Reason[count];
    for (int i = 0; i < count; i++) {
      tensors[i] = snapshot.of(pass.tensorAxes(i));
      ints[i] = snapshot.of(pass.ints(i));
      unknown[i] = pass.unknown(i);
    }
    this.uses = new List[graph.nodes().size()][];
    this.facts = new NodeFacts[graph.nodes().size()];
    List<Node> views = new ArrayList<>();
    Source source = new Source();
    for (GraphNode node : graph.nodes()) {
      int index = node.index();
      @Nullable List<Term>[] own = pass.uses()[index];
      uses[index] = new List[own.length];
      for (int i = 0; i < own.length; i++) {
        uses[index][i] = snapshot.of(own[i]);
      }
      facts[index] = facts(pass.typing(index), snapshot);
      views.add(new NodeView(graph, node, source));
    }
    this.symbols = snapshot.symbols();
    this.nodes = List.copyOf(views);
    this.layers = graph.layers().stream().<Layer>map(this::view).toList();
  }

  static SymMap of(Graph graph, DMRegistry registry, Trials trials, Pass pass) {
    return new SymMap(graph, registry, trials, pass);
  }

  /** All axes, in graph order. */
  private static List<Term> allAxes(Graph graph, Pass pass) {
    List<Term> all = new ArrayList<>();
    for (GraphNode node : graph.nodes()) {
      for (@Nullable List<Term> use : pass.uses()[node.index()]) {
        if (use != null) {
          all.addAll(use);
        }
      }
      for (int output : node.outputs()) {
        List<Term> axes = output < 0 ? null : pass.tensorAxes(output);
        if (axes != null) {
          all.addAll(axes);
        }
      }
    }
    return all;
  }

  private static NodeFacts facts(NodeTyping typing, Snapshot snapshot) {
    if (typing.attributes.isEmpty()
        && typing.elements.isEmpty()
        && typing.positions.isEmpty()
        && typing.indexed.isEmpty()
        && typing.optional.isEmpty()
        && typing.macs.isEmpty()
        && typing.normalised.isEmpty()
        && typing.unmaskable.isEmpty()
        && typing.statistics.isEmpty()
        && typing.linear.isEmpty()
        && typing.groups.isEmpty()
        && typing.affine == null
        && typing.rectified < 0
        && typing.selected < 0) {
      return NodeFacts.NONE;
    }
    return new NodeFacts(
        each(
            typing.attributes,
            a -> new NodeFacts.AttributeTarget(a.name(), a.index(), snapshot.of(a.value()))),
        each(
            typing.elements,
            e -> new NodeFacts.ElementTarget(e.input(), e.index(), snapshot.of(e.value()))),
        each(
            typing.positions,
            p ->
                new NodeFacts.Positions(
                    p.input(), layouts(snapshot, p.places()), layouts(snapshot, p.along()))),
        each(
            typing.indexed,
            i -> new NodeFacts.Indexed(i.input(), i.table(), i.axis(), snapshot.of(i.rows()))),
        typing.replaced,
        set(typing.optional),
        each(typing.macs, product -> layouts(snapshot, product)),
        typing.normalised,
        set(typing.unmaskable),
        set(typing.statistics),
        typing.linear,
        each(
            typing.groups,
            g -> new NodeFacts.Groups(snapshot.of(g.groups()), snapshot.of(g.within()))),
        typing.affine,
        typing.rectified,
        typing.selected);
  }

  private static List<Layout> layouts(Snapshot snapshot, List<Term> terms) {
    return each(terms, snapshot::of);
  }

  /** Most lists of what a rule declared are empty. */
  private static <T, R> List<R> each(List<T> items, Function<T, R> function) {
    return items.isEmpty() ? List.of() : items.stream().map(function).toList();
  }

  private static Set<Integer> set(List<Integer> inputs) {
    return inputs.isEmpty() ? Set.of() : Set.copyOf(inputs);
  }

  private LayerView view(LayerNode layer) {
    return new LayerView(
        layer,
        layer.nodes().stream().map(nodes::get).toList(),
        layer.children().stream().<Layer>map(this::view).toList());
  }

  /** The network that was solved. */
  public Graph graph() {
    return graph;
  }

  /** Every free symbol, in graph order. */
  public List<Layout.Symbol> symbols() {
    return symbols;
  }

  /** The layouts of a tensor that is no constant; null where its shape is not known. */
  public @Nullable List<Layout> tensor(int id) {
    return tensors[id];
  }

  /**
   * The layouts of an input as its node sees it; null where it is left out or its shape is not
   * known.
   */
  public @Nullable List<Layout> input(int node, int input) {
    List<Integer> inputs = graph.nodes().get(node).inputs();
    if (input >= inputs.size()) {
      return null;
    }
    List<Layout> own = uses[node][input];
    int tensor = inputs.get(input);
    return own != null || tensor < 0 ? own : tensors[tensor];
  }

  /** Whether a constant enters a node here. */
  public boolean isUse(int node, int input) {
    return uses[node][input] != null;
  }

  /** The elements of a small integer tensor, if the analysis could follow them. */
  public Optional<Ints> ints(int tensor) {
    return Optional.ofNullable(ints[graph.root(tensor)]);
  }

  /** What the rule of a node declared. */
  public NodeFacts facts(int node) {
    return facts[node];
  }

  /** The symbols along which data pick elements by their positions, as ids pick rows of a table. */
  public Set<Layout.Symbol> indexed() {
    Set<Layout.Symbol> symbols = new LinkedHashSet<>();
    for (NodeFacts own : facts) {
      own.indexed().forEach(i -> Layout.forEachSymbol(i.rows(), symbols::add));
    }
    return symbols;
  }

  /** The nodes as rules and modules see them, by index. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The outermost layers, in graph order. */
  public List<Layer> layers() {
    return layers;
  }

  /** Why the shape of a tensor is not known, where it is not. */
  public Optional<Reason> unknown(int tensor) {
    return Optional.ofNullable(unknown[tensor]);
  }

  /** What the network was solved at. */
  public Trials trials() {
    return trials;
  }

  /**
   * Shapes of the inputs that the network runs at, by name, where the usual ones were not such;
   * else empty.
   */
  public Map<String, List<Long>> foundShapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    if (trials.sizes().isFound()) {
      trials
          .sizes()
          .assign(graph, 0)
          .forEach(
              (id, shape) ->
                  shapes.put(graph.tensor(id).name(), Arrays.stream(shape).boxed().toList()));
    }
    return shapes;
  }

  /**
   * The indices of the nodes that may multiply and accumulate without anyone knowing how much: what
   * all the others declared is not the whole cost.
   */
  public List<Integer> uncounted() {
    return uncounted;
  }

  /**
   * The indices of the nodes that have no rule, or whose rule did not know what to make of them.
   */
  public List<Integer> untyped() {
    return untyped;
  }

  private final class Source implements AxisSource {
    @Override
    public @Nullable List<? extends Axis> inputAxes(int node, int input) {
      return input(node, input);
    }

    @Override
    public @Nullable List<? extends Axis> tensorAxes(int tensor) {
      return tensors[tensor];
    }

    @Override
    public @Nullable Ints ints(int tensor) {
      return ints[graph.root(tensor)];
    }
  }
}

package io.espalier.core.space;

import io.espalier.core.rules.LayerOptions;
import io.espalier.core.rules.ResolvedRules;
import io.espalier.core.structure.AttentionFinder;
import io.espalier.core.structure.Depths;
import io.espalier.spi.Axis;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.PluginException;
import io.espalier.spi.RuleOption;
import io.espalier.trace.LayerView;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeView;
import io.espalier.trace.SymMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/** Asks the module of every layer what its widths are called. */
final class Declarations {
  private final DMRegistry registry;
  private final ResolvedRules rules;
  private final Produced produced;
  private final List<Described> described = new ArrayList<>();
  private final Queue<Layer> attention = new ArrayDeque<>();
  private final Map<String, Space.Failure> failures = new LinkedHashMap<>();

  /**
   * A layer, and what its module says of it.
   *
   * @param layer the layer
   * @param module its module
   * @param hparams its hparams
   * @param consumers its parameters that read units of a width
   * @param grouped its nodes whose channels fall into groups
   */
  private record Described(
      Layer layer,
      DynamicModule module,
      List<Declared> hparams,
      List<Space.Consumer> consumers,
      List<Grouped> grouped) {}

  /**
   * A node whose channels fall into groups, as a module declared it.
   *
   * @param node its index
   * @param layer the name of its layer
   * @param module the module
   * @param ratio the option that opens what is inside
   * @param options the options of the layer; empty where the rules freeze it
   */
  record Grouped(
      int node,
      String layer,
      DynamicModule module,
      RuleOption ratio,
      Optional<LayerOptions> options) {
    /** Whether rules open what is inside. */
    boolean isOpened() {
      return options.filter(own -> own.opens(ratio)).isPresent();
    }
  }

  /**
   * An hparam as a module declared it.
   *
   * @param name its full name
   * @param module the module that named it
   * @param kind what it is
   * @param layouts the axis, or the windows; empty for a depth
   * @param parts the full names of the widths that the axis is made of, where the module gave such
   * @param children the children a depth counts
   * @param options the options of its layer; empty where the rules freeze it
   * @param choices the option that lists choices, or bounds a depth
   * @param divisor the option that widths are rounded to; the same as the one before where there is
   *     none
   */
  record Declared(
      String name,
      DynamicModule module,
      Dial.Kind kind,
      List<Layout> layouts,
      List<String> parts,
      List<LayerView> children,
      Optional<LayerOptions> options,
      RuleOption choices,
      RuleOption divisor) {}

  Declarations(SymMap map, DMRegistry registry, ResolvedRules rules) {
    this.produced = new Produced(map);
    this.registry = registry;
    this.rules = rules;
  }

  /** The nodes whose channels fall into groups, as modules declare them. */
  static List<Grouped> grouped(SymMap map, DMRegistry registry, ResolvedRules rules) {
    Declarations declarations = new Declarations(map, registry, rules);
    declarations.collectAll(map.layers());
    return declarations.grouped();
  }

  /**
   * Collects what the modules declare of the layers of a network, those inside others, attention
   * and chains of blocks among them, in graph order.
   */
  void collect(SymMap map, Depths depths) {
    List<Layer> elastic = new ArrayList<>();
    addElastic(map.layers(), elastic);
    attention.addAll(new AttentionFinder(map, elastic).find());
    collectAll(map.layers());
    collectAttention(Integer.MAX_VALUE);
    collectChains(map, depths);
    Map<String, List<String>> names = new LinkedHashMap<>();
    described.forEach(
        entry ->
            names
                .computeIfAbsent(entry.module().key(), key -> new ArrayList<>())
                .add(entry.layer().name()));
    rules.checkGlobs(names);
  }

  /** Collects the chains that no container counts, each before the layers inside it. */
  private void collectChains(SymMap map, Depths depths) {
    Map<String, List<LayerView>> counted = new LinkedHashMap<>();
    for (Described entry : described) {
      for (Declared hparam : entry.hparams()) {
        if (hparam.kind() == Dial.Kind.DEPTH) {
          counted.put(entry.layer().name(), hparam.children());
        }
      }
    }
    List<Described> others = List.copyOf(described);
    described.clear();
    int next = 0;
    for (Layer chain : depths.chains(counted, map.layers())) {
      while (next < others.size() && start(others.get(next).layer()) < start(chain)) {
        described.add(others.get(next++));
      }
      collect(chain);
    }
    described.addAll(others.subList(next, others.size()));
  }

  /** The first node inside a layer. */
  private static int start(Layer layer) {
    List<Integer> span = ((LayerView) layer).layer().span();
    return span.isEmpty() ? -1 : span.get(0);
  }

  private void addElastic(List<Layer> tree, List<Layer> elastic) {
    for (Layer layer : tree) {
      if (module(layer).isPresent()) {
        elastic.add(layer);
      }
      addElastic(layer.children(), elastic);
    }
  }

  private void collectAll(List<Layer> tree) {
    for (Layer layer : tree) {
      if (!layer.nodes().isEmpty()) {
        collectAttention(first(layer));
      }
      collect(layer);
      collectAll(layer.children());
    }
  }

  private static int first(Layer layer) {
    return ((NodeView) layer.nodes().get(0)).node().index();
  }

  /** Collects the attention that starts before a node. */
  private void collectAttention(int node) {
    while (!attention.isEmpty() && first(attention.element()) < node) {
      collect(attention.remove());
    }
  }

  private void collect(Layer layer) {
    Optional<DynamicModule> module = module(layer);
    if (module.isPresent()) {
      described.add(describe(layer, module.get()));
    }
  }

  /** The module that claims a layer; none where one throws that was asked whether it does. */
  private Optional<DynamicModule> module(Layer layer) {
    try {
      return registry.module(layer);
    } catch (PluginException e) {
      fail(layer, e);
      return Optional.empty();
    }
  }

  private void fail(Layer layer, PluginException e) {
    if (registry.isStrict()) {
      throw e;
    }
    failures.putIfAbsent(layer.name(), new Space.Failure(layer, "the module " + e.getMessage()));
  }

  /** Of a module that throws nothing counts, or the layer would be half described. */
  private Described describe(Layer layer, DynamicModule module) {
    Collector collector =
        new Collector(layer, module, rules.options(module.key(), layer.name()), produced);
    try {
      PluginException.ask(
          module,
          () -> "layer " + layer.name(),
          () -> {
            module.describe(layer, collector);
            return layer;
          });
    } catch (PluginException e) {
      fail(layer, e);
      return new Described(layer, module, List.of(), List.of(), List.of());
    }
    return new Described(layer, module, collector.declared, collector.consumers, collector.grouped);
  }

  List<Declared> declared() {
    return described.stream().flatMap(entry -> entry.hparams().stream()).toList();
  }

  List<Space.ElasticLayer> layers() {
    return described.stream()
        .map(entry -> new Space.ElasticLayer(entry.layer(), entry.module()))
        .toList();
  }

  List<Space.Consumer> consumers() {
    return described.stream().flatMap(entry -> entry.consumers().stream()).toList();
  }

  /** The nodes whose channels fall into groups. */
  List<Grouped> grouped() {
    return described.stream().flatMap(entry -> entry.grouped().stream()).toList();
  }

  /** The layers that a module threw on. */
  List<Space.Failure> failures() {
    return List.copyOf(failures.values());
  }

  private static final class Collector implements Hparams {
    private final List<Declared> declared = new ArrayList<>();
    private final List<Space.Consumer> consumers = new ArrayList<>();
    private final List<Grouped> grouped = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final Layer layer;
    private final DynamicModule module;
    private final Optional<LayerOptions> options;
    private final Produced produced;

    Collector(
        Layer layer, DynamicModule module, Optional<LayerOptions> options, Produced produced) {
      this.layer = layer;
      this.module = module;
      this.options = options;
      this.produced = produced;
    }

    private void add(
        String name,
        Dial.Kind kind,
        List<Layout> layouts,
        List<String> parts,
        List<LayerView> children,
        RuleOption a,
        RuleOption b) {
      String full = layer.name() + "." + name;
      if (!names.add(full)) {
        throw new IllegalArgumentException("two hparams are called " + full);
      }
      require(name, a);
      require(name, b);
      declared.add(new Declared(full, module, kind, layouts, parts, children, options, a, b));
    }

    private void require(String name, RuleOption option) {
      if (!module.options().contains(option)) {
        throw new IllegalArgumentException(
            name + " names " + option + ", which is not among the module's options");
      }
    }

    @Override
    public void positions(String name, Axis axis, RuleOption ratio, RuleOption divisor) {
      Layout own = perSample((Layout) axis);
      if (own.isFree() && !produced.meets(own)) {
        add(name, Dial.Kind.WIDTH, List.of(own), List.of(), List.of(), ratio, divisor);
      }
    }

    @Override
    public void groups(Node node, RuleOption ratio) {
      require("groups", ratio);
      grouped.add(
          new Grouped(((NodeView) node).node().index(), layer.name(), module, ratio, options));
    }

    @Override
    public void width(String name, Axis axis, RuleOption ratio, RuleOption divisor) {
      width(name, axis, List.of(), ratio, divisor);
    }

    @Override
    public void width(
        String name, Axis axis, List<String> parts, RuleOption ratio, RuleOption divisor) {
      List<String> full = parts.stream().map(part -> layer.name() + "." + part).toList();
      Layout own = perSample((Layout) axis);
      if (AttentionFinder.isAttention(layer) && isPosition(own)) {
        return;
      }
      add(name, Dial.Kind.WIDTH, List.of(own), full, List.of(), ratio, divisor);
    }

    @Override
    public void width(String name, List<Axis> axes, RuleOption ratio, RuleOption divisor) {
      Layout product = Layout.product(axes.stream().map(Layout.class::cast).toList());
      width(name, product, List.of(), ratio, divisor);
    }

    /**
     * Whether an axis counts places of the input: samples, tokens, windows. Attention runs over
     * them, but they are no heads, and no width of one.
     */
    private static boolean isPosition(Layout layout) {
      boolean[] position = {!layout.isFree()};
      Layout.forEachSegment(
          layout,
          segment ->
              position[0] &=
                  segment instanceof Layout.Fixed fixed
                      && (fixed.batch() || fixed.dynamic() || fixed.reason().op().isEmpty()));
      return position[0];
    }

    /** The one width that an axis of samples times units is about. */
    private static Layout perSample(Layout layout) {
      if (layout instanceof Layout.Product product) {
        List<Layout> own =
            product.factors().stream()
                .filter(
                    factor ->
                        !(factor instanceof Layout.Fixed fixed)
                            || !(fixed.batch() || fixed.dynamic()))
                .toList();
        return own.size() == 1 ? own.get(0) : layout;
      }
      return layout;
    }

    @Override
    public void consumes(Node node, int input, int axis) {
      int rank = input < 0 ? 0 : node.input(input).rank();
      if (axis < 0 || axis >= rank) {
        throw new IllegalArgumentException(
            "consumes names axis " + axis + " of input " + input + ", which has " + rank + " axes");
      }
      consumers.add(new Space.Consumer(((NodeView) node).node().index(), input, axis));
    }

    @Override
    public void crop(String name, List<Axis> windows, RuleOption sizes) {
      List<Layout> layouts = windows.stream().map(Layout.class::cast).toList();
      if (!layouts.isEmpty()) {
        add(name, Dial.Kind.CROP, layouts, List.of(), List.of(), sizes, sizes);
      }
    }

    @Override
    public void depth(String name, List<Layer> children, RuleOption least) {
      List<LayerView> views = children.stream().map(LayerView.class::cast).toList();
      add(name, Dial.Kind.DEPTH, List.of(), List.of(), views, least, least);
    }
  }
}

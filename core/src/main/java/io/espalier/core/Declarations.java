package io.espalier.core;

import io.espalier.core.rules.LayerOptions;
import io.espalier.core.rules.ResolvedRules;
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
  private final List<Declared> declared = new ArrayList<>();
  private final List<Space.ElasticLayer> layers = new ArrayList<>();
  private final Queue<Layer> attention = new ArrayDeque<>();
  private final List<Space.Consumer> consumers = new ArrayList<>();
  private final Map<String, Space.Failure> failures = new LinkedHashMap<>();

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

  Declarations(DMRegistry registry, ResolvedRules rules) {
    this.registry = registry;
    this.rules = rules;
  }

  /**
   * Collects what the modules declare of the layers of a network, those inside others and attention
   * among them, in graph order.
   */
  void collect(SymMap map) {
    List<Layer> elastic = new ArrayList<>();
    addElastic(map.layers(), elastic);
    attention.addAll(new AttentionFinder(map, elastic).find());
    collectAll(map.layers());
    collectAttention(Integer.MAX_VALUE);
    Map<String, List<String>> names = new LinkedHashMap<>();
    layers.forEach(
        layer ->
            names
                .computeIfAbsent(layer.module().key(), key -> new ArrayList<>())
                .add(layer.layer().name()));
    rules.checkGlobs(names);
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
      layers.add(new Space.ElasticLayer(layer, module.get()));
      describe(layer, module.get());
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
  private void describe(Layer layer, DynamicModule module) {
    int before = declared.size();
    int read = consumers.size();
    Optional<LayerOptions> options = rules.options(module.key(), layer.name());
    try {
      PluginException.ask(
          module,
          () -> "layer " + layer.name(),
          () -> {
            module.describe(layer, new Collector(layer, module, options));
            return layer;
          });
    } catch (PluginException e) {
      declared.subList(before, declared.size()).clear();
      consumers.subList(read, consumers.size()).clear();
      fail(layer, e);
    }
  }

  List<Declared> declared() {
    return declared;
  }

  List<Space.ElasticLayer> layers() {
    return layers;
  }

  List<Space.Consumer> consumers() {
    return consumers;
  }

  /** The layers that a module threw on. */
  List<Space.Failure> failures() {
    return List.copyOf(failures.values());
  }

  private final class Collector implements Hparams {
    private final Set<String> names = new HashSet<>();
    private final Layer layer;
    private final DynamicModule module;
    private final Optional<LayerOptions> options;

    Collector(Layer layer, DynamicModule module, Optional<LayerOptions> options) {
      this.layer = layer;
      this.module = module;
      this.options = options;
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
      for (RuleOption option : List.of(a, b)) {
        if (!module.options().contains(option)) {
          throw new IllegalArgumentException(
              name + " names " + option + ", which is not among the module's options");
        }
      }
      declared.add(new Declared(full, module, kind, layouts, parts, children, options, a, b));
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
      add(name, Dial.Kind.WIDTH, List.of(own), full, List.of(), ratio, divisor);
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

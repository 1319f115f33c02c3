package io.espalier.core;

import io.espalier.core.rules.LayerOptions;
import io.espalier.core.rules.ResolvedRules;
import io.espalier.spi.Axis;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.RuleOption;
import io.espalier.trace.LayerView;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the module of every layer what its widths are called. */
final class Declarations {
  private final DMRegistry registry;
  private final ResolvedRules rules;
  private final List<Declared> declared = new ArrayList<>();
  private final List<Space.ElasticLayer> layers = new ArrayList<>();
  private final List<Space.Consumer> consumers = new ArrayList<>();

  /**
   * An hparam as a module declared it.
   *
   * @param name its full name
   * @param module the module that named it
   * @param kind what it is
   * @param layouts the axis, or the windows; empty for a depth
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
      List<LayerView> children,
      Optional<LayerOptions> options,
      RuleOption choices,
      RuleOption divisor) {}

  Declarations(DMRegistry registry, ResolvedRules rules) {
    this.registry = registry;
    this.rules = rules;
  }

  /** Collects what the modules declare of these layers and those inside them. */
  void collect(List<Layer> tree) {
    collectAll(tree);
    Map<String, List<String>> names = new LinkedHashMap<>();
    layers.forEach(
        layer ->
            names
                .computeIfAbsent(layer.module().key(), key -> new ArrayList<>())
                .add(layer.layer().name()));
    rules.checkGlobs(names);
  }

  private void collectAll(List<Layer> tree) {
    for (Layer layer : tree) {
      Optional<DynamicModule> module = registry.module(layer);
      if (module.isPresent()) {
        layers.add(new Space.ElasticLayer(layer, module.get()));
        describe(layer, module.get());
      }
      collectAll(layer.children());
    }
  }

  private void describe(Layer layer, DynamicModule module) {
    try {
      module.describe(
          layer, new Collector(layer, module, rules.options(module.key(), layer.name())));
    } catch (RuntimeException e) {
      throw new EspalierException(
          "module "
              + module.getClass().getName()
              + " ("
              + module.key()
              + ") failed on layer "
              + layer.name()
              + ": "
              + e,
          e);
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

  private final class Collector implements Hparams {
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
        List<LayerView> children,
        RuleOption a,
        RuleOption b) {
      String full = layer.name() + "." + name;
      if (declared.stream()
          .skip(Math.max(0, declared.size() - 16))
          .anyMatch(d -> d.name().equals(full))) {
        throw new IllegalArgumentException("two hparams are called " + full);
      }
      for (RuleOption option : List.of(a, b)) {
        if (!module.options().contains(option)) {
          throw new IllegalArgumentException(
              name + " names " + option + ", which is not among the module's options");
        }
      }
      declared.add(new Declared(full, module, kind, layouts, children, options, a, b));
    }

    @Override
    public void width(String name, Axis axis, RuleOption ratio, RuleOption divisor) {
      add(name, Dial.Kind.WIDTH, List.of((Layout) axis), List.of(), ratio, divisor);
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
        add(name, Dial.Kind.CROP, layouts, List.of(), sizes, sizes);
      }
    }

    @Override
    public void depth(String name, List<Layer> children, RuleOption least) {
      List<LayerView> views = children.stream().map(LayerView.class::cast).toList();
      add(name, Dial.Kind.DEPTH, List.of(), views, least, least);
    }
  }
}

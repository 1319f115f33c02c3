package io.espalier.core.space;

import io.espalier.core.rules.Names;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Block;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Cut;
import io.espalier.core.values.FrozenAxis;
import io.espalier.core.values.SimilarSlices;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.EspalierException;
import io.espalier.spi.Layer;
import io.espalier.spi.RuleOption;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A search space: the hparams of a network, their choices, and pure functions of a setting.
 * Immutable.
 *
 * <p>A <em>setting</em> is one position for each dial.
 */
public final class Space {
  private final SymMap map;
  private final Rules rules;
  private final List<HparamSpec> hparams;
  private final Map<String, HparamSpec> byName;
  private final List<Dial> dials;
  private final Map<String, DynamicModule> modules;
  private final List<ElasticLayer> layers;
  private final List<Consumer> consumers;
  private final List<Failure> failures;
  private final Map<Layout.Symbol, Ruled> ruled;
  private final Map<Layout.Symbol, Ruled> closed;
  private final List<FrozenAxis> heldDepths;
  private final List<Dial> depths;
  private final int[] original;
  private final SimilarSlices similar = new SimilarSlices();
  private final int[] wholeUnits;

  /**
   * A parameter that reads its units from a width.
   *
   * @param node the node it enters
   * @param input by which input
   * @param axis the axis of the parameter
   */
  public record Consumer(int node, int input, int axis) {}

  /**
   * A layer with the module that made it elastic.
   *
   * @param layer the layer
   * @param module its module
   */
  record ElasticLayer(Layer layer, DynamicModule module) {}

  /**
   * A layer that is frozen because a plugin threw.
   *
   * @param layer the layer
   * @param reason which plugin, and what it threw
   */
  public record Failure(Layer layer, String reason) {}

  /**
   * What in the rules leaves a symbol no width but the original.
   *
   * @param layer the layer they do it at
   * @param reason what they say of it
   * @param closed whether they would have to say something to open it
   */
  record Ruled(String layer, String reason, boolean closed) {
    /** Of a width that no module names. */
    static Ruled ofNoType(String layer) {
      return new Ruled(
          layer,
          "no layer type that rules could name has this width; it is open without rules",
          false);
    }

    /** Of elements that data pick by their positions. */
    static Ruled ofRows(Declarations.Declared hparam) {
      return new Ruled(
          hparam.name().substring(0, hparam.name().lastIndexOf('.')),
          "rows that ids pick stay; --vocabulary N, or a rule for "
              + hparam.module().key()
              + " that gives "
              + hparam.choices().name()
              + ", opens them",
          true);
    }

    /** How a reason goes on that names another layer. */
    private static String elsewhere(String layer) {
      return " at " + layer + ", which has the same width";
    }

    /** What they say of a width that another layer has too. */
    String reason(String of) {
      int advice = reason.indexOf("; ");
      return of.equals(layer) || advice < 0
          ? reason
          : reason.substring(0, advice)
              + elsewhere(layer)
              + (closed ? reason.substring(advice) : "; open it there too");
    }

    static Ruled by(Declarations.Declared hparam) {
      String layer = hparam.name().substring(0, hparam.name().lastIndexOf('.'));
      String key = hparam.module().key();
      RuleOption ratio = hparam.choices();
      boolean closed =
          ratio.kind() == RuleOption.Kind.OPENING_RATIO
              && hparam.options().filter(options -> !options.opens(ratio)).isPresent();
      return closed
          ? new Ruled(
              layer,
              "positions of a sequence stay; a rule for "
                  + key
                  + " that gives "
                  + ratio.name()
                  + " opens them",
              true)
          : by(layer, key, hparam.options().isEmpty());
    }

    /** Of a width of a layer that is out of the rules, or has options that leave nothing. */
    static Ruled by(String layer, String key, boolean leftOut) {
      return new Ruled(
          layer,
          leftOut
              ? "the rules leave " + key + " out; name it there to search its widths"
              : "the rules for " + key + " allow no other width; allow more of them there",
          false);
    }
  }

  Space(
      SymMap map,
      Rules rules,
      List<HparamSpec> hparams,
      List<Dial> dials,
      List<ElasticLayer> layers,
      List<Consumer> consumers,
      List<Failure> failures,
      Map<Layout.Symbol, Ruled> ruled,
      Map<Layout.Symbol, Ruled> closed,
      List<FrozenAxis> heldDepths) {
    this.heldDepths = heldDepths;
    this.map = map;
    this.rules = rules;
    this.hparams = List.copyOf(hparams);
    this.dials = List.copyOf(dials);
    this.consumers = List.copyOf(consumers);
    this.failures = List.copyOf(failures);
    this.ruled = Map.copyOf(ruled);
    this.closed = Map.copyOf(closed);
    this.byName = new LinkedHashMap<>();
    hparams.forEach(spec -> byName.put(spec.name(), spec));
    this.layers = List.copyOf(layers);
    this.modules = new LinkedHashMap<>();
    // Attention may be called as its fused input projection is; that one is listed.
    layers.forEach(layer -> modules.putIfAbsent(layer.layer().name(), layer.module()));
    this.depths = dials.stream().filter(dial -> dial.kind() == Dial.Kind.DEPTH).toList();
    this.original = dials.stream().mapToInt(Dial::original).toArray();
    this.wholeUnits =
        map.symbols().stream().mapToInt(symbol -> Math.toIntExact(symbol.extent())).toArray();
  }

  public SymMap map() {
    return map;
  }

  public Rules rules() {
    return rules;
  }

  public List<HparamSpec> hparams() {
    return hparams;
  }

  Map<String, HparamSpec> byName() {
    return byName;
  }

  /** The hparam of a name; an error names those that are near. */
  public HparamSpec spec(String name) {
    HparamSpec spec = byName.get(name);
    if (spec == null) {
      throw new EspalierException(
          "there is no hparam \"" + name + "\"" + Names.hint(name, "hparams", byName.keySet()));
    }
    return spec;
  }

  public List<Dial> dials() {
    return dials;
  }

  public Map<String, DynamicModule> modules() {
    return modules;
  }

  /** The layers that modules made elastic, those that stand inside others among them. */
  List<ElasticLayer> layers() {
    return layers;
  }

  public List<Consumer> consumers() {
    return consumers;
  }

  public List<Failure> failures() {
    return failures;
  }

  /** The depths of which the model does not let some blocks go, with what it says. */
  List<FrozenAxis> heldDepths() {
    return heldDepths;
  }

  /** What the rules freeze, of what could be free. */
  Map<Layout.Symbol, Ruled> ruled() {
    return ruled;
  }

  /**
   * What stays whole until it is {@linkplain SpaceState#hold held} at something else: the elements
   * that data pick by their positions, where no rule opens them.
   */
  Map<Layout.Symbol, Ruled> closed() {
    return closed;
  }

  /** The symbols that rules leave no width but the original. */
  public Set<Layout.Symbol> ruledSymbols() {
    return ruled.keySet();
  }

  /** The setting that leaves the network as it is. */
  public int[] original() {
    return original.clone();
  }

  /** The width of every symbol at a setting. */
  public Layout.Widths widths(int[] setting) {
    int[] widths = unitsOf(setting);
    return symbol -> widths[symbol.index()];
  }

  /** The same, by the index of the symbol. */
  public int[] unitsOf(int[] setting) {
    int[] widths = wholeUnits.clone();
    for (Dial dial : dials) {
      int[] units = dial.settings().get(setting[dial.index()]);
      for (int i = 0; i < dial.symbols().size(); i++) {
        widths[dial.symbols().get(i).index()] = units[i];
      }
    }
    return widths;
  }

  /**
   * The blocks that a setting takes out, in graph order; one that stands inside another is not
   * named again.
   */
  public List<Block> skipped(int[] setting) {
    List<Block> skipped = new ArrayList<>();
    BitSet gone = new BitSet();
    for (Dial dial : depths) {
      int depth = dial.settings().get(setting[dial.index()])[0];
      for (Block block : dial.blocks().subList(depth, dial.blocks().size())) {
        if (block.canGo() && !block.nodes().stream().allMatch(gone::get)) {
          skipped.add(block);
          block.nodes().forEach(gone::set);
        }
      }
    }
    return skipped;
  }

  /** What an hparam is at the given widths. */
  Choice value(HparamSpec spec, Layout.Widths widths, int[] setting) {
    return switch (spec.kind()) {
      case WIDTH -> Choice.of(Math.toIntExact(spec.layouts().get(0).extent(widths)));
      case CROP ->
          Choice.of(
              spec.layouts().stream().map(axis -> Math.toIntExact(axis.extent(widths))).toList());
      case DEPTH -> {
        Dial dial = spec.dial();
        if (dial == null) {
          throw new IllegalStateException("depth " + spec.name() + " without a dial");
        }
        yield Choice.of(dial.settings().get(setting[dial.index()])[0]);
      }
    };
  }

  /** What an hparam is at one position of its dial. */
  Choice valueAt(HparamSpec spec, int position) {
    Dial dial = spec.dial();
    if (dial == null) {
      return value(spec, Layout.Symbol::extent, original);
    }
    int[] units = dial.settings().get(position);
    if (dial.kind() == Dial.Kind.DEPTH) {
      return Choice.of(units[0]);
    }
    List<Layout.Symbol> turned = dial.symbols();
    Layout.Widths widths =
        symbol -> {
          int at = turned.indexOf(symbol);
          return at < 0 ? symbol.extent() : units[at];
        };
    return value(spec, widths, original);
  }

  /** The value of every hparam at a setting, by name. */
  public Map<String, Choice> values(int[] setting) {
    Layout.Widths widths = widths(setting);
    Map<String, Choice> values = new LinkedHashMap<>(hparams.size() * 2);
    for (HparamSpec spec : hparams) {
      values.put(spec.name(), value(spec, widths, setting));
    }
    return values;
  }

  /**
   * What stays of the network at a setting.
   *
   * @param orders for each symbol, by index, its units from the most important; null where they
   *     stay as they are
   */
  public Cut cut(int[] setting, int[] @Nullable [] orders) {
    return new Cut(map, widths(setting), orders, skipped(setting), similar);
  }
}

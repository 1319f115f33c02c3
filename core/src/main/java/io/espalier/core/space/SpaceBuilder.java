package io.espalier.core.space;

import io.espalier.core.rules.KernelSizes;
import io.espalier.core.rules.ResolvedRules;
import io.espalier.core.rules.WidthChoices;
import io.espalier.core.space.Declarations.Declared;
import io.espalier.core.structure.Depths;
import io.espalier.core.values.Block;
import io.espalier.core.values.Cut;
import io.espalier.core.values.FrozenAxis;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.EspalierException;
import io.espalier.trace.GraphNode;
import io.espalier.trace.LayerView;
import io.espalier.trace.Layout;
import io.espalier.trace.Layout.Symbol;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Narrows the freedom of a solved network to a search space: names its widths, applies the rules,
 * and makes the choices of every hparam that shows a symbol consistent.
 */
public final class SpaceBuilder {
  private final TracedModel model;
  private final SymMap map;
  private final List<Declared> declared;
  private final Declarations declarations;
  private final Depths depths;
  private final InnerWidths inner;
  private final ResolvedRules rules;
  private final @Nullable BitSet[] allowed;
  private final Map<Symbol, Space.Ruled> ruled = new HashMap<>();

  /** What data pick elements of by their positions, and is not opened by the rules. */
  private final Map<Symbol, Space.Ruled> closed = new HashMap<>();

  private final Set<Symbol> indexed;
  private final @Nullable Dial[] dialOfSymbol;
  private final Map<List<Symbol>, Dial> crops = new HashMap<>();

  /** The hparams that crop the same windows together, as those of layers that share a weight. */
  private final Map<List<Symbol>, List<Declared>> croppers = new HashMap<>();

  private final Map<Symbol, List<Symbol>> croppedWith = new HashMap<>();

  /** Windows that one layer crops with these windows, and another one with those. */
  private final Set<Symbol> mixed = new HashSet<>();

  /** The depths that the model holds, by name. */
  private final Map<String, FrozenAxis> held = new LinkedHashMap<>();

  private final List<Dial> dials = new ArrayList<>();
  private final List<HparamSpec> specs = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Set<Declared> namesParts = new HashSet<>();
  private final Map<Integer, Integer> groupOfDial = new HashMap<>();
  private int groups;

  private SpaceBuilder(TracedModel model, SymMap map, DMRegistry registry, ResolvedRules rules) {
    this.model = model;
    this.map = map;
    this.rules = rules;
    this.indexed = map.indexed();
    this.declarations = new Declarations(map, registry, rules);
    this.depths = new Depths(map);
    declarations.collect(map, depths);
    this.declared = declarations.declared();
    this.inner = InnerWidths.of(map, declarations.grouped());
    this.allowed = new BitSet[map.symbols().size()];
    this.dialOfSymbol = new Dial[map.symbols().size()];
  }

  /**
   * The space of a network under rules.
   *
   * @param model may object to blocks that go
   * @throws EspalierException if a glob of the rules matches no layer
   */
  public static Space build(
      TracedModel model, SymMap map, DMRegistry registry, ResolvedRules rules) {
    return new SpaceBuilder(model, map, registry, rules).build();
  }

  private Space build() {
    Set<Symbol> named = new HashSet<>();
    for (Space.Failure failure : declarations.failures()) {
      FrozenAxes.symbols(failure.layer()).forEach(this::freeze);
    }
    inner.opened().forEach(this::restrict);
    for (Declared hparam : declared) {
      names.add(hparam.name());
      if (hparam.kind() == Dial.Kind.WIDTH) {
        Set<Symbol> symbols = symbols(hparam.layouts());
        symbols.forEach(symbol -> restrict(symbol, hparam));
        if (isOwn(hparam, symbols)) {
          named.addAll(symbols);
        } else if (symbols.size() == hparam.parts().size()) {
          named.addAll(symbols);
          namesParts.add(hparam);
        }
      } else if (hparam.kind() == Dial.Kind.CROP) {
        recordCrop(hparam);
      }
    }
    for (Declared hparam : declared) {
      switch (hparam.kind()) {
        case WIDTH -> addWidth(hparam, named);
        case CROP -> addCrop(hparam);
        case DEPTH -> addDepth(hparam);
      }
    }
    addOwnWidths();
    return new Space(
        map,
        rules.rules(),
        specs,
        dials,
        declarations.layers(),
        declarations.consumers(),
        declarations.failures(),
        ruled,
        closed,
        List.copyOf(held.values()));
  }

  private void freeze(Symbol symbol) {
    BitSet original = new BitSet();
    original.set(Math.toIntExact(symbol.extent()));
    allowed[symbol.index()] = original;
  }

  private static Set<Symbol> symbols(List<Layout> layouts) {
    Set<Symbol> found = new LinkedHashSet<>();
    layouts.forEach(layout -> Layout.forEachSymbol(layout, found::add));
    return found;
  }

  /**
   * Intersects the choices of a symbol with those of one hparam that shows it; the original always
   * stays.
   */
  private void restrict(Symbol symbol, Declared hparam) {
    if (indexed.contains(symbol) && !isOpened(hparam)) {
      closed.putIfAbsent(symbol, Space.Ruled.ofRows(hparam));
      return;
    }
    int n = Math.toIntExact(symbol.extent());
    int[] choices = {n};
    if (hparam.options().isPresent()) {
      int divisor = hparam.options().get().divisor(hparam.divisor());
      Optional<List<Double>> ratios =
          inner.isAlone(symbol)
              ? Optional.empty()
              : hparam.options().get().ratios(hparam.choices());
      if (divisor == 1 && ratios.isEmpty()) {
        return;
      }
      choices =
          WidthChoices.choices(
              n, ratios, divisor / gcd(divisor, elementsPerUnit(hparam.layouts().get(0), symbol)));
    }
    if (!intersect(symbol, choices)) {
      ruled.putIfAbsent(symbol, Space.Ruled.by(hparam));
    }
  }

  private static boolean isOpened(Declared hparam) {
    return hparam.options().filter(options -> options.opens(hparam.choices())).isPresent();
  }

  /** Intersects the choices of a width inside groups with those of the option that opens it. */
  private void restrict(InnerWidths.Opened opened) {
    Symbol symbol = opened.symbol();
    Declarations.Grouped by = opened.by();
    Optional<List<Double>> ratios = by.options().orElseThrow().ratios(by.ratio());
    int n = Math.toIntExact(symbol.extent());
    if (ratios.isPresent() && !intersect(symbol, WidthChoices.choices(n, ratios, 1))) {
      ruled.putIfAbsent(symbol, Space.Ruled.by(by.layer(), by.module().key(), false));
    }
  }

  /** Leaves a symbol these choices of those it has, and the original; false if no other is left. */
  private boolean intersect(Symbol symbol, int[] choices) {
    BitSet set = new BitSet();
    for (int choice : choices) {
      set.set(choice);
    }
    BitSet before = allowed[symbol.index()];
    if (before != null) {
      set.and(before);
    }
    set.set(Math.toIntExact(symbol.extent()));
    allowed[symbol.index()] = set;
    return set.cardinality() > 1;
  }

  /**
   * By how many elements a width shrinks when one unit of the symbol goes and everything else
   * stays.
   */
  private static int elementsPerUnit(Layout layout, Symbol symbol) {
    long less = layout.extent(other -> other == symbol ? symbol.extent() - 1 : other.extent());
    return Math.toIntExact(layout.extent() - less);
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /**
   * Whether an hparam is the choice of one symbol. A width inside the groups of a convolution is
   * one by itself; what holds all the groups is derived from it.
   */
  private static boolean isOwn(Declared hparam, Set<Symbol> symbols) {
    if (symbols.size() != 1) {
      return false;
    }
    Symbol symbol = symbols.iterator().next();
    return !symbol.grouped()
        || symbol.extent() == hparam.layouts().get(0).extent()
        || hparam.name().endsWith("." + symbol.role());
  }

  private void addWidth(Declared hparam, Set<Symbol> named) {
    if (hparam.layouts().get(0).extent() > Integer.MAX_VALUE) {
      return; // no choice holds such a number
    }
    Set<Symbol> symbols = symbols(hparam.layouts());
    if (isOwn(hparam, symbols)) {
      add(hparam, widthDial(symbols.iterator().next(), hparam.name()));
      return;
    }
    add(hparam, null);
    boolean ours = namesParts.contains(hparam);
    int part = 0;
    for (Symbol symbol : symbols) {
      part++;
      if ((ours || !named.contains(symbol))
          && dialOfSymbol[symbol.index()] == null
          && !symbol.window()) {
        String name = unique(ours ? hparam.parts().get(part - 1) : partName(hparam, symbol, part));
        Dial dial = widthDial(symbol, name);
        specs.add(
            new HparamSpec(
                name, hparam.module().key(), Dial.Kind.WIDTH, List.of(symbol), dial, groups));
        groupOfDial.put(dial.index(), groups++);
      }
    }
  }

  /** Widths that no module names are open without rules, and none of the layer types of rules. */
  private void addOwnWidths() {
    Set<Symbol> turned = new HashSet<>();
    dials.forEach(dial -> turned.addAll(dial.symbols()));
    for (OwnWidths.Own own : OwnWidths.of(map, turned)) {
      Symbol symbol = own.symbol();
      if (!rules.rules().isEverything()) {
        freeze(symbol);
        ruled.putIfAbsent(symbol, Space.Ruled.ofNoType(own.layer()));
      }
      String name = unique(own.layer() + "." + own.name());
      Dial dial = widthDial(symbol, name);
      specs.add(new HparamSpec(name, "", Dial.Kind.WIDTH, List.of(symbol), dial, groups));
      groupOfDial.put(dial.index(), groups++);
    }
  }

  /**
   * The name of a symbol that stands in no width alone: after its role, or its place in the width
   * that shows it.
   */
  private String partName(Declared hparam, Symbol symbol, int part) {
    Optional<String> count = inner.count(symbol);
    if (count.isPresent()) {
      return count.get();
    }
    String role = symbol.role();
    return role == null
        ? hparam.name() + ".part" + part
        : hparam.name().substring(0, hparam.name().lastIndexOf('.') + 1) + role;
  }

  private String unique(String name) {
    String candidate = name;
    for (int i = 2; !names.add(candidate); i++) {
      candidate = name + "_" + i;
    }
    return candidate;
  }

  private Dial widthDial(Symbol symbol, String name) {
    Dial known = dialOfSymbol[symbol.index()];
    if (known != null) {
      return known;
    }
    List<int[]> settings = new ArrayList<>();
    BitSet set = allowed[symbol.index()];
    int n = Math.toIntExact(symbol.extent());
    if (symbol.window()) {
      settings.add(new int[] {n});
    } else if (set == null) {
      for (int units = Math.toIntExact(symbol.least()); units <= n; units++) {
        settings.add(new int[] {units});
      }
    } else {
      set.stream().forEach(units -> settings.add(new int[] {units}));
    }
    Dial dial = new Dial(dials.size(), Dial.Kind.WIDTH, name, List.of(symbol), settings, List.of());
    dials.add(dial);
    dialOfSymbol[symbol.index()] = dial;
    return dial;
  }

  private void recordCrop(Declared hparam) {
    List<Symbol> symbols = List.copyOf(symbols(hparam.layouts()));
    croppers.computeIfAbsent(symbols, key -> new ArrayList<>()).add(hparam);
    for (Symbol symbol : symbols) {
      List<Symbol> before = croppedWith.putIfAbsent(symbol, symbols);
      if (before != null && !before.equals(symbols)) {
        mixed.addAll(before);
        mixed.addAll(symbols);
      }
    }
  }

  private void addCrop(Declared hparam) {
    List<Symbol> symbols = List.copyOf(symbols(hparam.layouts()));
    if (symbols.isEmpty()) {
      add(hparam, null);
      return;
    }
    Dial dial = crops.get(symbols);
    if (dial == null) {
      boolean alone =
          symbols.stream()
              .allMatch(symbol -> dialOfSymbol[symbol.index()] == null && !mixed.contains(symbol));
      List<int[]> settings = alone ? cropSettings(symbols) : List.of(extents(symbols));
      dial = new Dial(dials.size(), Dial.Kind.CROP, hparam.name(), symbols, settings, List.of());
      dials.add(dial);
      crops.put(symbols, dial);
      for (Symbol symbol : symbols) {
        dialOfSymbol[symbol.index()] = dial;
      }
    }
    add(hparam, dial);
  }

  private static int[] extents(List<? extends Layout> layouts) {
    return layouts.stream().mapToInt(layout -> Math.toIntExact(layout.extent())).toArray();
  }

  /**
   * Every combination of window sizes that the rules of all layers allow which crop them, each
   * window keeping its parity; the original is last.
   */
  private List<int[]> cropSettings(List<Symbol> symbols) {
    List<int[]> settings = new ArrayList<>();
    combine(symbols, new int[symbols.size()], 0, settings);
    settings.removeIf(
        units ->
            croppers.getOrDefault(symbols, List.of()).stream()
                .anyMatch(hparam -> !allows(hparam, symbols, units)));
    return settings;
  }

  private static boolean allows(Declared hparam, List<Symbol> symbols, int[] units) {
    int[] original = extents(hparam.layouts());
    int[] size =
        hparam.layouts().stream()
            .mapToInt(
                layout -> Math.toIntExact(layout.extent(symbol -> units[symbols.indexOf(symbol)])))
            .toArray();
    KernelSizes sizes =
        hparam
            .options()
            .map(options -> options.sizes(hparam.choices(), original.length))
            .orElse(KernelSizes.ORIGINAL);
    return sizes.allows(size, original);
  }

  private void combine(List<Symbol> symbols, int[] units, int at, List<int[]> settings) {
    if (at == symbols.size()) {
      settings.add(units.clone());
      return;
    }
    Symbol symbol = symbols.get(at);
    int n = Math.toIntExact(symbol.extent());
    int least = Math.toIntExact(symbol.least());
    BitSet widths = allowed[symbol.index()];
    for (int k = n - (n - least) / 2 * 2; k <= n; k += 2) {
      if (widths == null || widths.get(k)) {
        units[at] = k;
        combine(symbols, units, at + 1, settings);
      }
    }
  }

  private void addDepth(Declared hparam) {
    List<Block> blocks = new ArrayList<>();
    int needed = 0;
    for (LayerView child : hparam.children()) {
      Optional<Block> block = depths.block(child.layer());
      blocks.add(block.orElse(Block.kept(child.name())));
      if (block.isEmpty()) {
        needed = blocks.size();
      }
    }
    int n = blocks.size();
    int least = hparam.options().map(options -> options.least(hparam.choices())).orElse(n);
    int shallowest = Math.min(n, Math.max(least, needed));
    while (shallowest < n) {
      Optional<String> objection = model.objection(without(blocks.subList(shallowest, n)));
      if (objection.isEmpty()) {
        break;
      }
      held.putIfAbsent(hparam.name(), held(hparam, blocks.get(shallowest), objection.get()));
      shallowest++;
    }
    List<int[]> settings = new ArrayList<>();
    for (int depth = shallowest; depth <= n; depth++) {
      settings.add(new int[] {depth});
    }
    Dial dial = new Dial(dials.size(), Dial.Kind.DEPTH, hparam.name(), List.of(), settings, blocks);
    dials.add(dial);
    add(hparam, dial);
  }

  /** Of a depth that the model does not let be any smaller, what it says. */
  private FrozenAxis held(Declared hparam, Block block, String objection) {
    GraphNode node = map.graph().nodes().get(block.nodes().get(0));
    String layer = hparam.name().substring(0, hparam.name().lastIndexOf('.'));
    String axis = hparam.name().substring(layer.length() + 1);
    return new FrozenAxis(layer, axis, node.label(), node.op().toString(), objection);
  }

  /** The network at its original widths, but without these blocks. */
  private Cut without(List<Block> blocks) {
    return new Cut(
        map,
        Symbol::extent,
        new int[map.symbols().size()][],
        blocks.stream().filter(Block::canGo).toList());
  }

  private void add(Declared hparam, @Nullable Dial dial) {
    int group =
        dial == null ? groups++ : groupOfDial.computeIfAbsent(dial.index(), index -> groups++);
    specs.add(
        new HparamSpec(
            hparam.name(), hparam.module().key(), hparam.kind(), hparam.layouts(), dial, group));
  }
}

package io.espalier.core;

import io.espalier.core.rules.Glob;
import io.espalier.core.rules.ResolvedRules;
import io.espalier.core.rules.Rules;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.PluginException;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import io.espalier.trace.TrialSizes;
import java.io.PrintStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The search space of a network: which smaller networks can be cut from it. A thin shell around an
 * immutable space: what changes is the active config, the orders of units and narrowed choices.
 *
 * <p>Functions of a config ({@link #params(Config)}, {@link #macs(Config)}, {@link #draw}) do not
 * touch that state and may be called by many threads; everything else is for one thread at a time.
 */
public final class SearchSpace {
  /** The criterion that units are ranked by where no other is chosen. */
  public static final String DEFAULT_CRITERION = "l2";

  private final Model model;
  private final DMRegistry registry;
  private final TrialSizes sizes;
  private String criterion = DEFAULT_CRITERION;
  private @Nullable ImportanceCriterion ownCriterion;
  private @Nullable SymMap map;
  private @Nullable State state;

  /** What a generated space holds. */
  private static final class State {
    final Space space;
    final int[] active;

    /** For each dial, the positions that may be chosen, ascending. */
    final int[][] open;

    /** For each dial, its choices once they were sampled from. */
    final @Nullable Choices[] choices;

    final int[] @Nullable [] orders;
    final Map<String, Importances.Scores> importances = new LinkedHashMap<>();

    /** Widths that a criterion could not score, by their dials. */
    final Map<Integer, FrozenAxis> unscored = new LinkedHashMap<>();

    State(Space space) {
      this.space = space;
      this.active = space.original();
      this.open = new int[space.dials().size()][];
      this.choices = new Choices[space.dials().size()];
      for (Dial dial : space.dials()) {
        open[dial.index()] = IntStream.range(0, dial.settings().size()).toArray();
      }
      this.orders = new int[space.map().symbols().size()][];
    }
  }

  /**
   * The space of a model; it has no hparams until {@link #generate} or {@link #restore} is called.
   *
   * @param model the network
   * @param map its symbolic map; null if it is not to be analysed, and the space only restored
   * @param registry the modules that name widths, and the rules that check carved networks
   */
  public SearchSpace(Model model, @Nullable SymMap map, DMRegistry registry) {
    this(model, map, registry, TrialSizes.automatic());
  }

  /**
   * As {@link #SearchSpace(Model, SymMap, DMRegistry)}.
   *
   * @param sizes the trial sizes the map was solved at
   */
  public SearchSpace(Model model, @Nullable SymMap map, DMRegistry registry, TrialSizes sizes) {
    this.model = model;
    this.map = map;
    this.registry = registry;
    this.sizes = sizes;
  }

  /**
   * Makes the network elastic under rules.
   *
   * @throws EspalierException if the rules do not fit the network, or there is no symbolic map
   */
  public void generate(Rules rules) {
    SymMap known = map;
    if (known == null) {
      throw new EspalierException(
          "no search space can be generated for "
              + model.description()
              + ": it was given without a symbolic map; solve the model first, or restore a saved space");
    }
    ResolvedRules resolved = rules.resolve(registry.modules().values());
    state = new State(SpaceBuilder.build(model, known, registry, resolved));
    for (Space.Failure failure : space().failures()) {
      warn("layer " + failure.layer().name() + " is frozen: " + failure.reason());
    }
  }

  private State state() {
    State known = state;
    if (known == null) {
      throw new EspalierException(
          "the search space of "
              + model.description()
              + " has not been generated; call generate(rules) or restore(saved)");
    }
    return known;
  }

  private Space space() {
    return state().space;
  }

  /** The network. */
  public Model model() {
    return model;
  }

  /** The symbolic map, if the network was analysed. */
  public Optional<SymMap> map() {
    return Optional.ofNullable(map);
  }

  /** The rules the space was generated under. */
  public Rules rules() {
    return space().rules();
  }

  // ---- hparams

  /** The hparam of a name; an error names those that are near. */
  public Hparam hparam(String name) {
    return new Hparam(this, spec(name));
  }

  private HparamSpec spec(String name) {
    HparamSpec spec = space().byName().get(name);
    if (spec == null) {
      throw new EspalierException(
          "there is no hparam \""
              + name
              + "\""
              + io.espalier.core.rules.Names.hint(name, "hparams", space().byName().keySet()));
    }
    return spec;
  }

  /** Every hparam by name, in graph order. */
  public Map<String, Hparam> namedHparams() {
    return namedHparams(Optional.empty(), false);
  }

  /**
   * Hparams by name, in graph order.
   *
   * @param configurable only those that can be configured; false for only those that cannot
   * @param unique each choice only under its first name
   */
  public Map<String, Hparam> namedHparams(boolean configurable, boolean unique) {
    return namedHparams(Optional.of(configurable), unique);
  }

  private Map<String, Hparam> namedHparams(Optional<Boolean> configurable, boolean unique) {
    Map<String, Hparam> named = new LinkedHashMap<>();
    Set<Integer> groups = new HashSet<>();
    for (HparamSpec spec : space().hparams()) {
      Hparam hparam = new Hparam(this, spec);
      if ((configurable.isEmpty() || configurable.get() == hparam.isConfigurable())
          && (!unique || groups.add(spec.group()))) {
        named.put(spec.name(), hparam);
      }
    }
    return named;
  }

  /** The elastic layers by name, with the module that made each elastic. */
  public Map<String, DynamicModule> namedDynamicModules() {
    return java.util.Collections.unmodifiableMap(space().modules());
  }

  /** Whether any hparam has more than one choice. */
  public boolean isConfigurable() {
    return state != null && !namedHparams(true, true).isEmpty();
  }

  /** Whether the space was generated or restored and has elastic layers. */
  public boolean isDynamic() {
    return state != null && !space().modules().isEmpty();
  }

  /** The number of sub-networks in the space. */
  public BigInteger size() {
    BigInteger size = BigInteger.ONE;
    for (Dial dial : space().dials()) {
      size = size.multiply(BigInteger.valueOf(positions(dial).length));
    }
    return size;
  }

  // ---- configs

  /** The active config, with every hparam. */
  public Config config() {
    return Config.of(space().values(state().active));
  }

  /**
   * The active config.
   *
   * @param configurable only hparams that can be configured, each choice under its first name;
   *     false for the others
   */
  public Config config(boolean configurable) {
    Map<String, Choice> all = space().values(state().active);
    Map<String, Choice> some = new LinkedHashMap<>();
    Set<String> chosen = namedHparams(true, configurable).keySet();
    all.forEach(
        (name, choice) -> {
          if (chosen.contains(name) == configurable) {
            some.put(name, choice);
          }
        });
    return Config.of(some);
  }

  /** Selects a config, and requires it to be complete; as {@code select(config, true)}. */
  public void select(Config config) {
    select(config, true);
  }

  /**
   * Makes a config the active one.
   *
   * @param config values of hparams, under any of their names
   * @param strict whether missing and unexpected names are errors; contradictions and impossible
   *     values always are
   * @throws EspalierException that names every missing, unexpected, impossible and inconsistent
   *     entry; nothing is selected then
   */
  public void select(Config config, boolean strict) {
    int[] setting = new Selector(space(), this::positions).resolve(config, state().active, strict);
    System.arraycopy(setting, 0, state().active, 0, setting.length);
  }

  /**
   * Samples every hparam at random, selects and returns the full config. The draw is not seeded.
   */
  public Config sample() {
    return sample(Samplers.random(new Random()));
  }

  /** Samples every hparam by a function of its choices, selects and returns the full config. */
  public Config sample(@Nullable Function<List<Choice>, Choice> function) {
    return sampleEach(dial -> function);
  }

  /**
   * Samples every hparam by the function of the last glob that matches its name, selects and
   * returns the full config. A null function, or no match, leaves the hparam as it is.
   */
  public Config sample(Map<String, ? extends @Nullable Function<List<Choice>, Choice>> functions) {
    List<Glob> globs = functions.keySet().stream().map(Glob::of).toList();
    return sampleEach(
        dial -> {
          Function<List<Choice>, Choice> last = null;
          int at = 0;
          for (Function<List<Choice>, Choice> function : functions.values()) {
            if (globs.get(at++).matches(dial.name())) {
              last = function;
            }
          }
          return last;
        });
  }

  private Config sampleEach(Function<Dial, @Nullable Function<List<Choice>, Choice>> functionOf) {
    State now = state();
    int[] setting = now.active.clone();
    for (Dial dial : now.space.dials()) {
      Function<List<Choice>, Choice> function = functionOf.apply(dial);
      if (function != null && now.open[dial.index()].length > 1) {
        Choices choices = choices(dial);
        int picked = choices.position(function.apply(choices.values()));
        if (picked < 0) {
          throw new EspalierException(
              "the sampling function of "
                  + dial.name()
                  + " picked none of its choices "
                  + choices.values());
        }
        setting[dial.index()] = picked;
      }
    }
    System.arraycopy(setting, 0, now.active, 0, setting.length);
    Space space = now.space;
    return Config.lazy(() -> space.values(setting));
  }

  /** The choices of a dial under the name that it has. */
  private Choices choices(Dial dial) {
    State now = state();
    Choices known = now.choices[dial.index()];
    if (known == null) {
      known = new Choices(positions(dial), choices(spec(dial.name())));
      now.choices[dial.index()] = known;
    }
    return known;
  }

  /** A random config; nothing is selected. The same generator state gives the same config. */
  public Config draw(RandomGenerator random) {
    State now = state();
    int[] setting = new int[now.active.length];
    for (int i = 0; i < setting.length; i++) {
      int[] open = now.open[i];
      setting[i] = open[open.length == 1 ? 0 : random.nextInt(open.length)];
    }
    Space space = now.space;
    return Config.lazy(() -> space.values(setting));
  }

  /** Weights and biases of a sub-network; running statistics are not counted. */
  public long params(Config config) {
    return space().params(setting(config));
  }

  /**
   * Multiply-accumulate operations of a sub-network at batch 1: convolutions and matrix products.
   */
  public long macs(Config config) {
    return space().macs(setting(config));
  }

  /** Weights and biases of the active sub-network. */
  public long params() {
    return space().params(state().active);
  }

  /** Multiply-accumulate operations of the active sub-network at batch 1. */
  public long macs() {
    return space().macs(state().active);
  }

  private int[] setting(Config config) {
    return new Selector(space(), this::positions).resolve(config, space().original(), false);
  }

  // ---- sorting

  /**
   * Sorts the units of every sortable hparam by importance, as the weights are now: those of a
   * block may have been trained since they were sorted last.
   */
  public void sortParameters() {
    sort(null);
  }

  /**
   * Sorts the units of hparams by importance.
   *
   * @param names last components of hparam names, such as {@code out_channels}; the others stay as
   *     they are
   * @param verbose whether to log what was sorted
   */
  public void sortParameters(Collection<String> names, boolean verbose) {
    List<String> sorted = sort(names);
    if (verbose) {
      org.slf4j.LoggerFactory.getLogger(SearchSpace.class).info("sorted {}", sorted);
    }
  }

  private List<String> sort(@Nullable Collection<String> names) {
    State now = state();
    now.importances.remove(criterion);
    Importances.Scores importances = importances(now);
    List<String> sorted = new ArrayList<>();
    for (Dial dial : now.space.dials()) {
      HparamSpec spec = spec(dial.name());
      if (dial.kind() != Dial.Kind.WIDTH || (names != null && !names.contains(spec.localName()))) {
        continue;
      }
      Layout.Symbol symbol = dial.symbols().get(0);
      PluginException failure = importances.failure(symbol);
      double[] importance = importances.units(symbol);
      if (failure != null) {
        freezeUnscored(now, dial, failure);
      } else if (importance != null) {
        now.orders[symbol.index()] = descending(importance);
        sorted.add(dial.name());
      }
    }
    return sorted;
  }

  /** A width whose units cannot be ranked may only be what it is, or whole. */
  private void freezeUnscored(State now, Dial dial, PluginException failure) {
    String layer = dial.name().substring(0, dial.name().lastIndexOf('.'));
    String axis = dial.name().substring(layer.length() + 1);
    String reason = "the criterion " + failure.getMessage();
    FrozenAxis frozen = new FrozenAxis(layer, axis, layer, "", reason);
    if (now.unscored.putIfAbsent(dial.index(), frozen) == null) {
      now.open[dial.index()] =
          IntStream.of(now.active[dial.index()], dial.original()).sorted().distinct().toArray();
      now.choices[dial.index()] = null;
      warn(layer + "." + axis + " is frozen: " + reason);
    }
  }

  private static void warn(String message) {
    org.slf4j.LoggerFactory.getLogger(SearchSpace.class).warn(message);
  }

  /** The key of the criterion that units are ranked by. */
  public String criterion() {
    return criterion;
  }

  /**
   * Chooses the criterion that units are ranked by from now on. What was sorted stays so until it
   * is sorted again.
   *
   * @param key the key of an {@link ImportanceCriterion} in the registry
   * @throws EspalierException if the registry has none of that key
   */
  public void setCriterion(String key) {
    criterion(key);
    criterion = key;
  }

  /**
   * Chooses a criterion that is not in the registry, such as one that was made from data. As {@link
   * #setCriterion(String)} otherwise.
   */
  public void setCriterion(ImportanceCriterion own) {
    ownCriterion = own;
    criterion = own.key();
    state().importances.remove(criterion);
  }

  private ImportanceCriterion criterion(String key) {
    ImportanceCriterion own = ownCriterion;
    if (own != null && own.key().equals(key)) {
      return own;
    }
    ImportanceCriterion found = registry.criteria().get(key);
    if (found == null) {
      throw new EspalierException(
          "there is no importance criterion \""
              + key
              + "\"; the registry has "
              + registry.criteria().keySet());
    }
    return found;
  }

  /** Indices by descending value; equal values keep the order of their indices. */
  static int[] descending(double[] values) {
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(values[b], values[a]));
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  private Importances.Scores importances(State now) {
    Importances.Scores known = now.importances.get(criterion);
    if (known == null) {
      known =
          new Importances(now.space.map(), registry.isStrict())
              .score(now.space.consumers(), criterion(criterion));
      now.importances.put(criterion, known);
    }
    return known;
  }

  // ---- export

  /** The active sub-network as a plain, smaller model, checked against its layouts. */
  public Model export() {
    return export(registry);
  }

  /** As {@link #export()}, checked by the rules of another registry. */
  public Model export(DMRegistry checkedBy) {
    Cut cut = cut();
    return model.carve(cut, new Proof(cut, checkedBy, sizes));
  }

  /** What is kept of the network at the active config. */
  public Cut cut() {
    State now = state();
    return now.space.cut(now.active, now.orders);
  }

  /** What is kept of the network at a config; units by the orders they have now. */
  public Cut cut(Config config) {
    State now = state();
    return now.space.cut(setting(config), now.orders);
  }

  /** What was cut from the network at the active config, in terms of the original. */
  public Manifest manifest() {
    return cut().manifest();
  }

  /** The axes that may not change, each with its reason. */
  public List<FrozenAxis> frozen() {
    List<FrozenAxis> frozen = new ArrayList<>(FrozenAxis.of(space()));
    frozen.addAll(state().unscored.values());
    return frozen;
  }

  // ---- summary and persistence

  /** Prints the summary to standard output, leaving out kernel sizes. */
  public void printSummary() {
    printSummary(Set.of("kernel_size"));
  }

  /**
   * Prints the summary to standard output, leaving out hparams by the last component of their
   * names.
   */
  public void printSummary(Set<String> skipped) {
    printSummary(skipped, System.out);
  }

  /**
   * Prints every hparam with its choices and value; a configurable one is marked with {@code *} at
   * its first name.
   */
  public void printSummary(Set<String> skipped, PrintStream out) {
    out.print(Summary.of(this, skipped));
  }

  /**
   * The space's rules, narrowed choices, orders and active config, to be restored on the same
   * model.
   */
  public SavedSpace save() {
    return SavedSpace.of(this);
  }

  /**
   * Restores a saved space: generates it under its rules and sets its state.
   *
   * @throws EspalierException if it was saved from another model, or by a format this version does
   *     not know
   */
  public void restore(SavedSpace saved) {
    saved.check(model);
    if (map == null) {
      map = Analysis.of(model, registry, sizes);
    }
    generate(saved.rules());
    saved.applyTo(this);
  }

  // ---- what Hparam and the other views read

  /** The positions of a dial that may be chosen, ascending; not to be changed. */
  int[] positions(Dial dial) {
    return state().open[dial.index()];
  }

  boolean isConfigurable(HparamSpec spec) {
    Dial dial = spec.dial();
    return dial != null && positions(dial).length > 1;
  }

  List<Choice> choices(HparamSpec spec) {
    Dial dial = spec.dial();
    if (dial == null) {
      return List.of(original(spec));
    }
    return Arrays.stream(positions(dial))
        .mapToObj(position -> space().valueAt(spec, position))
        .toList();
  }

  void narrow(HparamSpec spec, List<Choice> choices) {
    Dial dial = dial(spec);
    BitSet narrowed = new BitSet();
    List<Choice> known = choices(spec);
    int[] positions = positions(dial);
    for (Choice choice : choices) {
      int at = known.indexOf(choice);
      if (at < 0) {
        throw new EspalierException(
            spec.name() + " cannot be " + choice + "; its choices are " + known);
      }
      narrowed.set(positions[at]);
    }
    if (!narrowed.get(dial.original()) || !narrowed.get(state().active[dial.index()])) {
      throw new EspalierException(
          "the choices of "
              + spec.name()
              + " must hold its original, "
              + original(spec)
              + ", and its active value, "
              + active(spec)
              + "; they would be "
              + choices);
    }
    state().open[dial.index()] = narrowed.stream().toArray();
    state().choices[dial.index()] = null;
  }

  Choice active(HparamSpec spec) {
    int[] active = state().active;
    return space().value(spec, space().widths(active), active);
  }

  void setActive(HparamSpec spec, Choice choice) {
    Dial dial = dial(spec);
    int at = choices(spec).indexOf(choice);
    if (at < 0) {
      throw new EspalierException(
          spec.name() + " cannot be " + choice + "; its choices are " + choices(spec));
    }
    state().active[dial.index()] = positions(dial)[at];
  }

  private Dial dial(HparamSpec spec) {
    Dial dial = spec.dial();
    if (dial == null) {
      throw new EspalierException(
          spec.name()
              + (spec.derived()
                  ? " is derived from " + print(spec) + "; set those instead"
                  : " is fixed"));
    }
    return dial;
  }

  Choice original(HparamSpec spec) {
    return space().value(spec, Layout.Symbol::extent, space().original());
  }

  boolean isSortable(HparamSpec spec) {
    return importance(spec).isPresent();
  }

  Optional<double[]> importance(HparamSpec spec) {
    Layout.Symbol symbol = symbol(spec);
    if (symbol == null) {
      return Optional.empty();
    }
    double[] importance = importances(state()).units(symbol);
    return importance == null ? Optional.empty() : Optional.of(importance.clone());
  }

  private static Layout.@Nullable Symbol symbol(HparamSpec spec) {
    Dial dial = spec.dial();
    return dial != null && dial.kind() == Dial.Kind.WIDTH ? dial.symbols().get(0) : null;
  }

  int[] order(HparamSpec spec) {
    Layout.Symbol symbol = symbol(spec);
    int[] order = symbol == null ? null : state().orders[symbol.index()];
    if (order != null) {
      return order.clone();
    }
    int[] natural = new int[symbol == null ? 0 : Math.toIntExact(symbol.extent())];
    Arrays.setAll(natural, i -> i);
    return natural;
  }

  void setOrder(HparamSpec spec, int[] order) {
    Layout.Symbol symbol = symbol(spec);
    if (symbol == null || !Hparam.isPermutation(order, Math.toIntExact(symbol.extent()))) {
      throw new EspalierException(
          "the order of "
              + spec.name()
              + " must hold each of its "
              + (symbol == null ? 0 : symbol.extent())
              + " units once");
    }
    state().orders[symbol.index()] = order.clone();
  }

  int[] activeIndices(HparamSpec spec) {
    if (spec.layouts().size() != 1) {
      return new int[0];
    }
    return spec.layouts().get(0).kept(cut()::units);
  }

  String print(HparamSpec spec) {
    Map<Layout.Symbol, String> names = new LinkedHashMap<>();
    for (Dial dial : space().dials()) {
      dial.symbols().forEach(symbol -> names.put(symbol, dial.name()));
    }
    return String.join(
        " by ",
        spec.layouts().stream()
            .map(
                axis ->
                    Layout.print(axis, s -> names.getOrDefault(s, "free") + "(" + s.extent() + ")"))
            .toList());
  }
}

package io.espalier.core;

import io.espalier.core.cost.CostHandler;
import io.espalier.core.cost.CostSheet;
import io.espalier.core.importance.Ranking;
import io.espalier.core.rules.Rules;
import io.espalier.core.space.FrozenAxes;
import io.espalier.core.space.HparamSpec;
import io.espalier.core.space.Sampling;
import io.espalier.core.space.Space;
import io.espalier.core.space.SpaceState;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.core.values.Cut;
import io.espalier.core.values.FrozenAxis;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.TracedModel;
import io.espalier.core.values.UncountedNode;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.EspalierException;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import io.espalier.trace.TrialSizes;
import java.io.PrintStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The search space of a network: which smaller networks can be cut from it. A thin shell around an
 * immutable space: what changes is the active config, the orders of units and narrowed choices.
 *
 * <p>Functions of a config ({@link #params(Config)}, {@link #macs(Config)}, {@link #draw}, {@link
 * #cut(Config)}, {@link #export(Config)}) do not touch that state and may be called by many
 * threads; everything else is for one thread at a time.
 */
public final class SearchSpace {
  /** The criterion that units are ranked by where no other is chosen. */
  public static final String DEFAULT_CRITERION = Ranking.DEFAULT_CRITERION;

  private static final Logger LOG = LoggerFactory.getLogger(SearchSpace.class);

  private final TracedModel model;
  private final DMRegistry registry;
  private final TrialSizes sizes;
  private final Ranking ranking;
  private @Nullable SymMap map;
  private @Nullable Generated generated;

  /**
   * The space of a model; it has no hparams until {@link #generate} or {@link #restore} is called.
   *
   * @param model the network
   * @param map its symbolic map; null if it is not to be analysed, and the space only restored
   * @param registry the modules that name widths, and the rules that check carved networks
   */
  public SearchSpace(TracedModel model, @Nullable SymMap map, DMRegistry registry) {
    this(model, map, registry, TrialSizes.automatic());
  }

  /**
   * As {@link #SearchSpace(TracedModel, SymMap, DMRegistry)}.
   *
   * @param sizes the trial sizes the map was solved at
   */
  public SearchSpace(
      TracedModel model, @Nullable SymMap map, DMRegistry registry, TrialSizes sizes) {
    this.model = model;
    this.map = map;
    this.registry = registry;
    this.sizes = sizes;
    this.ranking = new Ranking(registry);
  }

  /**
   * Makes the network elastic under rules.
   *
   * @throws EspalierException if the rules do not fit the network, or there is no symbolic map
   */
  public void generate(Rules rules) {
    generated = Generated.of(model, map, registry, rules);
    ranking.clear();
    for (Space.Failure failure : space().failures()) {
      LOG.warn("layer {} is frozen: {}", failure.layer().name(), failure.reason());
    }
  }

  private Generated generated() {
    return Generated.required(generated, model);
  }

  /** What can change, of a space that was generated. */
  SpaceState state() {
    return generated().state();
  }

  private Space space() {
    return generated().space();
  }

  /** The network. */
  public TracedModel model() {
    return model;
  }

  /** The symbolic map, if the network was analysed; of a generated space, that of its rules. */
  public Optional<SymMap> map() {
    return generated == null ? Optional.ofNullable(map) : Optional.of(space().map());
  }

  /** The registry that the network is analysed with. */
  public DMRegistry registry() {
    return registry;
  }

  /** The rules the space was generated under. */
  public Rules rules() {
    return space().rules();
  }

  // ---- hparams

  /** The hparam of a name; an error names those that are near. */
  public Hparam hparam(String name) {
    return new Hparam(this, space().spec(name));
  }

  /** The hparam that turns a symbol, under its first name, if one does. */
  public Optional<Hparam> hparam(Layout.Symbol symbol) {
    return space().dials().stream()
        .filter(dial -> dial.symbols().contains(symbol))
        .findFirst()
        .map(dial -> hparam(dial.name()));
  }

  /** Every hparam by name, in graph order. */
  public Map<String, Hparam> namedHparams() {
    return Hparam.named(this, hparam -> true);
  }

  /** Some of the hparams by name, in graph order. */
  public Map<String, Hparam> namedHparams(Predicate<Hparam> which) {
    return Hparam.named(this, which);
  }

  /** The choices: each hparam that can be configured, under its first name only, in graph order. */
  public Map<String, Hparam> configurableHparams() {
    return Hparam.configurable(this);
  }

  /** The elastic layers by name, with the module that made each elastic. */
  public Map<String, DynamicModule> namedDynamicModules() {
    return Collections.unmodifiableMap(space().modules());
  }

  /** Whether any hparam has more than one choice. */
  public boolean isConfigurable() {
    return generated != null && !configurableHparams().isEmpty();
  }

  /** Whether the space was generated or restored and has elastic layers. */
  public boolean isDynamic() {
    return generated != null && !space().modules().isEmpty();
  }

  /** The number of sub-networks in the space. */
  public BigInteger size() {
    return state().size();
  }

  // ---- configs

  /** The active config, with every hparam. */
  public Config config() {
    return generated().config();
  }

  /**
   * The active config, each choice under its first name only, without what cannot be configured.
   */
  public Config configurableConfig() {
    return generated().config(configurableHparams().keySet());
  }

  /**
   * Makes a config the active one.
   *
   * @param config a value for every hparam that can be configured, under any of its names
   * @throws EspalierException that names every missing, unexpected, impossible and inconsistent
   *     entry; nothing is selected then
   */
  public void select(Config config) {
    generated().select(config, true);
  }

  /**
   * Makes those choices active that a config names; what it does not name stays as it is, and names
   * that the space does not know are passed over.
   *
   * @param config values of hparams, under any of their names
   * @throws EspalierException that names every impossible and inconsistent entry; nothing is
   *     selected then
   */
  public void selectPartly(Config config) {
    generated().select(config, false);
  }

  /**
   * Samples every hparam at random, selects and returns the full config. The draw is not seeded.
   */
  public Config sample() {
    return sample(Samplers.random(new Random()));
  }

  /**
   * Samples every hparam by a function of its choices, selects and returns the full config. A null
   * function leaves all as they are.
   */
  public Config sample(@Nullable Function<List<Choice>, Choice> function) {
    Generated known = generated();
    return function == null ? known.config() : known.select(Sampling.each(known.state(), function));
  }

  /**
   * Samples every hparam by the function of the last glob that matches one of its names, selects
   * and returns the full config. A null function, or no match, leaves the hparam as it is. The
   * function is shown the choices under the name that matches.
   *
   * @param functions by glob, in an order that is known: a {@link LinkedHashMap} or a sorted map,
   *     unless it holds only one
   * @throws EspalierException if a glob matches no hparam, or the map has no order
   */
  public Config sample(Map<String, ? extends @Nullable Function<List<Choice>, Choice>> functions) {
    Generated known = generated();
    return known.select(Sampling.byGlob(known.state(), functions));
  }

  /**
   * What tells whether the active sub-network is another than before: another object after every
   * change of the active config or of an order of units.
   */
  public Object revision() {
    return state().revision();
  }

  /** A random config; nothing is selected. The same generator state gives the same config. */
  public Config draw(RandomGenerator random) {
    return generated().draw(random);
  }

  /**
   * Weights and biases of a sub-network; running statistics are not counted.
   *
   * @param config what it does not name is as the original has it, or as it is held; names that the
   *     space does not know are passed over
   */
  public long params(Config config) {
    return generated().params(config);
  }

  /**
   * Multiply-accumulate operations of a sub-network at batch 1: convolutions and matrix products.
   *
   * @param config what it does not name is as the original has it, or as it is held; names that the
   *     space does not know are passed over
   */
  public long macs(Config config) {
    return generated().macs(config);
  }

  /** Weights and biases of the active sub-network. */
  public long params() {
    return generated().params();
  }

  /** Multiply-accumulate operations of the active sub-network at batch 1. */
  public long macs() {
    return generated().macs();
  }

  /**
   * The choices of this space with what each setting of them costs, for a search.
   *
   * @param costs what is to be counted
   */
  public Dials dials(Collection<CostHandler> costs) {
    List<CostHandler> counted = List.copyOf(costs);
    return new Dials(
        state(), configurableHparams(), counted, new CostSheet(space(), model, counted));
  }

  /**
   * The nodes that counts of MACs leave out, since their shapes are not known, or what they compute
   * is not; empty where the counts are complete.
   */
  public List<UncountedNode> uncounted() {
    return UncountedNode.of(space().map());
  }

  // ---- sorting

  /**
   * Sorts the units of every sortable hparam by importance, as the weights are now: those of a
   * block may have been trained since they were sorted last.
   */
  public void sortParameters() {
    ranking.sort(state(), null);
  }

  /**
   * Sorts the units of hparams by importance.
   *
   * @param names last components of hparam names, such as {@code out_channels}, under any of an
   *     hparam's names; the others stay as they are
   * @return the first names of what was sorted
   * @throws EspalierException if no hparam's name ends so
   */
  public List<String> sortParameters(Collection<String> names) {
    return ranking.sort(state(), names);
  }

  /** The key of the criterion that units are ranked by. */
  public String criterion() {
    return ranking.criterion();
  }

  /**
   * Chooses the criterion that units are ranked by from now on. What was sorted stays so until it
   * is sorted again.
   *
   * @param key the key of an {@link ImportanceCriterion} in the registry
   * @throws EspalierException if the registry has none of that key
   */
  public void setCriterion(String key) {
    ranking.setCriterion(key);
  }

  /**
   * Chooses a criterion that is not in the registry, such as one that was made from data. As {@link
   * #setCriterion(String)} otherwise.
   */
  public void setCriterion(ImportanceCriterion own) {
    ranking.setCriterion(own);
  }

  // ---- export

  /** The active sub-network as a plain, smaller model, checked against its layouts. */
  public TracedModel export() {
    return export(registry);
  }

  /**
   * A sub-network as a plain, smaller model; the active one stays what it is, and several threads
   * may export at once.
   */
  public TracedModel export(Config config) {
    return generated().export(cut(config), registry);
  }

  /** As {@link #export()}, checked by the rules of another registry. */
  public TracedModel export(DMRegistry checkedBy) {
    return generated().export(checkedBy);
  }

  /** What is kept of the network at the active config; what is set or sorted later changes none. */
  public Cut cut() {
    return generated().cut();
  }

  /** What is kept of the network at a config; units by the orders they have now. */
  public Cut cut(Config config) {
    return generated().cut(config);
  }

  /** What was cut from the network at the active config, in terms of the original. */
  public Manifest manifest() {
    return generated().manifest(registry);
  }

  /** The axes that may not change, each with its reason. */
  public List<FrozenAxis> frozen() {
    List<FrozenAxis> frozen = new ArrayList<>(FrozenAxes.of(space()));
    frozen.addAll(ranking.unscored());
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
   * network, or another checkpoint of it.
   */
  public SavedSpace save() {
    return SavedSpace.of(this);
  }

  /**
   * Restores a saved space: generates it under its rules and sets its state.
   *
   * <p>Another checkpoint of the same network will do; units keep the order that they were saved
   * in, until they are sorted by their new weights.
   *
   * @throws EspalierException if it was saved from another network
   */
  public void restore(SavedSpace saved) {
    if (!saved.hasWeightsOf(model)) {
      LOG.info(
          "the search space of {} was saved with other weights; units keep the order of those",
          model.description());
    }
    if (map == null) {
      map = Analysis.of(model, registry, sizes);
    }
    generate(saved.rules());
    saved.applyTo(this);
  }

  /**
   * The space of the same network with other weights, under the same rules, with the choices,
   * orders and active config that this one has now. What is changed later in one changes nothing in
   * the other.
   *
   * @param other the network with other weights
   */
  public SearchSpace over(TracedModel other) {
    SearchSpace space =
        new SearchSpace(other, Analysis.of(other, registry, sizes), registry, sizes);
    space.ranking.rankAs(ranking);
    space.generate(rules());
    save().applyTo(space);
    return space;
  }

  // ---- what the views read

  Optional<double[]> importance(HparamSpec spec) {
    return ranking.importance(state(), spec);
  }
}

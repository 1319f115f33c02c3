package io.espalier.core;

import io.espalier.core.checks.ManifestChecks;
import io.espalier.core.checks.Proof;
import io.espalier.core.checks.SpaceChecks;
import io.espalier.core.cost.CostSheet;
import io.espalier.core.cost.MacsCost;
import io.espalier.core.cost.ParamsCost;
import io.espalier.core.rules.ResolvedRules;
import io.espalier.core.rules.Rules;
import io.espalier.core.space.HparamSpec;
import io.espalier.core.space.InnerWidths;
import io.espalier.core.space.Sampling;
import io.espalier.core.space.Space;
import io.espalier.core.space.SpaceBuilder;
import io.espalier.core.space.SpaceState;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.core.values.Cut;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.EspalierException;
import io.espalier.trace.SymMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a search space has once it was generated: what of it can change, and what it costs.
 *
 * @param model the network
 * @param state the space, with what of it can change
 * @param costs counts parameters and operations
 */
record Generated(TracedModel model, SpaceState state, CostSheet costs) {
  private static final int PARAMS = 0;
  private static final int MACS = 1;

  /**
   * Makes a network elastic under rules.
   *
   * @param map the network's symbolic map, if it has one
   * @throws EspalierException if the rules do not fit the network, or there is no symbolic map
   */
  static Generated of(TracedModel model, @Nullable SymMap map, DMRegistry registry, Rules rules) {
    if (map == null) {
      throw new EspalierException(
          "no search space can be generated for "
              + model.description()
              + ": it was given without a symbolic map; solve the model first, or restore a saved"
              + " space");
    }
    ResolvedRules resolved = rules.resolve(registry.modules().values());
    Set<Integer> opened = InnerWidths.opened(map, registry, resolved);
    SymMap own = opened.isEmpty() ? map : Analysis.opened(model, map, registry, opened);
    Space space = SpaceBuilder.build(model, own, registry, resolved);
    SpaceChecks.check(space, registry);
    CostSheet costs = new CostSheet(space, model, List.of(new ParamsCost(), new MacsCost()));
    return new Generated(model, new SpaceState(space), costs);
  }

  /** What is generated; an error where nothing is yet. */
  static Generated required(@Nullable Generated known, TracedModel model) {
    if (known == null) {
      throw new EspalierException(
          "the search space of "
              + model.description()
              + " has not been generated; call generate(rules) or restore(saved)");
    }
    return known;
  }

  Space space() {
    return state.space();
  }

  /** The active config, with every hparam. */
  Config config() {
    return lazy(state.active());
  }

  /** Some hparams of the active config. */
  Config config(Set<String> names) {
    Map<String, Choice> all = space().values(state.active());
    all.keySet().retainAll(names);
    return Config.of(all);
  }

  void select(Config config, boolean strict) {
    state.setActive(state.resolve(config, state.active(), strict));
  }

  /** Selects a setting that was sampled, and returns the full config. */
  Config select(int[] setting) {
    state.setActive(setting);
    return lazy(setting);
  }

  /** A random config; nothing is selected. */
  Config draw(RandomGenerator random) {
    return lazy(Sampling.random(state, random));
  }

  private Config lazy(int[] setting) {
    Space space = space();
    return Config.lazy(
        () -> space.values(setting), (name, choice) -> with(setting, space.spec(name), choice));
  }

  private Config with(int[] setting, HparamSpec spec, Choice choice) {
    return lazy(state.resolve(Config.of(Map.of(spec.name(), choice)), setting, false));
  }

  private int[] setting(Config config) {
    return state.resolve(config, state.whole(), false);
  }

  long params() {
    return costs.at(state.active(), PARAMS);
  }

  long params(Config config) {
    return costs.at(setting(config), PARAMS);
  }

  long macs() {
    return costs.at(state.active(), MACS);
  }

  long macs(Config config) {
    return costs.at(setting(config), MACS);
  }

  Cut cut() {
    return state.cut(state.active());
  }

  Cut cut(Config config) {
    return state.cut(setting(config));
  }

  /** What was cut at the active config; checked. */
  Manifest manifest(DMRegistry registry) {
    return manifest(cut(), registry);
  }

  private static Manifest manifest(Cut cut, DMRegistry registry) {
    Manifest manifest = cut.manifest();
    ManifestChecks.check(cut, manifest, registry);
    return manifest;
  }

  /**
   * The active sub-network as a smaller network; it, and what would be listed of it, are checked.
   */
  TracedModel export(DMRegistry checkedBy) {
    return export(cut(), checkedBy);
  }

  /** The same of a cut. */
  TracedModel export(Cut cut, DMRegistry checkedBy) {
    manifest(cut, checkedBy);
    return model.carve(cut, new Proof(cut, checkedBy));
  }
}

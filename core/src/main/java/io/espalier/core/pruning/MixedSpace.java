package io.espalier.core.pruning;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.rotation.Rotation;
import io.espalier.core.search.WidthUnits;
import io.espalier.core.values.Manifest;
import io.espalier.spi.Ranking;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The space of a network that computes the same, and whose widths between linear maps are made of
 * other units: few of them carry most, so that less is lost with the others.
 *
 * @param given the space of the network itself
 * @param space the same of the network with mixed units
 * @param known what mixed units are worth, where no weight reads them
 * @param changed the parameters that have other values
 */
record MixedSpace(
    SearchSpace given, SearchSpace space, Map<Layout.Symbol, Ranking> known, Set<String> changed) {
  /** The outputs may differ by this part of their variance, which is more than rounding does. */
  private static final double SAME = 1e-4;

  /** On how many samples that is looked at. */
  private static final int LOOKED_AT = 8;

  /**
   * Mixes the units of widths that can be chosen.
   *
   * @param fitted which of the data tell how
   * @return empty where there are none, units are not ranked by data, or nothing is repaired
   */
  static Optional<MixedSpace> of(
      SearchSpace given,
      PruneOptions options,
      Samples data,
      int[] fitted,
      Consumer<String> progress) {
    if (!(given.model() instanceof DataModel model)
        || given.map().isEmpty()
        || !given.registry().dataCriteria().containsKey(options.criterion())
        || options.repair() != PruneOptions.Repair.SEQUENTIAL
        || fitted.length < Math.max(1, InputSpec.batchSize(model.inputs(), 1))) {
      return Optional.empty();
    }
    SymMap map = given.map().get();
    Set<Layout.Symbol> free =
        WidthUnits.of(given).stream().map(WidthUnits::symbol).collect(Collectors.toSet());
    Rotation rotation = Rotation.of(model, map, free::contains, data, fitted);
    if (rotation.values().isEmpty()) {
      return Optional.empty();
    }
    progress.accept("mixing units");
    DataModel mixed = model.withValues(rotation.values());
    int batch = InputSpec.batchSize(model.inputs(), LOOKED_AT);
    int[] some =
        SampleDraw.draw(
            fitted, Math.min(fitted.length, Math.max(batch, LOOKED_AT)), options.seed());
    if (!(new OutputError(model, data, some).of(mixed) < SAME)) {
      mixed.close();
      return Optional.empty();
    }
    SearchSpace space = given.over(mixed);
    Map<Layout.Symbol, Ranking> known = new HashMap<>();
    List<Layout.Symbol> symbols = space.map().orElseThrow().symbols();
    rotation.rankings().forEach((index, ranking) -> known.put(symbols.get(index), ranking));
    return Optional.of(
        new MixedSpace(given, space, known, new HashSet<>(rotation.values().keySet())));
  }

  /**
   * What was cut, as a cut of the original whose values were changed after that. The space of the
   * original is turned to it, too.
   *
   * @param pruned cut from the network with mixed units
   */
  Pruned inTermsOfTheOriginal(Pruned pruned) {
    for (Hparam hparam : space.configurableHparams().values()) {
      if (hparam.order().length > 0) {
        given.hparam(hparam.name()).setOrder(hparam.order());
      }
    }
    given.select(pruned.costs().config());
    try (DataModel plain = (DataModel) given.export()) {
      Set<String> changed = new HashSet<>(changed());
      pruned.manifest().compensated().forEach(entry -> changed.add(entry.initializer()));
      changed.removeIf(name -> !plain.isStored(name));
      Manifest manifest =
          Compensated.add(given.manifest(), plain, pruned.model(), changed, given.registry());
      return new Pruned(
          pruned.model(),
          manifest,
          pruned.costs(),
          pruned.error(),
          pruned.errorBefore(),
          pruned.heldBack(),
          pruned.left(),
          pruned.history());
    }
  }
}

package io.espalier.core.pruning;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.calibration.Calibration;
import io.espalier.core.calibration.Place;
import io.espalier.core.calibration.Places;
import io.espalier.core.calibration.StoredWeight;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.lossless.IdleUnits;
import io.espalier.core.moments.DataModel;
import io.espalier.core.search.WidthUnits;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Cut;
import io.espalier.core.values.Manifest;
import io.espalier.spi.EspalierException;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout.Symbol;
import io.espalier.trace.SymMap;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Takes away the units that contribute nothing, so that a network computes what it did: the weights
 * of doubles are added to those of the unit that stays, and stand in the manifest as changed.
 */
public final class LosslessPruning {
  private final SearchSpace space;
  private final DataModel original;
  private final SymMap map;

  private LosslessPruning(SearchSpace space) {
    this.space = space;
    if (!(space.model() instanceof DataModel model)) {
      throw new EspalierException(
          space.model().description() + " cannot be given other weights by its backend");
    }
    this.original = model;
    this.map =
        space
            .map()
            .orElseThrow(
                () -> new EspalierException("the space was restored without a symbolic map"));
  }

  /**
   * A network without them.
   *
   * @param model the network
   * @param manifest what was cut, and which weights hold other values
   * @param removed how many units went
   * @param doubles how many of these were doubles of others
   */
  public record Result(DataModel model, Manifest manifest, int removed, int doubles) {}

  /**
   * Takes them away. The space is turned to the result, and its units are ordered. Where the
   * choices of a width are few, some of its idle units stay.
   *
   * @param data any that the network runs on; read only where units are made of zero weights
   */
  public static Result run(SearchSpace space, Supplier<Samples> data) {
    return new LosslessPruning(space).run(data);
  }

  private Result run(Supplier<Samples> data) {
    Map<Symbol, WidthUnits> widths = new LinkedHashMap<>();
    WidthUnits.of(space).forEach(width -> widths.put(width.symbol(), width));
    Calibration[] known = new Calibration[1];
    IdleUnits.Found found =
        IdleUnits.of(
            map,
            widths.keySet(),
            () -> {
              if (known[0] == null) {
                known[0] = observed(data.get());
              }
              return known[0];
            });
    space.configurableHparams().values().forEach(hparam -> hparam.setActive(hparam.original()));
    int removed = 0;
    for (Map.Entry<Symbol, BitSet> entry : found.idle().entrySet()) {
      WidthUnits width = Objects.requireNonNull(widths.get(entry.getKey()));
      removed += takeAway(width, entry.getValue());
    }
    DataModel carved = (DataModel) space.export();
    Map<String, float[]> values = values(found, carved);
    if (values.isEmpty()) {
      return new Result(carved, space.manifest(), removed, 0);
    }
    try (carved) {
      DataModel model = carved.withValues(values);
      Manifest manifest =
          Compensated.add(space.manifest(), carved, model, values.keySet(), space.registry());
      return new Result(model, manifest, removed, found.doubles());
    }
  }

  private Calibration observed(Samples data) {
    return Calibration.measure(original, map, data, List.of(SampleDraw.all(data.count())));
  }

  /** Turns a width to as few units as do something, or the next choice that has them all. */
  private static int takeAway(WidthUnits width, BitSet idle) {
    Hparam hparam = width.hparam();
    int units = Math.toIntExact(width.symbol().extent());
    int[] order =
        IntStream.concat(IntStream.range(0, units).filter(unit -> !idle.get(unit)), idle.stream())
            .toArray();
    Optional<Choice> choice =
        hparam.choices().stream()
            .filter(c -> width.at(c.number()) >= units - idle.cardinality())
            .min(Comparator.comparingInt(Choice::number));
    if (choice.isEmpty()) {
      return 0;
    }
    hparam.setOrder(order);
    hparam.setActive(choice.get());
    return units - width.at(choice.get().number());
  }

  /** The weights that others were added to, as they are stored in the smaller network. */
  private Map<String, float[]> values(IdleUnits.Found found, DataModel carved) {
    Map<String, float[]> values = new HashMap<>();
    Graph graph = carved.graph();
    Map<String, GraphNode> byOutput = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      node.outputs().stream()
          .filter(output -> output >= 0)
          .limit(1)
          .forEach(output -> byOutput.put(graph.tensor(output).name(), node));
    }
    Cut cut = space.cut();
    for (Place place : Places.of(map).places()) {
      float[] all = found.weights().get(place.weight().tensor());
      int output = map.graph().nodes().get(place.node()).outputs().get(0);
      GraphNode node = byOutput.get(map.graph().tensor(output).name());
      if (all != null && node != null) {
        Place.Stored stored =
            Places.stored(graph, node.inputs().get(place.form().weight())).orElseThrow();
        values.put(graph.tensor(stored.tensor()).name(), slice(place, all, cut));
      }
    }
    return values;
  }

  private float[] slice(Place place, float[] all, Cut cut) {
    var axes = Objects.requireNonNull(map.input(place.node(), place.form().weight()));
    int[][] kept = new int[axes.size()][];
    for (int axis = 0; axis < kept.length; axis++) {
      int[] some = cut.kept(axes.get(axis));
      kept[axis] =
          some != null
              ? some
              : IntStream.range(0, Math.toIntExact(axes.get(axis).extent())).toArray();
    }
    StoredWeight weight =
        new StoredWeight(
            Objects.requireNonNull(map.graph().tensor(place.weight().tensor()).constant()),
            place.form(),
            place.weight().transposed());
    return weight.slice(all, kept[place.form().contracted()], kept[place.form().produced()]);
  }
}

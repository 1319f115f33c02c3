package io.espalier.djl.carve;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.espalier.core.values.Cut;
import io.espalier.spi.EspalierException;
import io.espalier.spi.OpId;
import io.espalier.trace.Layout;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which part of each parameter a cut keeps. Immutable. */
public final class ParameterSlices {
  private static final OpId IDENTITY = OpId.of("Identity");

  private final Map<Parameter, ParameterSlice> slices;

  private ParameterSlices(Map<Parameter, ParameterSlice> slices) {
    this.slices = slices;
  }

  /**
   * The slices of a cut.
   *
   * @throws EspalierException if a parameter is used twice, with different slices
   */
  static ParameterSlices of(Network network, Cut cut) {
    IdentityHashMap<Parameter, ParameterSlice> slices = new IdentityHashMap<>();
    IdentityHashMap<Parameter, ParameterUse> first = new IdentityHashMap<>();
    for (ParameterUse use : network.uses()) {
      List<Layout> layouts = cut.map().input(use.node().index(), use.input());
      if (layouts == null || cut.skips(use.node().index()) || isAlias(network, use)) {
        continue;
      }
      List<int @Nullable []> kept = new ArrayList<>();
      layouts.forEach(layout -> kept.add(cut.kept(layout)));
      Shape whole = use.parameter().getArray().getShape();
      ParameterSlice slice = new ParameterSlice(whole, kept);
      ParameterSlice other = slices.putIfAbsent(use.parameter(), slice);
      ParameterUse before = first.putIfAbsent(use.parameter(), use);
      if (other != null && before != null && !other.isSame(slice)) {
        throw new EspalierException(
            "parameter \""
                + use.parameter().getName()
                + "\" of shape "
                + whole
                + " is used by "
                + before.node().label()
                + " and by "
                + use.node().label()
                + ", of which each would keep another part; freeze the widths of one of them by"
                + " a rule");
      }
    }
    slices.values().removeIf(ParameterSlice::isWhole);
    return new ParameterSlices(slices);
  }

  /** What an Identity reads is sliced for those that read it, unless it is what comes out. */
  private static boolean isAlias(Network network, ParameterUse use) {
    return use.node().op().equals(IDENTITY)
        && !network.traced().graph().outputs().contains(use.node().outputs().get(0));
  }

  /** Whether all parameters are kept whole. */
  public boolean isEmpty() {
    return slices.isEmpty();
  }

  /** The part of a parameter that is kept; empty where all of it is. */
  public Optional<ParameterSlice> find(Parameter parameter) {
    return Optional.ofNullable(slices.get(parameter));
  }
}

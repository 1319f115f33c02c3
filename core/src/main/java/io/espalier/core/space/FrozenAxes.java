package io.espalier.core.space;

import io.espalier.core.values.FrozenAxis;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.Value;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeView;
import io.espalier.trace.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Finds the widths of a space that may not change, each with its reason. */
public final class FrozenAxes {
  private static final String EVERY_AXIS = "*";

  private FrozenAxes() {}

  /**
   * The widths of a space that may not change, in graph order; behind them nodes that hold weights
   * of which no width tells.
   */
  public static List<FrozenAxis> of(Space space) {
    List<FrozenAxis> frozen = new ArrayList<>();
    Map<Layout.Symbol, Space.Failure> failed = new HashMap<>();
    for (Space.Failure failure : space.failures()) {
      frozen.add(of(failure.layer().name(), EVERY_AXIS, failure));
      symbols(failure.layer()).forEach(symbol -> failed.putIfAbsent(symbol, failure));
    }
    Map<Layout.Symbol, Space.Ruled> ruled = new HashMap<>(space.closed());
    ruled.putAll(space.ruled());
    for (HparamSpec spec : space.hparams()) {
      if (spec.kind() != Dial.Kind.WIDTH) {
        continue;
      }
      Layout layout = spec.layouts().get(0);
      String layer = spec.name().substring(0, spec.name().length() - spec.localName().length() - 1);
      if (!layout.isFree()) {
        Reason reason = reason(layout);
        if (layout.extent() > 1) {
          frozen.add(
              new FrozenAxis(layer, spec.localName(), reason.node(), reason.op(), reason.text()));
        }
      } else {
        stopped(layout, failed, ruled)
            .map(symbol -> of(layer, spec.localName(), symbol, failed, ruled))
            .ifPresent(frozen::add);
      }
    }
    frozen.addAll(space.heldDepths());
    frozen.addAll(FrozenNodes.of(space, frozen));
    return frozen;
  }

  /** The first symbol of an axis, if plugins and rules leave none of its symbols free. */
  private static Optional<Layout.Symbol> stopped(
      Layout layout,
      Map<Layout.Symbol, Space.Failure> failed,
      Map<Layout.Symbol, Space.Ruled> ruled) {
    if (failed.isEmpty() && ruled.isEmpty()) {
      return Optional.empty();
    }
    Set<Layout.Symbol> symbols = new LinkedHashSet<>();
    Layout.forEachSymbol(layout, symbols::add);
    boolean all =
        symbols.stream()
            .allMatch(symbol -> failed.containsKey(symbol) || ruled.containsKey(symbol));
    return all ? symbols.stream().findFirst() : Optional.empty();
  }

  private static FrozenAxis of(
      String layer,
      String axis,
      Layout.Symbol symbol,
      Map<Layout.Symbol, Space.Failure> failed,
      Map<Layout.Symbol, Space.Ruled> ruled) {
    Space.Failure failure = failed.get(symbol);
    if (failure != null) {
      return of(layer, axis, failure);
    }
    Space.Ruled rule = Objects.requireNonNull(ruled.get(symbol));
    return new FrozenAxis(layer, axis, rule.layer(), "", rule.reason(layer));
  }

  private static FrozenAxis of(String layer, String axis, Space.Failure failure) {
    List<Node> nodes = failure.layer().nodes();
    GraphNode first = nodes.isEmpty() ? null : ((NodeView) nodes.get(0)).node();
    return new FrozenAxis(
        layer,
        axis,
        first == null ? failure.layer().name() : first.label(),
        first == null ? "" : first.op().toString(),
        failure.reason());
  }

  /**
   * The parts of a width that may not change, while others do; none twice for the same reason.
   *
   * @param spec a width of several parts
   */
  public static List<FrozenAxis> parts(HparamSpec spec) {
    List<Layout.Fixed> parts = new ArrayList<>();
    spec.layouts().forEach(layout -> collect(layout, parts));
    String local = spec.localName();
    String layer = spec.name().substring(0, spec.name().length() - local.length() - 1);
    Set<FrozenAxis> frozen = new LinkedHashSet<>();
    for (Layout.Fixed part : parts) {
      Reason reason = part.reason();
      frozen.add(new FrozenAxis(layer, local, reason.node(), reason.op(), reason.text()));
    }
    return List.copyOf(frozen);
  }

  /** The symbols of every axis that a layer's nodes read or compute. */
  static Set<Layout.Symbol> symbols(Layer layer) {
    Set<Layout.Symbol> symbols = new LinkedHashSet<>();
    for (Node node : layer.nodes()) {
      for (List<Value> values : List.of(node.inputs(), node.outputs())) {
        for (Value value : values) {
          value.axes().forEach(axis -> Layout.forEachSymbol((Layout) axis, symbols::add));
        }
      }
    }
    return symbols;
  }

  /** The reason of the longest fixed part. */
  static Reason reason(Layout layout) {
    List<Layout.Fixed> parts = new ArrayList<>();
    collect(layout, parts);
    Layout.Fixed longest = parts.get(0);
    for (Layout.Fixed part : parts) {
      longest = part.extent() > longest.extent() ? part : longest;
    }
    return longest.reason();
  }

  private static void collect(Layout layout, List<Layout.Fixed> parts) {
    Layout.forEachSegment(
        layout,
        segment -> {
          if (segment instanceof Layout.Fixed fixed) {
            parts.add(fixed);
          } else if (segment instanceof Layout.Product product) {
            product.factors().forEach(factor -> collect(factor, parts));
          }
        });
  }
}

package io.espalier.cli.report;

import io.espalier.core.values.FrozenAxis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Why some widths may not change.
 *
 * @param why what stopped them
 * @param op the operator that did; empty if none
 * @param nodes where, if that is not the widths' own layers
 * @param axes the widths; at least one
 * @param remedy what one could do, where there is something to say
 */
public record FrozenCause(
    String why, String op, List<String> nodes, List<FrozenAxis> axes, Optional<String> remedy) {
  private static final String ADVICE = "; ";

  public FrozenCause {
    nodes = List.copyOf(nodes);
    axes = List.copyOf(axes);
  }

  /** Causes that are alike but for the layer are one. */
  private record Key(String reason, String op) {}

  /** Frozen axes by what stopped them, the most frequent cause first. */
  public static List<FrozenCause> of(List<FrozenAxis> frozen) {
    Map<Key, List<FrozenAxis>> groups = new LinkedHashMap<>();
    for (FrozenAxis axis : frozen) {
      // Rules that hold a width at another layer are one reason, and those layers stand beside it.
      String reason =
          axis.op().isEmpty()
              ? axis.reason().replace(" at " + axis.node() + ",", ",")
              : axis.reason();
      groups.computeIfAbsent(new Key(reason, axis.op()), key -> new ArrayList<>()).add(axis);
    }
    return groups.entrySet().stream()
        .sorted(Comparator.comparing(group -> -group.getValue().size()))
        .map(group -> cause(group.getKey(), group.getValue()))
        .toList();
  }

  private static FrozenCause cause(Key key, List<FrozenAxis> axes) {
    int advice = key.reason().indexOf(ADVICE);
    boolean elsewhere =
        axes.stream().anyMatch(axis -> axis.reason().contains(" at " + axis.node() + ","));
    Set<String> nodes = new LinkedHashSet<>();
    if (elsewhere || !key.op().isEmpty()) {
      axes.forEach(axis -> nodes.add(axis.node()));
    }
    return new FrozenCause(
        advice < 0 ? key.reason() : key.reason().substring(0, advice),
        key.op(),
        List.copyOf(nodes),
        axes,
        advice >= 0 || !key.op().isEmpty() ? Optional.of(axes.get(0).remedy()) : Optional.empty());
  }

  /** The widths, each as its layer and axis. */
  public List<String> names() {
    return axes.stream().map(axis -> axis.layer() + "." + axis.axis()).toList();
  }
}

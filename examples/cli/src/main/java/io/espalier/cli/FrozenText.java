package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.FrozenAxis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What may not change in a space, by reason, for people to read; the most frequent reason first.
 */
final class FrozenText {
  private FrozenText() {}

  /**
   * What stopped a group of widths.
   *
   * @param reason why, and behind a semicolon what one could do
   * @param op the operator that did; empty if none
   */
  private record Cause(String reason, String op) {}

  /** Empty if everything may change. */
  static String of(SearchSpace space) {
    Map<Cause, List<FrozenAxis>> groups = new LinkedHashMap<>();
    for (FrozenAxis axis : space.frozen()) {
      // Rules that hold a width at another layer are one reason, and those layers stand beside it.
      String reason =
          axis.op().isEmpty()
              ? axis.reason().replace(" at " + axis.node() + ",", ",")
              : axis.reason();
      groups.computeIfAbsent(new Cause(reason, axis.op()), cause -> new ArrayList<>()).add(axis);
    }
    StringBuilder text = new StringBuilder();
    if (!groups.isEmpty()) {
      line(text, "");
      line(text, "widths that may not change, by reason:");
    }
    groups.entrySet().stream()
        .sorted(Comparator.comparing(group -> -group.getValue().size()))
        .forEach(group -> add(group.getKey(), group.getValue(), text));
    return text.toString();
  }

  private static void add(Cause cause, List<FrozenAxis> axes, StringBuilder text) {
    int advice = cause.reason().indexOf("; ");
    String why = advice < 0 ? cause.reason() : cause.reason().substring(0, advice);
    Set<String> nodes = new LinkedHashSet<>();
    axes.forEach(axis -> nodes.add(axis.node()));
    boolean elsewhere =
        axes.stream().anyMatch(axis -> axis.reason().contains(" at " + axis.node() + ","));
    String where =
        cause.op().isEmpty() && !elsewhere
            ? ""
            : " (" + (cause.op() + " " + SpaceText.listed(List.copyOf(nodes))).strip() + ")";
    line(text, "  " + why + where + ": " + axes.size());
    List<String> names = axes.stream().map(axis -> axis.layer() + "." + axis.axis()).toList();
    line(text, "    " + SpaceText.listed(names));
    if (advice >= 0 || !cause.op().isEmpty()) {
      line(text, "    what helps: " + axes.get(0).remedy());
    }
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append(System.lineSeparator());
  }
}

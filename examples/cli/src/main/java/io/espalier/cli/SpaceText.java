package io.espalier.cli;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.search.CostProfile;
import io.espalier.core.values.Choice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A search space for people to read. */
final class SpaceText {
  private static final int MOST_CHOICES = 6;
  private static final int MOST_NAMES = 6;

  private SpaceText() {}

  /** What the network costs, what can be chosen in it, what cannot, and why. */
  static String of(SearchSpace space, Map<String, CostProfile> costs) {
    StringBuilder text = new StringBuilder();
    line(text, space.model().description());
    line(
        text,
        Numbers.exact(space.params())
            + " parameters, "
            + Numbers.exact(space.macs())
            + " MACs at batch 1, "
            + Numbers.rounded(space.size())
            + " sub-networks");
    text.append(LeftOut.line(space));
    line(text, "");
    text.append(table(costs));
    line(text, "");
    choices(space, text);
    derived(space, text);
    text.append(FrozenText.of(space));
    return text.toString();
  }

  /** How far each cost reaches. */
  private static Table table(Map<String, CostProfile> costs) {
    Table table = new Table("cost", "smallest", "median of 30", "largest");
    costs
        .values()
        .forEach(
            cost ->
                table.row(
                    cost.plural(),
                    Numbers.exact(cost.smallest()),
                    Numbers.exact(cost.median()),
                    Numbers.exact(cost.largest())));
    return table;
  }

  private static void choices(SearchSpace space, StringBuilder text) {
    Map<Integer, Integer> names = new LinkedHashMap<>();
    space.namedHparams().values().forEach(h -> names.merge(h.group(), 1, Integer::sum));
    Table table = new Table("choice", "original", "choices", "values", "names");
    for (Hparam hparam : space.configurableHparams().values()) {
      List<Choice> choices = hparam.choices();
      table.row(
          hparam.name(),
          hparam.original().toString(),
          Integer.toString(choices.size()),
          shortened(choices),
          Integer.toString(names.getOrDefault(hparam.group(), 1)));
    }
    text.append(table);
  }

  /** {@code 1, 2, 3, ..., 63, 64}. */
  private static String shortened(List<Choice> choices) {
    List<String> words = new ArrayList<>(choices.stream().map(Choice::toString).toList());
    if (words.size() > MOST_CHOICES) {
      words.subList(MOST_CHOICES / 2, words.size() - 2).clear();
      words.add(MOST_CHOICES / 2, "...");
    }
    return String.join(", ", words);
  }

  private static void derived(SearchSpace space, StringBuilder text) {
    Map<String, List<String>> byLayout = new LinkedHashMap<>();
    for (Hparam hparam : space.namedHparams().values()) {
      if (hparam.isDerived()) {
        byLayout.computeIfAbsent(hparam.layout(), layout -> new ArrayList<>()).add(hparam.name());
      }
    }
    if (!byLayout.isEmpty()) {
      line(text, "");
      line(text, "widths that follow from several choices:");
      byLayout.forEach(
          (layout, names) -> {
            line(text, "  " + listed(names) + ":");
            line(text, "    " + layout);
          });
    }
  }

  /** The first names, and how many more there are. */
  static String listed(List<String> names) {
    int rest = names.size() - MOST_NAMES;
    return String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES)))
        + (rest > 0 ? " and " + rest + " more" : "");
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append(System.lineSeparator());
  }
}

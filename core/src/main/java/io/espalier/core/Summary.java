package io.espalier.core;

import io.espalier.core.values.Choice;
import java.util.List;
import java.util.Set;

/** The printed summary of a space. */
final class Summary {
  private static final int MOST_CHOICES = 8;

  private Summary() {}

  static String of(SearchSpace space, Set<String> skipped) {
    List<Hparam> shown =
        space.namedHparams().values().stream()
            .filter(h -> !skipped.contains(h.name().substring(h.name().lastIndexOf('.') + 1)))
            .toList();
    int width = shown.stream().mapToInt(h -> h.name().length()).max().orElse(4);
    StringBuilder text = new StringBuilder();
    for (Hparam hparam : shown) {
      boolean marked = hparam.isConfigurable() && hparam.isPrimary();
      text.append(marked ? "* " : "  ")
          .append(hparam.name())
          .append(" ".repeat(width - hparam.name().length()))
          .append("  ")
          .append(hparam.active())
          .append("  ")
          .append(hparam.isDerived() ? hparam.layout() : shortened(hparam.choices()))
          .append(System.lineSeparator());
    }
    return text.append("* configurable; ")
        .append(space.configurableHparams().size())
        .append(" choices, ")
        .append(space.size())
        .append(" sub-networks")
        .append(System.lineSeparator())
        .toString();
  }

  /** The choices, the middle of a long list left out. */
  static String shortened(List<Choice> choices) {
    if (choices.size() <= MOST_CHOICES) {
      return choices.toString();
    }
    String first = choices.subList(0, MOST_CHOICES / 2).toString();
    String last = choices.subList(choices.size() - 2, choices.size()).toString();
    return first.substring(0, first.length() - 1) + ", ..., " + last.substring(1);
  }
}

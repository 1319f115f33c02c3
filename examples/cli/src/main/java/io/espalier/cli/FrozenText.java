package io.espalier.cli;

import io.espalier.cli.report.FrozenCause;
import io.espalier.core.SearchSpace;
import java.util.List;

/**
 * What may not change in a space, by reason, for people to read; the most frequent reason first.
 */
final class FrozenText {
  private FrozenText() {}

  /** Empty if everything may change. */
  static String of(SearchSpace space) {
    List<FrozenCause> causes = FrozenCause.of(space.frozen());
    StringBuilder text = new StringBuilder();
    if (!causes.isEmpty()) {
      line(text, "");
      line(text, "widths that may not change, by reason:");
    }
    causes.forEach(cause -> add(cause, text));
    return text.toString();
  }

  private static void add(FrozenCause cause, StringBuilder text) {
    String where =
        cause.nodes().isEmpty()
            ? ""
            : " (" + (cause.op() + " " + SpaceText.listed(cause.nodes())).strip() + ")";
    line(text, "  " + cause.why() + where + ": " + cause.axes().size());
    line(text, "    " + SpaceText.listed(cause.names()));
    cause.remedy().ifPresent(remedy -> line(text, "    what helps: " + remedy));
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append(System.lineSeparator());
  }
}

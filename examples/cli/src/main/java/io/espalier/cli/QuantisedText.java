package io.espalier.cli;

import io.espalier.core.values.Manifest;
import io.espalier.core.values.Precision;
import io.espalier.core.values.Quantisation;
import java.util.List;

/** Says which weights were written in fewer bits, and which were not. */
final class QuantisedText {
  private static final int MOST_NAMED = 3;

  private QuantisedText() {}

  /** A sentence without a full stop. */
  static String of(Precision precision, Quantisation quantisation) {
    long weights =
        quantisation.parameters().stream().map(Manifest.Quantised::initializer).distinct().count();
    List<String> left =
        quantisation.left().entrySet().stream()
            .limit(MOST_NAMED)
            .map(weight -> "'" + weight.getKey() + "' (" + weight.getValue() + ")")
            .toList();
    int rest = quantisation.left().size() - left.size();
    return "weights written as "
        + precision
        + ": "
        + Numbers.exact(weights)
        + (left.isEmpty() ? "" : "; left as they are: " + String.join(", ", left))
        + (rest > 0 ? " and " + rest + " more" : "");
  }
}

package io.espalier.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What is found of how far two models are apart. */
sealed interface Findings permits OutputFindings, TextFindings, MappedTokens {
  /** Adds what both computed from a batch. */
  void add(Batch batch, Map<String, DataArray> original, Map<String, DataArray> small);

  /** Writes what was found for other tools; what does not apply is absent. */
  void write(ObjectNode root);

  /**
   * Writes what was found for people.
   *
   * @param found takes what concerns both models together
   * @param each takes what there is of each: the original, the smaller one, their ratio
   */
  void write(Table found, Table each);

  /** {@code 0.9834}; a dash where there is none. */
  static String part(OptionalDouble part) {
    return part.isPresent() ? String.format(Locale.ROOT, "%.4f", part.getAsDouble()) : "-";
  }
}

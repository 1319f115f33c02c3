package io.espalier.core.space;

import io.espalier.core.values.Choice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values that a dial may give to the hparam it is named after, with their positions. */
final class Choices {
  private final int[] positions;
  private final List<Choice> values;
  private final Map<Choice, Integer> positionOf;

  /**
   * @param positions positions of the dial, ascending
   * @param values what the hparam is at each
   */
  Choices(int[] positions, List<Choice> values) {
    this.positions = positions;
    this.values = values;
    this.positionOf = new HashMap<>(values.size() * 2);
    for (int i = 0; i < positions.length; i++) {
      positionOf.putIfAbsent(values.get(i), positions[i]);
    }
  }

  /** The values, ascending. */
  List<Choice> values() {
    return values;
  }

  /** How many there are. */
  int size() {
    return positions.length;
  }

  /** The position of the dial that gives a value; -1 if none does. */
  int position(Choice value) {
    return positionOf.getOrDefault(value, -1);
  }
}

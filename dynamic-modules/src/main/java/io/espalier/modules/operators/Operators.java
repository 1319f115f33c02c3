package io.espalier.modules.operators;

import io.espalier.spi.OpId;
import java.util.LinkedHashSet;
import java.util.Set;

/** Names operators. */
final class Operators {
  private Operators() {}

  /** Operators of the ONNX standard domain. */
  static Set<OpId> standard(String... names) {
    Set<OpId> operators = new LinkedHashSet<>();
    for (String name : names) {
      operators.add(OpId.of(name));
    }
    return operators;
  }
}

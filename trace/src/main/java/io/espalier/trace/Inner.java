package io.espalier.trace;

import io.espalier.spi.OpId;
import java.util.Set;

/**
 * What a node holds inside, where no rule looks.
 *
 * @param operators those of its sub-graphs, and of what they call
 * @param parameters how many weights and biases stand inside: among its attributes, or in its
 *     sub-graphs
 */
public record Inner(Set<OpId> operators, long parameters) {
  /** Nothing. */
  public static final Inner NOTHING = new Inner(Set.of(), 0);

  public Inner {
    operators = Set.copyOf(operators);
  }
}

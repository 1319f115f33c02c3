package io.espalier.core.values;

import java.util.List;

/**
 * A child of a container that can be taken out: a residual block whose input and output have the
 * same layout.
 *
 * @param name the child's name
 * @param nodes the indices of its nodes
 * @param input the tensor it reads
 * @param output the tensor it computes; readers of it read the input instead once the block is gone
 */
public record Block(String name, List<Integer> nodes, int input, int output) {
  public Block {
    nodes = List.copyOf(nodes);
  }

  /** A child that cannot be taken out. */
  public static Block kept(String name) {
    return new Block(name, List.of(), -1, -1);
  }

  /** Whether it can be taken out. */
  public boolean canGo() {
    return output >= 0;
  }
}

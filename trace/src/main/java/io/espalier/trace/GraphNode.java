package io.espalier.trace;

import io.espalier.spi.Attributes;
import io.espalier.spi.OpId;
import java.util.List;

/**
 * An operator of a traced network.
 *
 * @param index its position in the graph's order
 * @param op which operator
 * @param opset the version of its domain
 * @param name its name in the model; may be empty
 * @param inputs tensor ids; -1 for one that is left out
 * @param outputs tensor ids; -1 for one that is left out
 * @param captured tensors that its sub-graphs read by name
 * @param attributes its attributes
 */
public record GraphNode(
    int index,
    OpId op,
    int opset,
    String name,
    List<Integer> inputs,
    List<Integer> outputs,
    List<Integer> captured,
    Attributes attributes) {
  public GraphNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    captured = List.copyOf(captured);
  }

  /** Whether any output is there; if not, nothing depends on what the node reads. */
  public boolean computes() {
    return outputs.stream().anyMatch(output -> output >= 0);
  }

  /** What a message calls the node: its name, or its operator and position. */
  public String label() {
    return name.isEmpty() ? op + " #" + index : name;
  }
}

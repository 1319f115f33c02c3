package io.espalier.djl.trace;

import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.trace.graph.AssembledGraph;
import io.espalier.djl.trace.tape.UntracedRule;
import io.espalier.djl.trace.values.LiteralConstant;
import io.espalier.djl.trace.values.ParameterConstant;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A traced block: the graph, and what in the block each part of it stands for. Immutable.
 *
 * <p>The graph is ONNX of operator set 17, with open dimensions left open. Every parameter is a
 * constant of the graph as it stands in its block, with the same axes; where ONNX wants it another
 * way, operators of the graph turn it. What could not be traced is a node of the operator {@code
 * io.espalier.djl:Untraced} that says why, and reads the parameters it hides.
 */
public final class TracedBlock {
  private final DjlBlock source;
  private final AssembledGraph assembled;

  TracedBlock(DjlBlock source, AssembledGraph assembled) {
    this.source = source;
    this.assembled = assembled;
  }

  /** The block, and what it is fed. */
  public DjlBlock source() {
    return source;
  }

  /** The graph. */
  public Graph graph() {
    return assembled.graph();
  }

  /** The type of a tensor's elements. */
  public DataType type(int tensor) {
    return assembled.types().get(tensor);
  }

  /**
   * The innermost block in whose forward pass a node was recorded; empty for a block that stands in
   * no field and is no registered child of the one around it.
   */
  public Optional<Block> owner(int node) {
    return assembled.owners().get(node);
  }

  /**
   * The path of that block: the names of its blocks from the outermost one down, joined by dots,
   * with {@code _2} behind it for its second call. Empty for the outermost block.
   */
  public String path(int node) {
    return assembled.paths().get(node);
  }

  /** The parameter that a constant tensor is. */
  public Optional<Parameter> parameter(int tensor) {
    Constant constant = graph().tensor(tensor).constant();
    return constant instanceof ParameterConstant stored
        ? Optional.of(stored.parameter())
        : Optional.empty();
  }

  /**
   * The elements of a constant tensor that is no parameter, in row-major order; exact whatever
   * their type.
   *
   * @throws IllegalArgumentException if it is a parameter, or no constant
   */
  public double[] elements(int tensor) {
    if (!(graph().tensor(tensor).constant() instanceof LiteralConstant constant)) {
      throw new IllegalArgumentException(
          "tensor \"" + graph().tensor(tensor).name() + "\" is no constant of the forward pass");
    }
    double[] elements = new double[Math.toIntExact(constant.size())];
    Arrays.setAll(elements, constant.literal()::element);
    return elements;
  }

  /** The node of each step of a run. */
  List<Integer> steps() {
    return assembled.steps();
  }

  /** The nodes that stand for what could not be traced. */
  public List<GraphNode> untraced() {
    List<GraphNode> found = new ArrayList<>();
    for (GraphNode node : graph().nodes()) {
      if (node.op().equals(UntracedRule.UNTRACED)) {
        found.add(node);
      }
    }
    return found;
  }
}

package io.espalier.onnx.trace;

import io.espalier.onnx.file.DataTypes;
import io.espalier.spi.OpId;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Tensor;
import java.util.List;
import java.util.Set;

/**
 * What is known, before anything is solved, of the tensors that are made of parameters: which hold
 * weights, how many axes they have, and how many nodes that compute on data read them.
 */
final class Parameters {
  private static final OpId CAST = OpId.of("Cast");
  private static final OpId CONSTANT_OF_SHAPE = OpId.of("ConstantOfShape");
  private static final OpId DEQUANTIZE = OpId.of("DequantizeLinear");
  private static final OpId RESHAPE = OpId.of("Reshape");
  private static final OpId SQUEEZE = OpId.of("Squeeze");
  private static final OpId UNSQUEEZE = OpId.of("Unsqueeze");
  private static final Set<OpId> NEVER_FLOATING =
      Set.of(
          OpId.of("Shape"),
          OpId.of("Size"),
          OpId.of("Equal"),
          OpId.of("Less"),
          OpId.of("LessOrEqual"),
          OpId.of("Greater"),
          OpId.of("GreaterOrEqual"),
          OpId.of("QuantizeLinear"),
          OpId.of("ArgMax"),
          OpId.of("ArgMin"),
          OpId.of("NonZero"));

  private final Graph.Builder graph;
  private final boolean[] floating;
  private final boolean[] several;
  private final int[] ranks;
  private final int[] readers;

  /**
   * @param outputs the ids of the tensors that a caller reads
   */
  Parameters(Graph.Builder graph, List<Integer> outputs) {
    this.graph = graph;
    int tensors = tensors(outputs);
    this.floating = new boolean[tensors];
    this.several = new boolean[tensors];
    this.ranks = new int[tensors];
    this.readers = new int[tensors];
    for (int i = 0; i < tensors; i++) {
      Constant constant = graph.tensor(i).constant();
      if (constant != null) {
        floating[i] = !constant.integer();
        several[i] = constant.size() > 1;
        ranks[i] = constant.dims().length;
      }
    }
    for (GraphNode node : graph.nodes()) {
      if (computes(node)) {
        derive(node);
      }
    }
    count(outputs);
  }

  private int tensors(List<Integer> outputs) {
    int last = -1;
    for (int output : outputs) {
      last = Math.max(last, output);
    }
    for (GraphNode node : graph.nodes()) {
      for (int tensor : node.inputs()) {
        last = Math.max(last, tensor);
      }
      for (int tensor : node.captured()) {
        last = Math.max(last, tensor);
      }
      for (int tensor : node.outputs()) {
        last = Math.max(last, tensor);
      }
    }
    return last + 1;
  }

  /** Whether a node works on parameters alone, so that it could be folded away. */
  boolean computes(GraphNode node) {
    for (int output : node.outputs()) {
      if (output >= 0) {
        return graph.tensor(output).parameter();
      }
    }
    return false;
  }

  private void derive(GraphNode node) {
    boolean anyFloating = false;
    boolean anySeveral = false;
    int rank = 0;
    for (int input : node.inputs()) {
      if (input >= 0) {
        anyFloating |= floating[input];
        anySeveral |= several[input];
        rank = Math.max(rank, floating[input] ? ranks[input] : 0);
      }
    }
    OpId op = node.op();
    int data = node.inputs().isEmpty() ? -1 : node.inputs().get(0);
    if (NEVER_FLOATING.contains(op)) {
      anyFloating = false;
    } else if (data < 0) {
      anySeveral = false;
    } else if (op.equals(CAST)) {
      anyFloating = DataTypes.isFloating((int) node.attributes().number("to", 0));
      rank = ranks[data];
    } else if (op.equals(DEQUANTIZE)) {
      anyFloating = true;
      anySeveral = several[data];
      rank = ranks[data];
    } else if (op.equals(CONSTANT_OF_SHAPE)) {
      anyFloating =
          !node.attributes().names().contains("value")
              || node.attributes().reals("value").isPresent();
      Constant shape = graph.tensor(data).constant();
      anySeveral = shape == null || product(shape.longs()) > 1;
      rank = length(data);
    } else if (op.equals(RESHAPE) && node.inputs().size() > 1) {
      rank = length(node.inputs().get(1));
    } else if (op.equals(UNSQUEEZE)) {
      rank = ranks[data] + axes(node);
    } else if (op.equals(SQUEEZE)) {
      rank = ranks[data] - axes(node);
    }
    for (int output : node.outputs()) {
      if (output >= 0) {
        floating[output] = anyFloating;
        several[output] = anySeveral;
        ranks[output] = rank;
      }
    }
  }

  private int axes(GraphNode node) {
    return node.inputs().size() > 1
        ? length(node.inputs().get(1))
        : node.attributes().numbers("axes").map(axes -> axes.length).orElse(1);
  }

  /** The number of elements of a list of integers; 0 if it is not stored. */
  private int length(int list) {
    Constant constant = list < 0 ? null : graph.tensor(list).constant();
    return constant == null ? 0 : (int) constant.size();
  }

  private static long product(long[] factors) {
    long product = 1;
    for (long factor : factors) {
      product *= factor;
    }
    return product;
  }

  private void count(List<Integer> outputs) {
    for (int output : outputs) {
      readers[output]++;
    }
    List<GraphNode> nodes = graph.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      GraphNode node = nodes.get(i);
      int uses = 1;
      if (computes(node)) {
        uses = 0;
        for (int output : node.outputs()) {
          uses += output < 0 ? 0 : readers[output];
        }
      }
      for (int input : node.inputs()) {
        if (input >= 0) {
          readers[input] += uses;
        }
      }
      for (int input : node.captured()) {
        readers[input] += uses;
      }
    }
  }

  /**
   * Whether a tensor holds weights as numbers that are not quantised: it is a floating-point
   * parameter of more than one element.
   */
  boolean isWeight(int tensor) {
    return tensor >= 0 && floating[tensor] && several[tensor] && graph.tensor(tensor).parameter();
  }

  /** Whether a tensor is a stored parameter of more than one integer of at most 8 bits. */
  boolean isQuantised(int tensor) {
    Constant constant = tensor < 0 ? null : graph.tensor(tensor).constant();
    return constant != null && constant.integer() && constant.narrow() && constant.size() > 1;
  }

  /** The number of axes of a parameter; a guess where it is computed. */
  int rank(int tensor) {
    return ranks[tensor];
  }

  /** Whether a parameter is stored and has at most one axis that is longer than 1. */
  boolean isVector(int tensor) {
    Constant constant = graph.tensor(tensor).constant();
    if (constant == null) {
      return false;
    }
    int longer = 0;
    for (long dim : constant.dims()) {
      longer += dim > 1 ? 1 : 0;
    }
    return longer <= 1;
  }

  /**
   * How many times a tensor is read by nodes that compute on data, or by the caller; nodes that
   * work on parameters alone are looked through.
   */
  int readers(int tensor) {
    return readers[tensor];
  }

  /** The parameter that a computed one is mostly made of; -1 where there is none. */
  int source(int tensor) {
    Tensor at = graph.tensor(tensor);
    if (at.producer() >= 0) {
      for (int input : graph.nodes().get(at.producer()).inputs()) {
        if (input >= 0 && several[input]) {
          return input;
        }
      }
    }
    return -1;
  }
}

package io.espalier.djl.calibrate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.espalier.djl.trace.ObservedRun;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.spi.EspalierException;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a block computed from one batch, by the names of the tensors of its graph. Where one method
 * of DJL is several operators, what lies between them is computed when it is asked for.
 */
final class ObservedTensors {
  private final TracedBlock traced;
  private final Map<String, Integer> names;
  private final Map<Integer, NDArray> arrays;
  private final NDManager manager;

  private ObservedTensors(
      TracedBlock traced,
      Map<String, Integer> names,
      Map<Integer, NDArray> arrays,
      NDManager manager) {
    this.traced = traced;
    this.names = names;
    this.arrays = new HashMap<>(arrays);
    this.manager = manager;
  }

  /**
   * Runs a block.
   *
   * @param names the tensors of its graph by name
   * @param wanted the numbers of those that will be asked for
   * @param manager what is computed belongs to it
   */
  static ObservedTensors of(
      TracedBlock traced,
      Map<String, Integer> names,
      Set<Integer> wanted,
      NDList data,
      NDManager manager) {
    return new ObservedTensors(
        traced, names, ObservedRun.tensors(traced, data, wanted, manager), manager);
  }

  /** The tensors of a graph by name. */
  static Map<String, Integer> names(TracedBlock traced) {
    Map<String, Integer> names = new HashMap<>();
    for (Tensor tensor : traced.graph().tensors()) {
      names.put(tensor.name(), tensor.id());
    }
    return names;
  }

  /**
   * A tensor.
   *
   * @throws IllegalArgumentException if the graph has none of that name
   */
  NDArray get(String name) {
    Integer tensor = names.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("the block computes no '" + name + "'");
    }
    return get(tensor);
  }

  NDArray get(int tensor) {
    NDArray known = arrays.get(tensor);
    if (known == null) {
      Optional<Parameter> parameter = traced.parameter(tensor);
      if (parameter.isPresent()) {
        known = parameter.get().getArray();
      } else {
        known = compute(tensor);
        known.attach(manager);
        NDScope.unregister(known); // it is asked for again, beyond the scope of the first
      }
      arrays.put(tensor, known);
    }
    return known;
  }

  private NDArray compute(int id) {
    Tensor tensor = traced.graph().tensor(id);
    if (tensor.constant() != null) {
      double[] elements = traced.elements(id);
      return manager
          .create(elements, new Shape(tensor.constant().dims()))
          .toType(traced.type(id), false);
    }
    GraphNode node = traced.graph().nodes().get(tensor.producer());
    return switch (node.op().domain().isEmpty() ? node.op().name() : "") {
      case "MatMul" -> input(node, 0).matMul(input(node, 1));
      case "Transpose" -> transposed(node);
      case "Add" -> input(node, 0).add(input(node, 1));
      case "Sub" -> input(node, 0).sub(input(node, 1));
      case "Mul" -> input(node, 0).mul(input(node, 1));
      case "Div" -> input(node, 0).div(input(node, 1));
      case "Cast" -> input(node, 0).toType(traced.type(id), true);
      default ->
          throw new EspalierException(
              "what "
                  + node.label()
                  + " computes is hidden in a method of DJL, and cannot be observed; prune the"
                  + " block without data, or compute it in a step of its own");
    };
  }

  private NDArray input(GraphNode node, int input) {
    return get(node.inputs().get(input));
  }

  private NDArray transposed(GraphNode node) {
    NDArray x = input(node, 0);
    return node.attributes()
        .numbers("perm")
        .map(perm -> x.transpose(Arrays.stream(perm).mapToInt(Math::toIntExact).toArray()))
        .orElseGet(x::transpose);
  }
}

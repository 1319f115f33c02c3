package io.espalier.core.checks;

import io.espalier.spi.DMRegistry;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.LayerNode;
import io.espalier.trace.Tensor;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold of a traced network, before it is solved. */
public final class GraphChecks {
  static final Checks<Traced> ALL =
      new Checks<>(
          List.of(
              new Check<>("a number is the place it stands at", GraphChecks::numbers),
              new Check<>("every number of a tensor is one of the network's", GraphChecks::ends),
              new Check<>("every tensor comes from one place", GraphChecks::sources),
              new Check<>("a node stands behind all that it reads", GraphChecks::order),
              new Check<>("no constant has a negative length", GraphChecks::constants),
              new Check<>("parameters are made of parameters alone", GraphChecks::parameters),
              new Check<>("every layer has a name of its own", GraphChecks::layerNames),
              new Check<>("a node belongs to one layer at most", GraphChecks::layerNodes)));

  private static final long[] NONE = {};

  private GraphChecks() {}

  /**
   * Runs them.
   *
   * @param stage how a message calls the network
   * @throws CheckException at the first thing that does not hold
   */
  public static void check(String stage, Graph graph, DMRegistry registry) {
    ALL.run(stage, Traced.of(graph), registry);
  }

  private static void numbers(Traced made, Faults faults) {
    for (int i = 0; i < made.nodes().size(); i++) {
      if (made.nodes().get(i).index() != i) {
        throw faults.at(made.nodes().get(i), "is number " + made.nodes().get(i).index());
      }
    }
    for (int i = 0; i < made.tensors().size(); i++) {
      if (made.tensors().get(i).id() != i) {
        throw faults.at(label(made.tensors().get(i)), "is number " + made.tensors().get(i).id());
      }
    }
  }

  private static void ends(Traced made, Faults faults) {
    int count = made.tensors().size();
    for (GraphNode node : made.nodes()) {
      for (int id : node.inputs()) {
        if (id < -1 || id >= count) {
          throw faults.at(node, "reads number " + id);
        }
      }
      for (int id : node.captured()) {
        if (id < 0 || id >= count) {
          throw faults.at(node, "reads number " + id + " inside");
        }
      }
      for (int id : node.outputs()) {
        if (id < -1 || id >= count) {
          throw faults.at(node, "computes number " + id);
        }
      }
    }
    for (List<Integer> ends : List.of(made.inputs(), made.outputs())) {
      for (int id : ends) {
        if (id < 0 || id >= count) {
          throw faults.at("an input or output", "is number " + id);
        }
      }
    }
  }

  private static void sources(Traced made, Faults faults) {
    int[] sources = new int[made.tensors().size()];
    made.inputs().forEach(id -> sources[id]++);
    for (Tensor tensor : made.tensors()) {
      sources[tensor.id()] += tensor.constant() == null ? 0 : 1;
    }
    for (GraphNode node : made.nodes()) {
      for (int id : node.outputs()) {
        if (id >= 0) {
          sources[id]++;
          if (made.tensors().get(id).producer() != node.index()) {
            throw faults.at(node, "computes " + label(made.tensors().get(id)) + " of another node");
          }
        }
      }
    }
    for (Tensor tensor : made.tensors()) {
      if (sources[tensor.id()] != 1) {
        throw faults.at(label(tensor), "comes from " + sources[tensor.id()]);
      }
    }
  }

  private static void order(Traced made, Faults faults) {
    for (GraphNode node : made.nodes()) {
      for (int id : node.inputs()) {
        before(made, node, id, faults);
      }
      for (int id : node.captured()) {
        before(made, node, id, faults);
      }
    }
  }

  private static void before(Traced made, GraphNode node, int id, Faults faults) {
    if (id >= 0 && made.tensors().get(id).producer() >= node.index()) {
      throw faults.at(node, "reads " + label(made.tensors().get(id)) + " before it is computed");
    }
  }

  private static void constants(Traced made, Faults faults) {
    for (Tensor tensor : made.tensors()) {
      Constant constant = tensor.constant();
      for (long dim : constant == null ? NONE : constant.dims()) {
        if (dim < 0) {
          throw faults.at(label(tensor), "has a length of " + dim);
        }
      }
    }
  }

  private static void parameters(Traced made, Faults faults) {
    for (Tensor tensor : made.tensors()) {
      if (tensor.parameter() != isParameter(made, tensor)) {
        throw faults.at(
            label(tensor), "is " + (tensor.parameter() ? "a" : "no") + " parameter by its mark");
      }
    }
  }

  private static boolean isParameter(Traced made, Tensor tensor) {
    if (tensor.producer() < 0) {
      return tensor.constant() != null;
    }
    GraphNode node = made.nodes().get(tensor.producer());
    for (int id : node.inputs()) {
      if (id >= 0 && !made.tensors().get(id).parameter()) {
        return false;
      }
    }
    return node.captured().stream().allMatch(id -> made.tensors().get(id).parameter());
  }

  private static void layerNames(Traced made, Faults faults) {
    Set<String> names = new HashSet<>(2 * made.layers().size());
    for (LayerNode layer : made.layers()) {
      if (!names.add(layer.name())) {
        throw faults.at("layer " + layer.name(), "is there twice");
      }
    }
  }

  private static void layerNodes(Traced made, Faults faults) {
    BitSet taken = new BitSet();
    for (LayerNode layer : made.layers()) {
      for (int node : layer.nodes()) {
        if (node < 0 || node >= made.nodes().size() || taken.get(node)) {
          throw faults.at("layer " + layer.name(), "has node " + node + " beside another one");
        }
        taken.set(node);
      }
    }
  }

  private static String label(Tensor tensor) {
    return "tensor \"" + tensor.name() + "\"";
  }
}

package io.espalier.djl.trace.graph;

import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import io.espalier.djl.trace.blocks.BlockCall;
import io.espalier.djl.trace.blocks.CallPaths;
import io.espalier.djl.trace.values.Literal;
import io.espalier.djl.trace.values.LiteralConstant;
import io.espalier.djl.trace.values.ParameterConstant;
import io.espalier.djl.trace.values.Settings;
import io.espalier.spi.OpId;
import io.espalier.trace.Dim;
import io.espalier.trace.Graph;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes a graph, and keeps what each part of it stands for in the block. */
final class GraphWriter {
  private final Graph.Builder graph = Graph.builder();
  private final CallPaths paths;
  private final BlockCall root;
  private final Set<String> nodeNames = new HashSet<>();
  private final Set<String> tensorNames = new HashSet<>();
  private final List<DataType> types = new ArrayList<>();
  private final List<BlockCall> calls = new ArrayList<>();

  GraphWriter(CallPaths paths, BlockCall root) {
    this.paths = paths;
    this.root = root;
  }

  /** The outermost call. */
  BlockCall root() {
    return root;
  }

  String input(String name, List<Dim> dims, DataType type) {
    graph.input(name, dims);
    types.add(type);
    tensorNames.add(name);
    return name;
  }

  String parameter(String name, Parameter parameter) {
    String unique = unique(name);
    graph.constant(unique, new ParameterConstant(parameter));
    types.add(parameter.getArray().getDataType());
    return unique;
  }

  String literal(String name, Literal literal) {
    String unique = unique(name);
    graph.constant(unique, new LiteralConstant(literal));
    types.add(literal.type());
    return unique;
  }

  /** Keeps a name for a tensor to come. */
  void reserve(String name) {
    tensorNames.add(name);
  }

  String unique(String name) {
    String free = name;
    for (int i = 2; !tensorNames.add(free); i++) {
      free = name + "_" + i;
    }
    return free;
  }

  /** {@code /encoder/linear/MatMul}, with a number where there are several. */
  String nodeName(BlockCall call, OpId op) {
    String path = paths.path(call).replace('.', '/');
    String name = (path.isEmpty() ? "/" : "/" + path + "/") + op.name();
    String free = name;
    for (int i = 2; !nodeNames.add(free); i++) {
      free = name + "_" + i;
    }
    return free;
  }

  void node(
      BlockCall call,
      OpId op,
      int opset,
      List<String> inputs,
      List<String> outputs,
      Settings settings,
      Map<String, List<Dim>> declared,
      List<DataType> outputTypes) {
    String name = nodeName(call, op);
    named(name, call, op, opset, inputs, outputs, settings, declared, outputTypes);
  }

  void named(
      String name,
      BlockCall call,
      OpId op,
      int opset,
      List<String> inputs,
      List<String> outputs,
      Settings settings,
      Map<String, List<Dim>> declared,
      List<DataType> outputTypes) {
    graph.node(op, opset, name, inputs, outputs, List.of(), settings, declared);
    types.addAll(outputTypes);
    for (int i = 0; i < outputs.size(); i++) {
      if (!outputs.get(i).isEmpty() && !outputTypes.get(i).isFloating()) {
        graph.integral(outputs.get(i));
      }
    }
    calls.add(call);
  }

  void output(String name) {
    graph.output(name);
  }

  /** How many nodes have been written. */
  int nodes() {
    return calls.size();
  }

  /**
   * Ends the graph.
   *
   * @param steps the node of each step of a run
   */
  AssembledGraph finish(List<Integer> steps) {
    new Layers(graph, paths, calls).of(root).forEach(graph::layer);
    return new AssembledGraph(
        graph.build(),
        types,
        calls.stream().map(BlockCall::block).toList(),
        calls.stream().map(paths::path).toList(),
        steps);
  }
}

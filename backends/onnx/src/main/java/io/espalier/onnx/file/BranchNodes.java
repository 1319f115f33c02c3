package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Nodes of branches as they stand outside of them. Tensors keep their names where those are not
 * taken.
 */
final class BranchNodes {
  private final Set<String> taken = new HashSet<>();
  private final Set<String> nodeNames = new HashSet<>();

  /**
   * @param replaced the nodes whose branches are to stand outside
   */
  BranchNodes(OnnxModel model, Predicate<NodeProto> replaced) {
    taken.addAll(model.initializers().keySet());
    model.sparseInitializers().forEach(tensor -> taken.add(tensor.getValues().getName()));
    model.inputs().forEach(input -> taken.add(input.getName()));
    for (NodeProto node : model.nodes()) {
      nodeNames.add(node.getName());
      if (replaced.test(node)) {
        taken.addAll(node.getOutputList());
      } else {
        taken.addAll(new NamesWithin(List.of(node)).tensors());
      }
    }
  }

  static boolean isIf(NodeProto node) {
    return node.getOpType().equals("If") && OnnxModel.domain(node.getDomain()).isEmpty();
  }

  /** A name for a tensor that no other has. */
  String tensor(String wanted) {
    String name = wanted;
    for (int i = 2; !taken.add(name); i++) {
      name = wanted + i;
    }
    return name;
  }

  /** A name for a node that no other has. */
  String node(String wanted) {
    String name = wanted;
    for (int i = 2; !nodeNames.add(name); i++) {
      name = wanted + i;
    }
    return name;
  }

  /**
   * A branch is a function that is called with what it reads from around it.
   *
   * @param outputs what the tensors that it hands out are called outside
   * @param ends whether each of them gets a node of its own that hands it out, and does nothing
   *     else; one that is there already, under the name outside, is enough
   */
  List<NodeProto> of(NodeProto node, GraphProto branch, List<String> outputs, boolean ends) {
    FunctionProto.Builder function = FunctionProto.newBuilder();
    NodeProto.Builder call = NodeProto.newBuilder().addAllOutput(outputs);
    for (TensorProto tensor : branch.getInitializerList()) {
      function.addNode(
          NodeProto.newBuilder()
              .setOpType("Constant")
              .setName(tensor.getName())
              .addOutput(tensor.getName())
              .addAttribute(
                  AttributeProto.newBuilder()
                      .setName("value")
                      .setType(AttributeType.TENSOR)
                      .setT(tensor)));
    }
    function.addAllNode(branch.getNodeList());
    Set<String> own = new HashSet<>();
    branch.getNodeList().forEach(inner -> own.addAll(inner.getOutputList()));
    Set<String> made = new HashSet<>();
    made(branch, made);
    for (int i = 0; i < outputs.size(); i++) {
      String output = branch.getOutput(i).getName();
      if (!own.remove(output) || (ends && !output.equals(outputs.get(i)))) {
        String copy = output + "_copy" + i;
        function.addNode(
            NodeProto.newBuilder().setOpType("Identity").addInput(output).addOutput(copy));
        made.add(copy);
        output = copy;
      }
      function.addOutput(output);
    }
    Set<String> read = new HashSet<>(new NamesWithin(function.getNodeList()).tensors());
    read.removeAll(made);
    read.remove("");
    read.stream().sorted().forEach(call::addInput);
    function.addAllInput(call.getInputList());
    made.removeAll(function.getOutputList());
    made.remove("");
    Set<String> kept = new HashSet<>(made);
    kept.removeAll(taken);
    taken.addAll(kept);
    made.removeAll(kept);
    return new FunctionCall(function.build(), call.build(), prefix(node, made), kept, nodeNames)
        .nodes();
  }

  /** All names that a graph, or what lies inside of it, gives to tensors. */
  private static void made(GraphProto graph, Set<String> names) {
    graph.getInputList().forEach(input -> names.add(input.getName()));
    graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
    graph.getSparseInitializerList().forEach(tensor -> names.add(tensor.getValues().getName()));
    for (NodeProto node : graph.getNodeList()) {
      names.addAll(node.getOutputList());
      for (AttributeProto attribute : node.getAttributeList()) {
        made(attribute.getG(), names);
        attribute.getGraphsList().forEach(inner -> made(inner, names));
      }
    }
  }

  /** What the names begin with that are taken; nothing where none is. */
  private String prefix(NodeProto node, Set<String> others) {
    if (others.isEmpty()) {
      return "";
    }
    String name = node.getName().isEmpty() ? node.getOpType() : node.getName();
    for (int i = 1; ; i++) {
      String prefix = (i == 1 ? name : name + "_" + i) + "/";
      List<String> names = others.stream().map(prefix::concat).toList();
      if (names.stream().noneMatch(taken::contains)) {
        taken.addAll(names);
        return prefix;
      }
    }
  }
}

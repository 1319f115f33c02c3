package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The branch that is always taken, put in the place of an {@code If} whose condition is stored. Its
 * tensors keep their names where those are not taken.
 *
 * <p>An {@code If} stays where its branch keeps tensors in another file, or sparse ones.
 */
final class Branches {
  private static final String CONSTANT = "Constant";

  private final OnnxModel model;
  private final Map<String, Boolean> conditions = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final Set<String> nodeNames = new HashSet<>();

  private Branches(OnnxModel model) {
    this.model = model;
    model
        .initializers()
        .forEach(
            (name, tensor) -> {
              if (tensor.dataType() == DataTypes.BOOL && tensor.elementCount() == 1) {
                conditions.put(name, tensor.longs()[0] != 0);
              }
            });
    // what is an input too may be given another value
    model.inputs().forEach(input -> conditions.remove(input.getName()));
    model.nodes().forEach(this::follow);
    taken.addAll(model.initializers().keySet());
    model.sparseInitializers().forEach(tensor -> taken.add(tensor.getValues().getName()));
    model.inputs().forEach(input -> taken.add(input.getName()));
    for (NodeProto node : model.nodes()) {
      nodeNames.add(node.getName());
      if (branch(node) == null) {
        taken.addAll(new NamesWithin(List.of(node)).tensors());
      } else {
        taken.addAll(node.getOutputList());
      }
    }
  }

  /** The model with such nodes replaced, but for those inside; the model itself without any. */
  static OnnxModel inline(OnnxModel model) {
    return model.nodes().stream().anyMatch(Branches::isIf) ? new Branches(model).inline() : model;
  }

  private static boolean isIf(NodeProto node) {
    return node.getOpType().equals("If") && OnnxModel.domain(node.getDomain()).isEmpty();
  }

  private OnnxModel inline() {
    OnnxEdit edit = new OnnxEdit(model);
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      GraphProto branch = branch(node);
      if (branch != null) {
        edit.insertNodesBefore(i, nodes(node, branch)).removeNode(i);
      }
    }
    return edit.isEmpty() ? model : edit.toModel();
  }

  /** Learns what a node makes of conditions that are known. */
  private void follow(NodeProto node) {
    if (node.getOutputCount() != 1 || !OnnxModel.domain(node.getDomain()).isEmpty()) {
      return;
    }
    Boolean known = node.getInputCount() == 1 ? conditions.get(node.getInput(0)) : null;
    if (known != null && node.getOpType().equals("Identity")) {
      conditions.put(node.getOutput(0), known);
    } else if (known != null && node.getOpType().equals("Not")) {
      conditions.put(node.getOutput(0), !known);
    } else if (node.getOpType().equals(CONSTANT) && node.getAttributeCount() == 1) {
      TensorProto value = node.getAttribute(0).getT();
      if (value.getDataType() == DataTypes.BOOL) {
        OnnxTensor tensor = model.tensor(value);
        if (tensor.elementCount() == 1) {
          conditions.put(node.getOutput(0), tensor.longs()[0] != 0);
        }
      }
    }
  }

  /** The branch that is always taken; null where that is not known, or the node has to stay. */
  private @Nullable GraphProto branch(NodeProto node) {
    Boolean condition =
        (isIf(node) && node.getInputCount() == 1) ? conditions.get(node.getInput(0)) : null;
    if (condition == null || InlinedAttributes.isExternal(node)) {
      return null;
    }
    String wanted = condition ? "then_branch" : "else_branch";
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals(wanted)
          && attribute.getG().getSparseInitializerCount() == 0
          && attribute.getG().getOutputCount() >= node.getOutputCount()) {
        return attribute.getG();
      }
    }
    return null;
  }

  /** A branch is a function that is called with what it reads from around it. */
  private List<NodeProto> nodes(NodeProto node, GraphProto branch) {
    FunctionProto.Builder function = FunctionProto.newBuilder();
    NodeProto.Builder call = NodeProto.newBuilder().addAllOutput(node.getOutputList());
    for (TensorProto tensor : branch.getInitializerList()) {
      function.addNode(
          NodeProto.newBuilder()
              .setOpType(CONSTANT)
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
    for (int i = 0; i < node.getOutputCount(); i++) {
      String output = branch.getOutput(i).getName();
      if (!own.remove(output)) {
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
    read.stream().sorted().forEach(name -> call.addInput(name));
    function.addAllInput(call.getInputList());
    return new FunctionCall(function.build(), call.build(), prefix(node, made), nodeNames).nodes();
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

  private String prefix(NodeProto node, Set<String> made) {
    String name = node.getName().isEmpty() ? node.getOpType() : node.getName();
    made.remove("");
    for (int i = 0; ; i++) {
      String prefix = i == 0 ? "" : (i == 1 ? name : name + "_" + i) + "/";
      List<String> names = made.stream().map(prefix::concat).toList();
      if (names.stream().noneMatch(taken::contains)) {
        taken.addAll(names);
        return prefix;
      }
    }
  }
}

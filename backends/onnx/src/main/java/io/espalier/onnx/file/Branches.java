package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private final BranchNodes names;

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
    names = new BranchNodes(model, node -> branch(node) != null);
  }

  /** The model with such nodes replaced, but for those inside; the model itself without any. */
  static OnnxModel inline(OnnxModel model) {
    return model.nodes().stream().anyMatch(BranchNodes::isIf)
        ? new Branches(model).inline()
        : model;
  }

  private OnnxModel inline() {
    OnnxEdit edit = new OnnxEdit(model);
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      GraphProto branch = branch(node);
      if (branch != null) {
        String around = BranchMarks.branch(node);
        List<NodeProto> nodes = names.of(node, branch, node.getOutputList(), false);
        edit.insertNodesBefore(
                i, nodes.stream().map(inner -> BranchMarks.inside(inner, around)).toList())
            .removeNode(i);
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
        (BranchNodes.isIf(node) && node.getInputCount() == 1)
            ? conditions.get(node.getInput(0))
            : null;
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
}

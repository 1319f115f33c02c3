package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Both branches of an {@code If} whose condition is not known, in the place of it, with a {@code
 * Where} for each of its outputs that takes what one of them hands out. Such a model is analysed
 * and edited, and run where inner values are asked for; {@link ClosedBranches} makes it one that
 * runs the branch that is taken alone.
 *
 * <p>An {@code If} stays as it is where a branch keeps tensors in another file, or sparse ones,
 * hands out what is made of parameters alone, a single number, what {@code Where} cannot take, or
 * by what the file says tensors of other axes than the other branch does, or of axes unknown.
 */
final class OpenBranches {
  /** The first operator set with {@code Where}. */
  private static final int OPSET = 9;

  /** What {@code Where} takes. */
  static final Set<Integer> TYPES =
      Set.of(
          DataTypes.FLOAT,
          DataTypes.FLOAT16,
          DataTypes.DOUBLE,
          DataTypes.INT32,
          DataTypes.INT64,
          DataTypes.UINT8);

  private final OnnxModel model;

  private final DataTensors data;
  private final BranchNodes names;

  private OpenBranches(OnnxModel model) {
    this.model = model;
    this.data = new DataTensors(model);
    this.names = new BranchNodes(model, this::opens);
  }

  /** The model with such nodes opened, but for those inside; the model itself without any. */
  static OnnxModel open(OnnxModel model) {
    return model.opset("") >= OPSET && model.nodes().stream().anyMatch(BranchNodes::isIf)
        ? new OpenBranches(model).open()
        : model;
  }

  private OnnxModel open() {
    OnnxEdit edit = new OnnxEdit(model);
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      if (opens(node)) {
        edit.insertNodesBefore(i, opened(node)).removeNode(i);
      }
    }
    return edit.isEmpty() ? model : edit.toModel();
  }

  private boolean opens(NodeProto node) {
    if (!BranchNodes.isIf(node)
        || node.getInputCount() != 1
        || node.getOutputList().contains("")
        || InlinedAttributes.isExternal(node)) {
      return false;
    }
    GraphProto yes = branch(node, true);
    GraphProto no = branch(node, false);
    return yes != null && no != null && fits(node, yes) && fits(node, no) && areAlike(yes, no);
  }

  private static @Nullable GraphProto branch(NodeProto node, boolean condition) {
    String wanted = condition ? "then_branch" : "else_branch";
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(wanted))
        .map(AttributeProto::getG)
        .findFirst()
        .orElse(null);
  }

  private boolean fits(NodeProto node, GraphProto branch) {
    Set<String> inside = data.and(List.of(), branch.getNodeList());
    return branch.getSparseInitializerCount() == 0
        && branch.getOutputCount() == node.getOutputCount()
        && branch.getOutputList().stream()
            .allMatch(output -> inside.contains(output.getName()) && isTaken(output));
  }

  private static boolean isTaken(ValueInfoProto output) {
    TypeProto.Tensor type = output.getType().getTensorType();
    return TYPES.contains(type.getElemType()) && type.getShape().getDimCount() > 0;
  }

  private static boolean areAlike(GraphProto yes, GraphProto no) {
    for (int i = 0; i < yes.getOutputCount(); i++) {
      if (type(yes, i) != type(no, i) || !areAlike(shape(yes, i), shape(no, i))) {
        return false;
      }
    }
    return true;
  }

  /** {@code Where} would stretch what an {@code If} hands out as it is. */
  private static boolean areAlike(TensorShapeProto yes, TensorShapeProto no) {
    if (yes.getDimCount() != no.getDimCount()) {
      return false;
    }
    for (int i = 0; i < yes.getDimCount(); i++) {
      long one = yes.getDim(i).getDimValue();
      long other = no.getDim(i).getDimValue();
      if (one > 0 && other > 0 && one != other) {
        return false;
      }
    }
    return true;
  }

  private static TensorShapeProto shape(GraphProto branch, int output) {
    return branch.getOutput(output).getType().getTensorType().getShape();
  }

  private static int type(GraphProto branch, int output) {
    return branch.getOutput(output).getType().getTensorType().getElemType();
  }

  private List<NodeProto> opened(NodeProto node) {
    String choice = node.getOutput(0);
    List<String> yes = ends(node, "_then");
    List<String> no = ends(node, "_else");
    List<NodeProto> nodes = new ArrayList<>();
    nodes.addAll(inside(node, yes, true));
    nodes.addAll(inside(node, no, false));
    for (int i = 0; i < node.getOutputCount(); i++) {
      NodeProto join =
          NodeProto.newBuilder()
              .setOpType("Where")
              .setName(i == 0 ? node.getName() : names.node(node.getName() + "_output" + i))
              .addInput(node.getInput(0))
              .addInput(yes.get(i))
              .addInput(no.get(i))
              .addOutput(node.getOutput(i))
              .addAllMetadataProps(node.getMetadataPropsList())
              .build();
      GraphProto branch = branchOf(node, true);
      nodes.add(BranchMarks.join(join, choice, type(branch, i), shape(branch, i).getDimCount()));
    }
    return nodes;
  }

  private List<String> ends(NodeProto node, String suffix) {
    return node.getOutputList().stream().map(output -> names.tensor(output + suffix)).toList();
  }

  private List<NodeProto> inside(NodeProto node, List<String> ends, boolean condition) {
    String branch = BranchMarks.branch(node.getOutput(0), condition);
    return names.of(node, branchOf(node, condition), ends, true).stream()
        .map(inner -> BranchMarks.inside(inner, branch))
        .toList();
  }

  private static GraphProto branchOf(NodeProto node, boolean condition) {
    GraphProto branch = branch(node, condition);
    if (branch == null) {
      throw new IllegalStateException(node.getName() + " has no branch for " + condition);
    }
    return branch;
  }
}

package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model with {@linkplain OpenBranches open branches} and {@linkplain OpenLoops loops}, perhaps
 * edited, with each of its nodes back in the branch or body that it was taken from. A node that
 * came with an edit goes where what it reads is; parameters that an edit made stay outside.
 */
public final class ClosedBranches {
  private final OnnxModel model;

  /** The nodes of each branch, by its name; those outside of all by the empty one. */
  private final Map<String, List<NodeProto>> bodies = new HashMap<>();

  /** The branch in which a tensor is made. */
  private final Map<String, String> places = new HashMap<>();

  /** The joins of each {@code If}, and the scaffold of each loop. */
  private final Map<String, List<NodeProto>> joins = new LinkedHashMap<>();

  private ClosedBranches(OnnxModel model) {
    this.model = model;
    for (NodeProto node : model.nodes()) {
      String choice = choice(node);
      if (!choice.isEmpty()) {
        joins.computeIfAbsent(choice, key -> new ArrayList<>()).add(node);
      }
      place(node, LoopMarks.entry(node) < 0 ? BranchMarks.branch(node) : BranchMarks.body(choice));
    }
  }

  /** The {@code If} or loop that a node is not in, but stands for; the empty string for none. */
  private static String choice(NodeProto node) {
    return LoopMarks.isPart(node) ? LoopMarks.loop(node) : BranchMarks.choice(node);
  }

  /** The edit with such nodes closed; the edit itself where it has none. */
  public static OnnxEdit of(OnnxEdit edit) {
    return isOpen(edit.model()) ? new ClosedBranches(edit.toModel()).closed() : edit;
  }

  /** The model with such nodes closed; the model itself where it has none. */
  public static OnnxModel of(OnnxModel model) {
    return isOpen(model) ? of(new OnnxEdit(model)).toModel() : model;
  }

  private static boolean isOpen(OnnxModel model) {
    return model.nodes().stream().anyMatch(node -> !choice(node).isEmpty());
  }

  private void place(NodeProto node, String branch) {
    if (!branch.isEmpty()) {
      node.getOutputList().forEach(output -> places.put(output, branch));
      places.remove("");
    }
  }

  private OnnxEdit closed() {
    OnnxEdit edit = new OnnxEdit(model);
    Set<String> made = new HashSet<>();
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      String choice = choice(node);
      String branch = branch(node);
      NodeProto closed = BranchMarks.without(node);
      if (choice.isEmpty()) {
        place(node, branch);
      } else if (LoopMarks.isPart(node) ? !LoopMarks.isLast(node) : !made.add(choice)) {
        edit.removeNode(i);
        continue;
      } else {
        closed = closed(choice, node);
      }
      if (branch.isEmpty()) {
        if (!closed.equals(node)) {
          edit.replaceNode(i, closed);
        }
      } else {
        edit.removeNode(i);
      }
      requireVisible(closed, branch);
      bodies.computeIfAbsent(branch, key -> new ArrayList<>()).add(closed);
    }
    for (ValueInfoProto output : model.outputs()) {
      require(output.getName(), "");
    }
    return edit;
  }

  /** The branch of a node, or the innermost one that it reads from where it comes with an edit. */
  private String branch(NodeProto node) {
    String branch = BranchMarks.branch(node);
    if (!branch.isEmpty() || !choice(node).isEmpty()) {
      return branch;
    }
    for (String name : new NamesWithin(List.of(node)).tensors()) {
      String place = places.getOrDefault(name, "");
      if (isInside(place, branch)) {
        branch = place;
      }
    }
    return branch;
  }

  /** Whether a branch is another or lies in it. */
  private boolean isInside(String inner, String outer) {
    for (String at = inner; !at.equals(outer); ) {
      List<NodeProto> around = joins.get(BranchMarks.choice(at));
      if (at.isEmpty() || around == null) {
        return false;
      }
      at = BranchMarks.branch(around.get(0));
    }
    return true;
  }

  private void requireVisible(NodeProto node, String branch) {
    node.getInputList().forEach(input -> require(input, branch));
  }

  private void require(String tensor, String branch) {
    String place = places.getOrDefault(tensor, "");
    if (!isInside(branch, place)) {
      throw new IllegalStateException(
          "'" + tensor + "' is made in branch '" + place + "' and read outside of it");
    }
  }

  private NodeProto closed(String choice, NodeProto first) {
    List<NodeProto> outputs = joins.getOrDefault(choice, List.of());
    if (LoopMarks.isPart(first)) {
      return ClosedLoop.of(outputs, bodies.getOrDefault(BranchMarks.body(choice), List.of()));
    }
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType("If")
            .setName(first.getName())
            .addInput(first.getInput(0))
            .addAllMetadataProps(BranchMarks.without(first).getMetadataPropsList())
            .addAttribute(branch("then_branch", BranchMarks.branch(choice, true), outputs, 1))
            .addAttribute(branch("else_branch", BranchMarks.branch(choice, false), outputs, 2));
    outputs.forEach(output -> node.addOutput(output.getOutput(0)));
    return node.build();
  }

  /**
   * A branch.
   *
   * @param input the input of the joins that is its output
   */
  private AttributeProto branch(
      String attribute, String branch, List<NodeProto> outputs, int input) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName(attribute);
    graph.addAllNode(bodies.getOrDefault(branch, List.of()));
    Set<String> handedOut = new HashSet<>();
    for (NodeProto output : outputs) {
      String name = output.getInput(input);
      if (!branch.equals(places.get(name)) || !handedOut.add(name)) {
        String copy = output.getOutput(0) + "/" + attribute;
        graph.addNode(
            NodeProto.newBuilder()
                .setOpType("Identity")
                .setName(copy)
                .addInput(name)
                .addOutput(copy));
        name = copy;
      }
      ValueInfoProto.Builder info = ValueInfoProto.newBuilder().setName(name);
      TypeProto.Tensor.Builder type = info.getTypeBuilder().getTensorTypeBuilder();
      type.setElemType(BranchMarks.type(output));
      for (int i = 0; i < BranchMarks.rank(output); i++) {
        type.getShapeBuilder().addDimBuilder();
      }
      graph.addOutput(info);
    }
    return AttributeProto.newBuilder()
        .setName(attribute)
        .setType(AttributeType.GRAPH)
        .setG(graph)
        .build();
  }
}

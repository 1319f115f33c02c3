package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The first turn of each {@code Loop} and {@code Scan}, in the place of it: the nodes of its body
 * between entries and ends. What is carried from turn to turn is one tensor in all of them, so that
 * the first turn tells the widths of every other; no number of it is known, since each turn has its
 * own. {@link ClosedBranches} makes loops of such turns again.
 *
 * <p>A loop stays as it is in older operator sets, where its body keeps tensors in another file, or
 * sparse ones, carries what is no tensor of numbers, or gives what is made of parameters alone.
 */
final class OpenLoops {
  /** The first operator set with {@code CastLike} and parts of shapes. */
  private static final int OPSET = 15;

  private final OnnxModel model;
  private final DataTensors data;
  private final BranchNodes names;

  /** Some tensor that depends on an input. */
  private final String witness;

  private OpenLoops(OnnxModel model) {
    this.model = model;
    this.data = new DataTensors(model);
    this.names = new BranchNodes(model, node -> turns(node).isPresent());
    this.witness =
        model.inputs().stream()
            .filter(input -> input.getType().hasTensorType())
            .map(ValueInfoProto::getName)
            .filter(input -> !model.initializers().containsKey(input))
            .findFirst()
            .orElse("");
  }

  /** The model with such nodes opened, but for those inside; the model itself without any. */
  static OnnxModel open(OnnxModel model) {
    return model.opset("") >= OPSET && model.nodes().stream().anyMatch(Turns::isLoop)
        ? new OpenLoops(model).open()
        : model;
  }

  private OnnxModel open() {
    OnnxEdit edit = new OnnxEdit(model);
    for (int i = 0; i < model.nodes().size(); i++) {
      Optional<Turns> turns = turns(model.nodes().get(i));
      if (turns.isPresent() && !witness.isEmpty()) {
        edit.insertNodesBefore(i, opened(turns.get())).removeNode(i);
      }
    }
    return edit.isEmpty() ? model : edit.toModel();
  }

  private Optional<Turns> turns(NodeProto node) {
    return Turns.isLoop(node)
            && !node.getOutputList().contains("")
            && node.getOutputCount() > 0
            && !InlinedAttributes.isExternal(node)
        ? Turns.of(node).filter(this::fits)
        : Optional.empty();
  }

  private boolean fits(Turns turns) {
    GraphProto body = turns.body();
    List<String> given = body.getInputList().stream().map(ValueInfoProto::getName).toList();
    Set<String> inside = data.and(given, body.getNodeList());
    for (int i = 0; i < turns.entries().size(); i++) {
      Turns.Entry entry = turns.entries().get(i);
      if (entry.way() == Turns.Way.CARRIED && !isTaken(body.getInput(i))) {
        return false;
      }
    }
    for (int i = 0; i < turns.ends().size(); i++) {
      Turns.End end = turns.ends().get(i);
      if (end.way() != Turns.Way.CONDITION && !inside.contains(body.getOutput(i).getName())) {
        return false;
      }
    }
    return body.getSparseInitializerCount() == 0;
  }

  private static boolean isTaken(ValueInfoProto carried) {
    return OpenBranches.TYPES.contains(carried.getType().getTensorType().getElemType());
  }

  private List<NodeProto> opened(Turns turns) {
    NodeProto node = turns.node();
    Scaffold scaffold = new Scaffold(node, names);
    String turn = scaffold.tensor("turn");
    String again = scaffold.tensor("again");
    List<NodeProto> nodes = new ArrayList<>(unknown(scaffold, turn, again));
    nodes.addAll(settings(turns, scaffold));
    List<String> given = new ArrayList<>();
    turns.entries().forEach(entry -> given.add(scaffold.tensor("given" + given.size())));
    GraphProto.Builder body = turns.body().toBuilder().clearInput().clearNode();
    for (int i = 0; i < turns.entries().size(); i++) {
      body.addNode(entry(turns, i, scaffold, given.get(i), turn, again));
    }
    body.addAllNode(turns.body().getNodeList());
    List<String> ends = new ArrayList<>();
    turns.body().getOutputList().forEach(end -> ends.add(names.tensor(end.getName())));
    List<String> entries = new ArrayList<>();
    for (NodeProto inner : names.of(node, body.build(), ends, false)) {
      if (LoopMarks.isPart(inner)) {
        entries.add(inner.getOutput(0));
        nodes.add(renamed(inner, given, node));
      } else {
        nodes.add(BranchMarks.inside(inner, BranchMarks.body(node.getOutput(0))));
      }
    }
    nodes.addAll(ends(turns, scaffold, entries, ends));
    int last = nodes.size() - 1;
    nodes.set(last, LoopMarks.last(nodes.get(last), node));
    return nodes;
  }

  /** The number of a turn and whether there is another: 0 and true if run, and not known before. */
  private List<NodeProto> unknown(Scaffold scaffold, String turn, String again) {
    String size = scaffold.tensor("size");
    return List.of(
        scaffold.part("Size", List.of(witness), size),
        scaffold.typed(scaffold.part("Sub", List.of(size, size), turn)),
        scaffold.part("Equal", List.of(turn, turn), again));
  }

  /** Readers of what the loop reads and its body is not given: how many turns, and whether any. */
  private static List<NodeProto> settings(Turns turns, Scaffold scaffold) {
    NodeProto node = turns.node();
    List<NodeProto> nodes = new ArrayList<>();
    for (int i = 0; i < firstCarried(turns); i++) {
      if (!node.getInput(i).isEmpty()) {
        String copy = scaffold.tensor("input" + i);
        nodes.add(LoopMarks.input(scaffold.part("Identity", List.of(node.getInput(i)), copy), i));
      }
    }
    return nodes;
  }

  /**
   * What makes a tensor that the body is given.
   *
   * @param given a name for what it is made of outside, which no tensor inside has
   */
  private static NodeProto entry(
      Turns turns, int index, Scaffold scaffold, String given, String turn, String again) {
    Turns.Entry entry = turns.entries().get(index);
    String own = turns.body().getInput(index).getName();
    NodeProto made =
        switch (entry.way()) {
          case TURN -> scaffold.part("Identity", List.of(turn), own);
          case CONDITION -> scaffold.part("Identity", List.of(again), own);
          case CARRIED -> scaffold.typed(scaffold.part("Where", List.of(again, given, given), own));
          case SLICE ->
              Scaffold.with(
                  scaffold.part("Gather", List.of(given, turn), own), "axis", entry.axis());
        };
    NodeProto marked = LoopMarks.entry(made, index);
    return entry.input() < 0 ? marked : LoopMarks.input(marked, entry.input());
  }

  private static int firstCarried(Turns turns) {
    return turns.entries().stream()
        .mapToInt(Turns.Entry::input)
        .filter(input -> input >= 0)
        .min()
        .orElse(turns.node().getInputCount());
  }

  /** An entry that reads what the node does. */
  private static NodeProto renamed(NodeProto entry, List<String> given, NodeProto node) {
    NodeProto.Builder renamed = entry.toBuilder();
    for (int i = 0; i < entry.getInputCount(); i++) {
      if (given.contains(entry.getInput(i))) {
        renamed.setInput(i, node.getInput(LoopMarks.input(entry)));
      }
    }
    return renamed.build();
  }

  private List<NodeProto> ends(
      Turns turns, Scaffold scaffold, List<String> entries, List<String> ends) {
    NodeProto node = turns.node();
    List<NodeProto> nodes = new ArrayList<>();
    String zeros = "";
    for (int i = 0; i < ends.size(); i++) {
      Turns.End end = turns.ends().get(i);
      String read = ends.get(i);
      if (end.way() == Turns.Way.CONDITION) {
        String copy = scaffold.tensor("condition");
        nodes.add(LoopMarks.end(scaffold.part("Identity", List.of(read), copy), i));
      } else if (end.way() == Turns.Way.CARRIED) {
        List<String> both = List.of(read, entries.get(end.entry()));
        NodeProto join = scaffold.part("CastLike", both, node.getOutput(end.output()));
        nodes.add(LoopMarks.end(scaffold.typed(join), i));
      } else {
        if (zeros.isEmpty()) {
          zeros = scaffold.tensor("turns");
          nodes.addAll(zeros(turns, scaffold, zeros));
        }
        String axes = scaffold.tensor("axes" + i);
        String slice = scaffold.tensor("slice" + i);
        nodes.add(scaffold.numbers(axes, end.axis()));
        nodes.add(LoopMarks.end(scaffold.part("Unsqueeze", List.of(read, axes), slice), i));
        String output = node.getOutput(end.output());
        NodeProto all = scaffold.part("Gather", List.of(slice, zeros), output);
        nodes.add(Scaffold.with(all, "axis", end.axis()));
      }
    }
    return nodes;
  }

  /** As many zeros as there are turns; one where nobody knows how many. */
  private List<NodeProto> zeros(Turns turns, Scaffold scaffold, String zeros) {
    NodeProto node = turns.node();
    List<NodeProto> nodes = new ArrayList<>();
    String count = scaffold.tensor("count");
    Optional<Turns.Entry> slice =
        turns.entries().stream().filter(entry -> entry.way() == Turns.Way.SLICE).findFirst();
    if (slice.isPresent()) {
      // a scan takes one turn for each element of the axis that it goes along
      String scanned = node.getInput(slice.get().input());
      NodeProto part = scaffold.part("Shape", List.of(scanned), count);
      part = Scaffold.with(part, "start", slice.get().axis());
      nodes.add(
          slice.get().axis() == -1 ? part : Scaffold.with(part, "end", slice.get().axis() + 1));
    } else if (node.getInputCount() == 0 || node.getInput(0).isEmpty()) {
      nodes.add(scaffold.numbers(count, 1));
    } else {
      String one = scaffold.tensor("one");
      nodes.add(scaffold.numbers(one, 1));
      nodes.add(scaffold.part("Reshape", List.of(node.getInput(0), one), count));
    }
    NodeProto made = scaffold.part("ConstantOfShape", List.of(count), zeros);
    nodes.add(
        made.toBuilder()
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("value")
                    .setType(AttributeType.TENSOR)
                    .setT(
                        TensorProto.newBuilder()
                            .setDataType(DataTypes.INT64)
                            .addDims(1)
                            .addInt64Data(0)))
            .build());
    return nodes;
  }
}

package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Functions that a model defines, put in the place of the nodes that call them. What lies inside
 * gets the name of the call before its own: {@code block.0/Conv_3}.
 *
 * <p>A call stays as it is where its function is written for another version of an operator set,
 * calls itself, hands out one of its inputs or keeps tensors in another file; and so do calls
 * inside sub-graphs.
 */
public final class Functions {
  private static final Pattern ORGANISATION = Pattern.compile("(com|org|net|edu|gov|io|ai|dev)\\.");

  private final OnnxModel model;
  private final Predicate<NodeProto> which;
  private final Map<String, FunctionProto> functions = new HashMap<>();
  private final Set<String> taken;
  private final Set<String> nodeNames = new HashSet<>();
  private final Deque<String> open = new ArrayDeque<>();

  private Functions(OnnxModel model, Predicate<NodeProto> which) {
    this.model = model;
    this.which = which;
    for (FunctionProto function : model.functions()) {
      functions.put(
          FunctionSizes.key(function.getDomain(), function.getName(), function.getOverload()),
          function);
    }
    taken = new HashSet<>(new NamesWithin(model.nodes()).tensors());
    taken.addAll(model.initializers().keySet());
    model.inputs().forEach(input -> taken.add(input.getName()));
    model.nodes().forEach(node -> nodeNames.add(node.getName()));
  }

  /**
   * The model with calls replaced; the model itself where there is none.
   *
   * @param which the calls to replace
   */
  public static OnnxModel inline(OnnxModel model, Predicate<NodeProto> which) {
    return model.functions().isEmpty() ? model : new Functions(model, which).inline();
  }

  /**
   * Whether a function stands for an operator that somebody made, and is there for runtimes that do
   * not have it: such are named as the standard asks, by a domain name from right to left. Those
   * that exporters write for modules are named after packages.
   */
  public static boolean isOperator(NodeProto call) {
    return ORGANISATION.matcher(call.getDomain()).lookingAt()
        && !OnnxModel.domain(call.getDomain()).isEmpty();
  }

  private OnnxModel inline() {
    OnnxEdit edit = new OnnxEdit(model);
    for (int i = 0; i < model.nodes().size(); i++) {
      List<NodeProto> body = body(model.nodes().get(i));
      if (body != null) {
        edit.insertNodesBefore(i, body).removeNode(i);
      }
    }
    return edit.isEmpty() ? model : edit.toModel();
  }

  /** What stands in the place of a node; null if it is no call, or has to stay. */
  private @Nullable List<NodeProto> body(NodeProto call) {
    String key = FunctionSizes.key(call.getDomain(), call.getOpType(), call.getOverload());
    FunctionProto function = functions.get(key);
    if (function == null || open.contains(key) || !which.test(call) || !fits(function, call)) {
      return null;
    }
    open.push(key);
    List<NodeProto> nodes = new ArrayList<>();
    String prefix = prefix(function, call);
    for (NodeProto node : new FunctionCall(function, call, prefix, Set.of(), nodeNames).nodes()) {
      NodeProto placed = BranchMarks.inside(node, BranchMarks.branch(call));
      List<NodeProto> inner = body(placed);
      nodes.addAll(inner == null ? List.of(placed) : inner);
    }
    open.pop();
    return nodes;
  }

  private boolean fits(FunctionProto function, NodeProto call) {
    Set<String> domains = new NamesWithin(function.getNodeList()).domains();
    Set<String> ends = new HashSet<>(function.getInputList());
    return call.getInputCount() <= function.getInputCount()
        && call.getOutputCount() <= function.getOutputCount()
        && function.getOutputList().stream().allMatch(ends::add)
        && domains.stream().allMatch(domain -> model.opset(domain) > 0)
        && function.getOpsetImportList().stream()
            .filter(opset -> domains.contains(OnnxModel.domain(opset.getDomain())))
            .allMatch(opset -> opset.getVersion() == model.opset(opset.getDomain()))
        && function.getNodeList().stream().noneMatch(InlinedAttributes::isExternal);
  }

  /** What all names inside a call begin with, so that no tensor has one of them yet. */
  private String prefix(FunctionProto function, NodeProto call) {
    String name = call.getName().isEmpty() ? call.getOpType() : call.getName();
    Set<String> inside = new NamesWithin(function.getNodeList()).tensors();
    for (int i = 1; ; i++) {
      String prefix = (i == 1 ? name : name + "_" + i) + "/";
      List<String> names = inside.stream().map(prefix::concat).toList();
      if (names.stream().noneMatch(taken::contains)) {
        taken.addAll(names);
        return prefix;
      }
    }
  }
}

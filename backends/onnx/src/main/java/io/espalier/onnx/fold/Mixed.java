package io.espalier.onnx.fold;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tensors of a model that are made of parameters alone by mixing elements along an axis, as a
 * weight that is divided by its norm or standardised: a part of one is not what is made of a part
 * of those parameters. Products are not among them: what is computed from a zero state is a layer
 * at work.
 */
final class Mixed {
  private static final Set<String> MIXING =
      Set.of(
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceProd",
          "ReduceSum",
          "ReduceSumSquare",
          "BatchNormalization",
          "GroupNormalization",
          "InstanceNormalization",
          "LayerNormalization",
          "LpNormalization",
          "MeanVarianceNormalization",
          "Softmax",
          "LogSoftmax",
          "CumSum");

  private static final Set<String> PRODUCTS = Set.of("MatMul", "Gemm", "Einsum");

  private static final Set<String> RANDOM =
      Set.of(
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Bernoulli",
          "Multinomial",
          "Dropout");

  private final OnnxModel model;
  private final Map<String, Integer> producers = new HashMap<>();
  private final Set<String> parameters;
  private final Set<String> mixed = new HashSet<>();

  /** For what a product went into: the largest parameter that it was made of. */
  private final Map<String, String> multiplied = new HashMap<>();

  /** For every tensor of parameters: the largest one that it was made of. */
  private final Map<String, String> largest = new HashMap<>();

  Mixed(OnnxModel model) {
    this.model = model;
    this.parameters = new HashSet<>(model.initializers().keySet());
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      if (isConstant(node)) {
        String own = largest(node);
        boolean mixes = mixes(node);
        boolean product = PRODUCTS.contains(node.getOpType());
        for (String output : node.getOutputList()) {
          producers.put(output, i);
          parameters.add(output);
          largest.put(output, own);
          if (product || node.getInputList().stream().anyMatch(multiplied::containsKey)) {
            multiplied.put(output, own);
          }
          if (mixes) {
            mixed.add(output);
          }
        }
      }
    }
  }

  private boolean mixes(NodeProto node) {
    return MIXING.contains(node.getOpType())
        || node.getInputList().stream().anyMatch(mixed::contains)
        || meetsItself(node);
  }

  /** Whether a product and, beside it, the largest of what went into it are read. */
  private boolean meetsItself(NodeProto node) {
    for (String product : node.getInputList()) {
      String matrix = multiplied.get(product);
      for (String other : node.getInputList()) {
        if (matrix != null
            && !matrix.isEmpty()
            && !multiplied.containsKey(other)
            && matrix.equals(largest(other))) {
          return true;
        }
      }
    }
    return false;
  }

  private String largest(String tensor) {
    return model.initializers().containsKey(tensor) ? tensor : largest.getOrDefault(tensor, "");
  }

  private String largest(NodeProto node) {
    String found = "";
    long size = 1;
    for (String input : node.getInputList()) {
      String candidate = largest(input);
      OnnxTensor tensor = model.initializers().get(candidate);
      if (tensor != null && tensor.elementCount() > size) {
        size = tensor.elementCount();
        found = candidate;
      }
    }
    return found;
  }

  /** Whether any node mixes anything: a glance that spares most models the rest. */
  static boolean mayBeIn(OnnxModel model) {
    Set<String> known = model.initializers().keySet();
    Set<String> made = new HashSet<>();
    for (NodeProto node : model.nodes()) {
      boolean constant =
          node.getInputList().stream()
              .allMatch(in -> in.isEmpty() || known.contains(in) || made.contains(in));
      if (constant) {
        made.addAll(node.getOutputList());
        if (MIXING.contains(node.getOpType()) || PRODUCTS.contains(node.getOpType())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether a node computes the same every time, from parameters alone. */
  private boolean isConstant(NodeProto node) {
    return (node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx"))
        && !RANDOM.contains(node.getOpType())
        && node.getAttributeList().stream().noneMatch(Mixed::holdsGraph)
        && node.getInputList().stream().allMatch(in -> in.isEmpty() || parameters.contains(in));
  }

  private static boolean holdsGraph(AttributeProto attribute) {
    return attribute.hasG() || attribute.getGraphsCount() > 0;
  }

  /** The mixed tensors that meet data, with the nodes on data that read each. */
  Map<String, List<Integer>> meetingData() {
    Map<String, List<Integer>> readers = new LinkedHashMap<>();
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      if (!isConstant(node)) {
        for (String input : node.getInputList()) {
          if (mixed.contains(input)) {
            readers.computeIfAbsent(input, name -> new ArrayList<>()).add(i);
          }
        }
      }
    }
    return readers;
  }

  /** The node that computes a tensor of parameters. */
  int producer(String tensor) {
    return producers.getOrDefault(tensor, -1);
  }

  /** The nodes that tensors are made by, in the order of the file. */
  Set<Integer> makers(Iterable<String> tensors) {
    Set<Integer> makers = new TreeSet<>();
    List<String> open = new ArrayList<>();
    tensors.forEach(open::add);
    while (!open.isEmpty()) {
      int producer = producer(open.remove(open.size() - 1));
      if (producer >= 0 && makers.add(producer)) {
        open.addAll(model.nodes().get(producer).getInputList());
      }
    }
    return makers;
  }

  /** Tensors by what they are made of: two that share a node or a parameter go together. */
  List<Set<String>> groups(Iterable<String> tensors) {
    Map<String, Integer> groupOf = new HashMap<>();
    List<Set<String>> groups = new ArrayList<>();
    for (String tensor : tensors) {
      Set<String> group = new LinkedHashSet<>(List.of(tensor));
      Set<String> parts = new LinkedHashSet<>();
      for (int maker : makers(List.of(tensor))) {
        NodeProto node = model.nodes().get(maker);
        node.getInputList().stream().filter(this::isLarge).forEach(parts::add);
      }
      Set<Integer> met = new TreeSet<>();
      for (String part : parts) {
        Integer known = groupOf.get(part);
        if (known != null) {
          met.add(known);
        }
      }
      for (int known : met) {
        group.addAll(groups.get(known));
        groups.set(known, Set.of());
      }
      groups.add(group);
      int last = groups.size() - 1;
      groupOf.replaceAll((part, of) -> met.contains(of) ? Integer.valueOf(last) : of);
      parts.forEach(part -> groupOf.put(part, last));
    }
    groups.removeIf(Set::isEmpty);
    return groups;
  }

  /** Whether a tensor was made of a parameter of several elements: an epsilon ties nothing. */
  private boolean isLarge(String tensor) {
    OnnxTensor own = model.initializers().get(tensor);
    return own == null ? !largest(tensor).isEmpty() : own.elementCount() > 1;
  }
}

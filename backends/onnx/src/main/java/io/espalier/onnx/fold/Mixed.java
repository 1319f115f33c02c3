package io.espalier.onnx.fold;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.OnnxModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

  Mixed(OnnxModel model) {
    this.model = model;
    this.parameters = new HashSet<>(model.initializers().keySet());
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      if (isConstant(node)) {
        for (String output : node.getOutputList()) {
          producers.put(output, i);
          parameters.add(output);
          if (MIXING.contains(node.getOpType())
              || node.getInputList().stream().anyMatch(mixed::contains)) {
            mixed.add(output);
          }
        }
      }
    }
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
        if (MIXING.contains(node.getOpType())) {
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
    Set<Integer> makers = new java.util.TreeSet<>();
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
}

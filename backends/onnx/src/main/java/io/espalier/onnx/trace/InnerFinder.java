package io.espalier.onnx.trace;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.OpId;
import io.espalier.trace.Inner;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds out what a node holds inside: the operators and weights of its sub-graphs, and weights
 * among the attributes of operators that are not standard.
 */
final class InnerFinder {
  private static final String CLASSIC = "ai.onnx.ml";
  private static final String COEFFICIENTS = "coefficients";

  private final Map<String, FunctionProto> functions = new HashMap<>();
  private final Function<NodeProto, OpId> operator;

  /**
   * @param operator what a node is traced as
   */
  InnerFinder(OnnxModel model, Function<NodeProto, OpId> operator) {
    this.operator = operator;
    model
        .functions()
        .forEach(
            function -> functions.put(function.getDomain() + ":" + function.getName(), function));
  }

  Inner of(NodeProto node) {
    Found found = new Found();
    for (AttributeProto attribute : node.getAttributeList()) {
      found.graphs(attribute);
    }
    OpId op = operator.apply(node);
    if (!op.domain().isEmpty()) {
      node.getAttributeList().forEach(attribute -> found.weights(op, attribute));
    }
    return found.operators.isEmpty() && found.parameters == 0
        ? Inner.NOTHING
        : new Inner(found.operators, found.parameters);
  }

  private final class Found {
    private final Set<OpId> operators = new LinkedHashSet<>();
    private final Set<String> called = new HashSet<>();
    private long parameters;

    private void graphs(AttributeProto attribute) {
      if (attribute.hasG()) {
        graph(attribute.getG());
      }
      attribute.getGraphsList().forEach(this::graph);
    }

    private void graph(GraphProto graph) {
      Set<String> statistics = new HashSet<>();
      for (NodeProto node : graph.getNodeList()) {
        if (node.getOpType().equals("BatchNormalization") && node.getInputCount() > 4) {
          statistics.addAll(node.getInputList().subList(3, 5));
        }
      }
      for (TensorProto tensor : graph.getInitializerList()) {
        if (!statistics.contains(tensor.getName())) {
          parameters += count(tensor);
        }
      }
      nodes(graph.getNodeList());
    }

    private void nodes(List<NodeProto> nodes) {
      for (NodeProto node : nodes) {
        if (node.getOpType().equals("Constant")) {
          node.getAttributeList().forEach(attribute -> parameters += count(attribute.getT()));
          continue;
        }
        FunctionProto function = functions.get(node.getDomain() + ":" + node.getOpType());
        if (function == null) {
          operators.add(operator.apply(node));
        } else if (called.add(function.getDomain() + ":" + function.getName())) {
          nodes(function.getNodeList());
        }
        node.getAttributeList().forEach(this::graphs);
      }
    }

    private void weights(OpId op, AttributeProto attribute) {
      if (op.domain().equals(CLASSIC) && !attribute.getName().equals(COEFFICIENTS)) {
        return;
      }
      long tensor = attribute.hasT() ? count(attribute.getT()) : 0;
      parameters += tensor > 1 ? tensor : 0;
      parameters += attribute.getFloatsCount() > 1 ? attribute.getFloatsCount() : 0;
    }
  }

  /** How many weights a tensor is: none if it is a number, or integers other than of 8 bits. */
  private static long count(TensorProto tensor) {
    int type = tensor.getDataType();
    if (tensor.getDimsCount() == 0
        || !(DataTypes.isFloating(type) || TensorConstant.isNarrow(type))) {
      return 0;
    }
    return tensor.getDimsList().stream().reduce(1L, Math::multiplyExact);
  }
}

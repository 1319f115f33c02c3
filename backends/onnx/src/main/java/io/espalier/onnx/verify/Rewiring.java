package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.core.values.Manifest.Skipped;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Blocks that were taken out: who read what came out of one reads what went in. */
final class Rewiring {
  private final OnnxModel model;
  private final Map<String, String> sources = new HashMap<>();

  private Rewiring(OnnxModel model) {
    this.model = model;
  }

  /**
   * The rewiring of all blocks, chains of blocks included.
   *
   * @throws VerificationException if blocks replace one another in a circle, or the model does not
   *     have one of the tensors
   */
  static Rewiring of(OnnxModel model, List<Skipped> skipped) {
    Rewiring rewiring = new Rewiring(model);
    Set<String> computed = new HashSet<>();
    model.nodes().forEach(node -> computed.addAll(node.getOutputList()));
    Set<String> all = new HashSet<>(computed);
    all.addAll(model.initializers().keySet());
    model.inputs().forEach(input -> all.add(input.getName()));
    Map<String, String> direct = new HashMap<>();
    for (Skipped block : skipped) {
      rewiring.require(block.from(), computed);
      rewiring.require(block.by(), all);
      direct.put(block.from(), block.by());
    }
    for (String from : direct.keySet()) {
      rewiring.sources.put(from, rewiring.follow(from, direct));
    }
    return rewiring;
  }

  private void require(String tensor, Set<String> known) {
    if (!known.contains(tensor)) {
      throw new VerificationException(
          "the manifest rewires tensor '"
              + tensor
              + "', which "
              + model
              + " does not have; give the manifest of this model");
    }
  }

  private String follow(String from, Map<String, String> direct) {
    Set<String> seen = new HashSet<>();
    String source = from;
    for (String next = direct.get(source); next != null; next = direct.get(source)) {
      if (!seen.add(source)) {
        throw new VerificationException(
            "the manifest replaces tensor '" + from + "' of " + model + " by itself");
      }
      source = next;
    }
    return source;
  }

  /** Rewires every node, and the graph's outputs. */
  void apply(List<NodeEdit> nodes, Map<String, NodeEdit> byOutput, OnnxEdit result) {
    if (sources.isEmpty()) {
      return;
    }
    nodes.forEach(edit -> rewire(edit.node()));
    for (ValueInfoProto output : model.outputs()) {
      String source = sources.get(output.getName());
      NodeEdit producer = byOutput.get(output.getName());
      if (source != null && producer != null) {
        int index = producer.node().getOutputList().indexOf(output.getName());
        producer.node().setOutput(index, "espalier_reference/" + output.getName());
        result.insertNodesBefore(
            nodes.size(),
            List.of(
                NodeProto.newBuilder()
                    .setOpType("Identity")
                    .setName("espalier_reference/Identity/" + output.getName())
                    .addInput(source)
                    .addOutput(output.getName())
                    .build()));
      }
    }
  }

  private void rewire(NodeProto.Builder node) {
    for (int i = 0; i < node.getInputCount(); i++) {
      node.setInput(i, source(node.getInput(i)));
    }
    for (int i = 0; i < node.getAttributeCount(); i++) {
      AttributeProto attribute = node.getAttribute(i);
      if (attribute.hasG() || attribute.getGraphsCount() > 0) {
        AttributeProto.Builder builder = node.getAttributeBuilder(i);
        if (attribute.hasG()) {
          rewire(builder.getGBuilder());
        }
        builder.getGraphsBuilderList().forEach(this::rewire);
      }
    }
  }

  /** Graphs inside a node read tensors from outside by name. */
  private void rewire(GraphProto.Builder graph) {
    graph.getNodeBuilderList().forEach(this::rewire);
  }

  private String source(String tensor) {
    return sources.getOrDefault(tensor, tensor);
  }
}

package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.TensorSource;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.ShapeProbe;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.onnx.runtime.ValueSpec;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Running statistics of BatchNormalization nodes, measured. Without them the signal of a residual
 * network doubles from block to block, until a softmax at the end is blind.
 */
final class RunningStatistics {
  private static final int MEAN = 3;
  private static final int VARIANCE = 4;

  /** A variance over fewer elements says little. */
  private static final long FEWEST = 16;

  private RunningStatistics() {}

  /**
   * The model with the statistics of one random input. They are all taken from one run, in which
   * the nodes normalise as InstanceNormalization does: each sample by itself.
   *
   * @param replaceable names of initializers that may change
   */
  static OnnxModel measure(OnnxModel model, Set<String> replaceable, long seed) {
    Map<String, Tensor> inputs = TrialInputs.of(model, seed, Map.of());
    Map<Integer, NodeProto> norms = norms(model, replaceable);
    if (norms.isEmpty()) {
      return model;
    }
    List<String> measured = norms.values().stream().map(node -> node.getInput(0)).toList();
    Map<String, ValueSpec> shapes = ShapeProbe.probe(model, inputs, measured);
    norms.values().removeIf(node -> !large(shapes.get(node.getInput(0))));
    OnnxEdit run = new OnnxEdit(model);
    norms.forEach(
        (index, node) -> {
          run.replaceNode(
              index,
              NodeProto.newBuilder()
                  .setOpType("InstanceNormalization")
                  .addAllInput(node.getInputList().subList(0, MEAN))
                  .addOutput(node.getOutput(0))
                  .build());
          // old files may have no initializer that nothing reads
          run.removeInitializer(node.getInput(MEAN)).removeInitializer(node.getInput(VARIANCE));
          run.addOutput(ValueInfoProto.newBuilder().setName(node.getInput(0)).build());
        });
    OnnxEdit result = new OnnxEdit(model);
    try (OnnxSession session = OnnxSession.open(run.toBytes(), SessionSettings.plain())) {
      Map<String, Tensor> values = session.run(inputs);
      for (NodeProto node : norms.values()) {
        Tensor value = values.get(node.getInput(0));
        if (value != null) {
          write(node, value, result);
        }
      }
    }
    return OnnxModel.of(result.toBytes());
  }

  /** The nodes whose statistics may change, and are no other node's. */
  private static Map<Integer, NodeProto> norms(OnnxModel model, Set<String> replaceable) {
    Map<String, Integer> readers = new HashMap<>();
    model
        .nodes()
        .forEach(node -> node.getInputList().forEach(name -> readers.merge(name, 1, Integer::sum)));
    Map<Integer, NodeProto> norms = new LinkedHashMap<>();
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      if (node.getOpType().equals("BatchNormalization")
          && node.getInputList().subList(MEAN, VARIANCE + 1).stream()
              .allMatch(name -> replaceable.contains(name) && readers.getOrDefault(name, 0) == 1)) {
        norms.put(i, node);
      }
    }
    return norms;
  }

  private static boolean large(@Nullable ValueSpec spec) {
    return spec != null
        && spec.dims().size() > 2
        && spec.dims().stream().skip(2).reduce(1L, (a, b) -> a * b) >= FEWEST;
  }

  private static void write(NodeProto node, Tensor value, OnnxEdit result) {
    float[] elements = value.floats();
    int channels = (int) value.shape()[1];
    int batch = (int) value.shape()[0];
    int space = elements.length / channels / batch;
    float[] means = new float[channels];
    float[] variances = new float[channels];
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      double squares = 0;
      for (int n = 0; n < batch; n++) {
        for (int i = 0; i < space; i++) {
          double element = elements[(n * channels + c) * space + i];
          sum += element;
          squares += element * element;
        }
      }
      double mean = sum / (batch * space);
      means[c] = (float) mean;
      variances[c] = (float) Math.max(squares / (batch * space) - mean * mean, 1e-3);
    }
    result.replaceInitializer(
        node.getInput(MEAN), TensorSource.ofFloats(node.getInput(MEAN), means, channels));
    result.replaceInitializer(
        node.getInput(VARIANCE),
        TensorSource.ofFloats(node.getInput(VARIANCE), variances, channels));
  }
}

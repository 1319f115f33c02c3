package com.acme.app;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import java.util.Map;

/**
 * A network with a layer of Acme's own between linear layers: {@code input} [4, 16], {@code fc1} to
 * 32 features, {@code gate} to 24, {@code fc2} to 40, {@code fc3} to {@code output} [4, 10].
 *
 * <p>The operator {@code com.acme:GatedLinear} is a function that the model defines, so that ONNX
 * Runtime can run it without a kernel. Its body states no width: a smaller weight is all that a
 * smaller layer needs.
 */
public final class GatedNetwork {
  private static final String DOMAIN = "com.acme";
  private static final int BATCH = 4;

  private GatedNetwork() {}

  /**
   * The network.
   *
   * @param opset version of the standard operator set, at least 13
   */
  public static OnnxModel build(long opset) {
    OnnxGraphBuilder b = new OnnxGraphBuilder("gated", opset).opset(DOMAIN, 1);
    String x = b.input("input", BATCH, 16);
    x = b.node("Tanh", "/act1/Tanh", List.of(linear(b, "fc1", x, 16, 32)));
    String weight = b.weights("gate.weight", 2 * 24, 32);
    x = b.node(DOMAIN + ":GatedLinear", "/gate/GatedLinear", List.of(x, weight));
    b.valueInfo(x, BATCH, 24);
    x = b.node("Tanh", "/act2/Tanh", List.of(linear(b, "fc2", x, 24, 40)));
    b.output("output", linear(b, "fc3", x, 40, 10), BATCH, 10);
    return OnnxModel.of(b.toProto().toBuilder().addFunctions(gatedLinear(opset)).build());
  }

  private static String linear(OnnxGraphBuilder b, String name, String x, int in, int out) {
    String weight = b.weights(name + ".weight", out, in);
    String bias = b.random(name + ".bias", 0, 0.1, out);
    return b.node("Gemm", "/" + name + "/Gemm", List.of(x, weight, bias), Map.of("transB", 1));
  }

  private static FunctionProto gatedLinear(long opset) {
    OnnxGraphBuilder b = new OnnxGraphBuilder("body", opset);
    String columns = b.node("Transpose", "columns", List.of("weight"));
    String both = b.node("MatMul", "both", List.of("x", columns));
    // in two equal halves: from operator set 18 on, it has to be said how many
    Map<String, Integer> halves =
        opset < 18 ? Map.of("axis", -1) : Map.of("axis", -1, "num_outputs", 2);
    List<String> half = b.nodes("Split", "half", List.of(both), halves, 2);
    String gate = b.node("Sigmoid", "gate", List.of(half.get(1)));
    b.output("y", b.node("Mul", "gated", List.of(half.get(0), gate)));
    GraphProto body = b.toProto().getGraph();
    return FunctionProto.newBuilder()
        .setDomain(DOMAIN)
        .setName("GatedLinear")
        .addInput("x")
        .addInput("weight")
        .addOutput("y")
        .addAllNode(body.getNodeList())
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .build();
  }
}

package io.espalier.onnx.quantize;

import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import java.util.Map;

/**
 * A table, a hidden layer with a residual sum around it, and a vector for each text: products by
 * MatMul and by Gemm, and a weight that is too small to be quantised.
 */
public final class TextNetwork {
  /** The hidden products read what the table gives out, both by the same activation. */
  public static final int FEATURES = 64;

  private TextNetwork() {}

  /** Input {@code ids} [N, T], below 300; output {@code vector} [N, 48]. */
  public static OnnxModel build() {
    return builder(17).build();
  }

  /** The same with a table of so many rows. */
  public static OnnxModel build(int rows) {
    return builder(17, rows).build();
  }

  /** The same in another operator set. */
  static OnnxGraphBuilder builder(long opset) {
    return builder(opset, 300);
  }

  private static OnnxGraphBuilder builder(long opset, int rows) {
    OnnxGraphBuilder b = new OnnxGraphBuilder("text", opset, 5);
    String ids = b.typedInput("ids", DataTypes.INT64, "N", "T");
    String x = b.node("Gather", "embed", List.of(b.random("embed.weight", 0, 1, rows, 64), ids));
    String up = b.node("MatMul", "up", List.of(x, b.random("up.weight", 0, 0.15, 64, 128)));
    up = b.node("Add", "up_bias", List.of(up, b.random("up.bias", 0, 0.3, 128)));
    String gate = b.node("MatMul", "gate", List.of(x, b.random("gate.weight", 0, 0.1, 64, 128)));
    up = b.node("Mul", "gated", List.of(b.node("Relu", "relu", List.of(up)), gate));
    String y = b.node("MatMul", "down", List.of(up, b.random("down.weight", 0.01, 0.1, 128, 64)));
    x = b.node("Add", "sum", List.of(x, y));
    x = b.node("ReduceMean", "pool", List.of(x), Map.of("axes", new long[] {1}, "keepdims", 0));
    List<String> head =
        List.of(x, b.random("head.weight", 0, 0.15, 48, 64), b.random("head.bias", 0, 0.3, 48));
    x = b.node("Gemm", "head", head, Map.of("transB", 1));
    List<String> last = List.of(x, b.random("last.weight", 0, 0.2, 48, 10));
    b.output("scores", b.node("MatMul", "last", last), "N", 10);
    return b.output("vector", x, "N", 48);
  }
}

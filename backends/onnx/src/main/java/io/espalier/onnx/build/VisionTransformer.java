package io.espalier.onnx.build;

import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import java.util.Map;

/**
 * A vision transformer: patches, a class token, a position table, attention whose queries, keys and
 * values come from one fused projection. Input {@code input} [N, 3, imageSize, imageSize], output
 * {@code output} [N, classes].
 *
 * @param features width of a token, divisible by the heads
 * @param heads attention heads
 * @param depth encoder layers
 * @param patch side of a patch, which divides the image size
 * @param classes number of outputs
 * @param imageSize height and width of the input
 */
public record VisionTransformer(
    int features, int heads, int depth, int patch, int classes, int imageSize) {

  OnnxModel build() {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("vit", 17);
    TorchLayers layers = new TorchLayers(builder);
    int side = imageSize / patch;
    String x = builder.input("input", "N", 3, imageSize, imageSize);
    ShapeArithmetic shapes = new ShapeArithmetic(builder, "");
    String batch = shapes.dim(x, 0);
    Convolution patches = new Convolution(3, features, patch, patch, 1, true);
    x = layers.conv("conv_proj", x, patches);
    x =
        layers.node(
            "Reshape", "", x, builder.constant("/Constant", new long[] {0, features, -1}, 3));
    x = layers.node("Transpose", "", Map.of("perm", new long[] {0, 2, 1}), x);
    String token = builder.random("class_token", 0, 1, 1, 1, features);
    String target = shapes.list(batch, shapes.number(1), shapes.number(1));
    x = layers.node("Concat", "", Map.of("axis", 1), layers.node("Expand", "", token, target), x);
    String positions =
        builder.random("encoder.pos_embedding", 0, 0.5, 1, (long) side * side + 1, features);
    x = layers.node("Add", "encoder", x, positions);
    for (int i = 0; i < depth; i++) {
      x = encoderLayer(builder, layers, "encoder.layers.encoder_layer_" + i, x);
    }
    x = layers.layerNorm("encoder.ln", x, features);
    String first = builder.constant("/Constant", new long[] {0});
    x = layers.node("Gather", "", Map.of("axis", 1), x, first);
    x = layers.linear("heads.head", x, features, classes);
    return builder.output("output", x, "N", classes).build();
  }

  private String encoderLayer(OnnxGraphBuilder builder, TorchLayers layers, String name, String x) {
    String y = layers.layerNorm(name + ".ln_1", x, features);
    x = layers.node("Add", name, attention(builder, layers, name + ".self_attention", y), x);
    y = layers.layerNorm(name + ".ln_2", x, features);
    y = layers.projection(name + ".mlp.0", y, features, 4 * features);
    y = gelu(builder, layers, name + ".mlp.1", y);
    y = layers.projection(name + ".mlp.3", y, 4 * features, features);
    return layers.node("Add", name, x, y);
  }

  /** [N, T, features] to queries, keys and values [3, N, heads, T, width], and back. */
  private String attention(OnnxGraphBuilder builder, TorchLayers layers, String name, String x) {
    String scope = layers.scope(name);
    int width = features / heads;
    String y = layers.projection(name + ".in_proj", x, features, 3 * features);
    String split = builder.constant(scope + "/Constant", new long[] {0, -1, 3, heads, width}, 5);
    y = layers.node("Reshape", name, y, split);
    y = layers.node("Transpose", name, Map.of("perm", new long[] {2, 0, 3, 1, 4}), y);
    String[] parts = new String[3];
    for (int i = 0; i < parts.length; i++) {
      String index = builder.constant(scope + "/Constant", new long[] {i});
      parts[i] = layers.node("Gather", name, Map.of("axis", 0), y, index);
    }
    String keys = layers.node("Transpose", name, Map.of("perm", new long[] {0, 1, 3, 2}), parts[1]);
    String scale =
        builder.node(
            "Constant",
            scope + "/Constant",
            List.of(),
            Map.of("value_float", 1 / Math.sqrt(width)));
    String queries = layers.node("Mul", name, parts[0], scale);
    String weights = layers.node("MatMul", name, queries, keys);
    weights = layers.node("Softmax", name, Map.of("axis", -1), weights);
    y = layers.node("MatMul", name, weights, parts[2]);
    y = layers.node("Transpose", name, Map.of("perm", new long[] {0, 2, 1, 3}), y);
    String merged = builder.constant(scope + "/Constant", new long[] {0, -1, features}, 3);
    y = layers.node("Reshape", name, y, merged);
    return layers.projection(name + ".out_proj", y, features, features);
  }

  /** x * (1 + erf(x / sqrt(2))) / 2, as the exporter writes it before opset 20. */
  private static String gelu(OnnxGraphBuilder builder, TorchLayers layers, String name, String x) {
    String y = layers.node("Div", name, x, scalar(builder, layers, name, Math.sqrt(2)));
    y = layers.node("Add", name, layers.node("Erf", name, y), scalar(builder, layers, name, 1));
    return layers.node(
        "Mul", name, layers.node("Mul", name, x, y), scalar(builder, layers, name, 0.5));
  }

  private static String scalar(
      OnnxGraphBuilder builder, TorchLayers layers, String module, double value) {
    String name = layers.scope(module) + "/Constant";
    return builder.node("Constant", name, List.of(), Map.of("value_float", value));
  }
}

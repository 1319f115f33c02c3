package io.espalier.onnx.build;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The nodes that PyTorch's exporter makes of {@code x.size(0)}, {@code n // 2} and {@code x.view(n,
 * -1)}.
 */
final class ShapeArithmetic {
  private final OnnxGraphBuilder builder;
  private final String scope;

  /**
   * @param scope the start of the nodes' names
   */
  ShapeArithmetic(OnnxGraphBuilder builder, String scope) {
    this.builder = builder;
    this.scope = scope;
  }

  /** A scalar. */
  String number(long value) {
    return builder.constant(scope + "/Constant", new long[] {value});
  }

  /** The extent of an axis, a scalar. */
  String dim(String x, long axis) {
    return node("Gather", Map.of("axis", 0), node("Shape", Map.of(), x), number(axis));
  }

  /** The quotient of two scalars. */
  String divide(String dividend, String divisor) {
    return node("Div", Map.of(), dividend, divisor);
  }

  /** Scalars as a list, such as a Reshape wants. */
  String list(String... scalars) {
    String axes = builder.constant(scope + "/Constant", new long[] {0}, 1);
    String[] parts =
        Arrays.stream(scalars)
            .map(scalar -> node("Unsqueeze", Map.of(), scalar, axes))
            .toArray(String[]::new);
    return node("Concat", Map.of("axis", 0), parts);
  }

  private String node(String operator, Map<String, ?> attributes, String... inputs) {
    return builder.node(operator, scope + "/" + operator, List.of(inputs), attributes);
  }
}

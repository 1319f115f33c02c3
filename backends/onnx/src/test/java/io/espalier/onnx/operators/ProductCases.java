package io.espalier.onnx.operators;

import static io.espalier.onnx.operators.OperatorCase.elastic;
import static io.espalier.onnx.operators.OperatorCase.frozen;
import static io.espalier.onnx.operators.Scene.with;

import io.espalier.onnx.file.DataTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sums of products, recurrence, and their quantised kin. */
final class ProductCases {
  private ProductCases() {}

  static List<OperatorCase> all() {
    List<OperatorCase> cases = new ArrayList<>();
    products(cases);
    einsum(cases);
    recurrent(cases);
    quantised(cases);
    return cases;
  }

  /** Places by channels, [2, 64, 16]. */
  static String tokens(Scene s) {
    return s.transpose(s.reshape(s.x(), 2, 16, 64), 0, 2, 1);
  }

  private static void products(List<OperatorCase> cases) {
    cases.add(elastic("MatMul", 13, s -> s.op("MatMul", tokens(s), s.weights("w", 16, 9))));
    cases.add(
        elastic(
            "MatMul",
            7,
            "from the left",
            s -> s.op("MatMul", s.weights("w", 9, 16), s.reshape(s.x(), 2, 16, 64))));
    cases.add(
        elastic("MatMul", 13, "a vector", s -> s.op("MatMul", tokens(s), s.random(0, 1, 16))));
    cases.add(
        elastic(
            "MatMul",
            13,
            "with itself",
            s -> s.op("MatMul", tokens(s), s.op("Sigmoid", s.reshape(s.other(), 2, 16, 64)))));
    cases.add(
        elastic(
            "MatMul",
            13,
            "channels by channels",
            s -> s.op("MatMul", s.reshape(s.x(), 2, 16, 64), tokens(s))));
    cases.add(elastic("MatMul", 13, "attention", ProductCases::attention));
    for (int transposed : new int[] {0, 1}) {
      cases.add(
          elastic(
              "Gemm",
              transposed == 0 ? 7 : 13,
              s -> {
                String rows = s.reshape(s.transpose(s.x(), 1, 0, 2, 3), 16, 128);
                String x = transposed == 1 ? rows : s.transpose(rows, 1, 0);
                return s.op(
                    "Gemm",
                    with("transA", transposed, "transB", transposed, "alpha", 0.5f, "beta", 2f),
                    x,
                    transposed == 1 ? s.weights("w", 7, 16) : s.weights("w", 16, 7),
                    s.random(0, 1, 1, 7));
              }));
    }
  }

  private static String attention(Scene s) {
    String x = tokens(s);
    String q = s.reshape(s.op("MatMul", x, s.weights("q", 16, 24)), 0, 0, 4, 6);
    String k = s.reshape(s.op("MatMul", x, s.weights("k", 16, 24)), 0, 0, 4, 6);
    String v = s.reshape(s.op("MatMul", x, s.weights("v", 16, 20)), 0, 0, 4, 5);
    String scores = s.op("MatMul", s.transpose(q, 0, 2, 1, 3), s.transpose(k, 0, 2, 3, 1));
    String weights = s.op("Softmax", s.op("Mul", scores, s.floats(0.3f)));
    String heads = s.op("MatMul", weights, s.transpose(v, 0, 2, 1, 3));
    String joined = s.reshape(s.transpose(heads, 0, 2, 1, 3), 0, 0, 20);
    return s.op("MatMul", joined, s.weights("o", 20, 7));
  }

  private static OperatorCase einsum(
      String equation, java.util.function.Function<Scene, String> y) {
    return elastic(
        "Einsum", 12, equation, s -> s.op("Einsum", with("equation", equation), s.x(), y.apply(s)));
  }

  private static void einsum(List<OperatorCase> cases) {
    cases.add(einsum("bchw,cde->bhwde", s -> s.weights("w", 16, 3, 4)));
    cases.add(einsum("bchw,bcij->bhj", Scene::other));
    cases.add(einsum("bchw,bdhw->bcd", Scene::other));
    cases.add(einsum("...hw,...hw->...w", Scene::other));
  }

  /** Places first, [64, 2, 16]. */
  private static String sequence(Scene s) {
    return s.transpose(s.reshape(s.x(), 2, 16, 64), 2, 0, 1);
  }

  private static void recurrent(List<OperatorCase> cases) {
    for (int opset : new int[] {7, 14}) {
      cases.add(
          elastic(
              "LSTM",
              opset,
              "two directions, states and peepholes",
              s -> {
                List<String> y =
                    s.several(
                        "LSTM",
                        3,
                        with("hidden_size", 6, "direction", "bidirectional"),
                        sequence(s),
                        s.random(0, 0.3, 2, 24, 16),
                        s.random(0, 0.5, 2, 24, 6),
                        s.random(0, 0.2, 2, 48),
                        "",
                        s.random(0, 0.5, 2, 2, 6),
                        s.random(0, 0.5, 2, 2, 6),
                        s.random(0, 0.5, 2, 18));
                return s.op(
                    "Concat",
                    with("axis", 1),
                    s.reshape(y.get(0), 1, -1),
                    s.reshape(y.get(1), 1, -1),
                    s.reshape(y.get(2), 1, -1));
              }));
    }
    cases.add(
        elastic(
            "GRU",
            14,
            s ->
                s.op(
                    "GRU",
                    with("hidden_size", 6, "linear_before_reset", s.between(0, 1)),
                    sequence(s),
                    s.random(0, 0.3, 1, 18, 16),
                    s.random(0, 0.5, 1, 18, 6),
                    s.random(0, 0.2, 1, 36))));
    cases.add(
        elastic(
            "RNN",
            14,
            s ->
                s.op(
                    "RNN",
                    with("hidden_size", 6, "direction", "reverse"),
                    sequence(s),
                    s.random(0, 0.3, 1, 6, 16),
                    s.random(0, 0.5, 1, 6, 6))));
    cases.add(
        elastic(
            "LSTM",
            13,
            "two in a row",
            s -> {
              String first =
                  s.op(
                      "LSTM",
                      with("hidden_size", 6),
                      sequence(s),
                      s.random(0, 0.3, 1, 24, 16),
                      s.random(0, 0.5, 1, 24, 6));
              return s.op(
                  "LSTM",
                  with("hidden_size", 5),
                  s.op("Squeeze", first, s.ints(1)),
                  s.random(0, 0.3, 1, 20, 6),
                  s.random(0, 0.5, 1, 20, 5));
            }));
    cases.add(
        frozen(
                "LSTM",
                13,
                "weights are computed from data",
                s -> {
                  String some = s.op("Tanh", s.reshape(s.op("ReduceMean", s.x()), 1, 1, 1));
                  String w = s.op("Mul", s.random(0, 0.3, 1, 24, 16), some);
                  return s.op(
                      "LSTM", with("hidden_size", 6), sequence(s), w, s.random(0, 0.5, 1, 24, 6));
                })
            .called("weights made of data"));
  }

  private static void quantised(List<OperatorCase> cases) {
    for (int opset : new int[] {13, 21}) {
      cases.add(
          elastic(
              "QuantizeLinear",
              opset,
              "one scale",
              s -> {
                String zero = s.typed(DataTypes.UINT8, new int[] {100});
                String y = s.op("QuantizeLinear", s.x(), s.floats(0.05f), zero);
                return s.op("DequantizeLinear", y, s.floats(0.05f), zero);
              }));
      cases.add(
          elastic(
              "DequantizeLinear",
              opset,
              "weights and biases, a scale for each channel",
              s -> {
                Map<String, Object> first = with("axis", 0);
                String scales = s.random(0.01, 0.003, 16);
                String zeros = s.typed(DataTypes.INT8, numbers(s, 16, -9, 9), 16);
                String w = s.typed(DataTypes.INT8, numbers(s, 256, -127, 127), 16, 16, 1, 1);
                String b = s.typed(DataTypes.INT32, numbers(s, 16, -127, 127), 16);
                String y =
                    s.op(
                        "Conv",
                        s.x(),
                        s.op("DequantizeLinear", first, w, scales, zeros),
                        s.op("DequantizeLinear", first, b, scales));
                return s.op("Add", s.x(), y);
              }));
    }
    cases.add(
        elastic(
            "QuantizeLinear",
            13,
            "a scale for each channel",
            s -> {
              String scales = s.random(0.03, 0.01, 16);
              String y = s.op("QuantizeLinear", s.x(), scales);
              return s.op("DequantizeLinear", y, scales, s.typed(DataTypes.UINT8, new int[16], 16));
            }));
    cases.add(
        elastic(
            "MatMulInteger",
            10,
            s ->
                s.op(
                    "MatMulInteger",
                    s.cast(s.within(0, 60, tokens(s)), DataTypes.UINT8),
                    s.typed(DataTypes.INT8, numbers(s, 16 * 7, -99, 99), 16, 7))));
    cases.add(
        elastic(
            "MatMulInteger",
            10,
            "zero points",
            s ->
                s.op(
                    "MatMulInteger",
                    s.cast(s.within(0, 60, tokens(s)), DataTypes.UINT8),
                    s.typed(DataTypes.INT8, numbers(s, 16 * 7, -99, 99), 16, 7),
                    s.typed(DataTypes.UINT8, new int[] {30}),
                    s.typed(DataTypes.INT8, new int[] {5}))));
    cases.add(
        elastic(
            "DynamicQuantizeLinear",
            11,
            s -> s.several("DynamicQuantizeLinear", 3, Map.of(), s.x()).get(0)));
    cases.add(
        elastic(
            "ConvInteger",
            10,
            s ->
                s.op(
                    "ConvInteger",
                    s.cast(s.within(0, 60), DataTypes.UINT8),
                    s.typed(DataTypes.UINT8, numbers(s, 5 * 16, 0, 99), 5, 16, 1, 1),
                    s.typed(DataTypes.UINT8, new int[] {30}))));
    cases.add(
        elastic(
            "QLinearConv",
            10,
            s ->
                s.op(
                    "QLinearConv",
                    s.cast(s.within(0, 60), DataTypes.UINT8),
                    s.floats(0.05f),
                    s.typed(DataTypes.UINT8, new int[] {30}),
                    s.typed(DataTypes.INT8, numbers(s, 5 * 16, -99, 99), 5, 16, 1, 1),
                    s.floats(0.01f),
                    s.typed(DataTypes.INT8, new int[] {0}),
                    s.floats(0.1f),
                    s.typed(DataTypes.UINT8, new int[] {128}))));
    cases.add(
        elastic(
            "QLinearMatMul",
            10,
            s ->
                s.op(
                    "QLinearMatMul",
                    s.cast(s.within(0, 60, tokens(s)), DataTypes.UINT8),
                    s.floats(0.05f),
                    s.typed(DataTypes.UINT8, new int[] {30}),
                    s.typed(DataTypes.INT8, numbers(s, 5 * 16, -99, 99), 16, 5),
                    s.floats(0.01f),
                    s.typed(DataTypes.INT8, new int[] {0}),
                    s.floats(0.1f),
                    s.typed(DataTypes.UINT8, new int[] {128}))));
  }

  private static int[] numbers(Scene s, int count, int low, int high) {
    int[] numbers = new int[count];
    java.util.Arrays.setAll(numbers, i -> s.between(low, high));
    return numbers;
  }
}

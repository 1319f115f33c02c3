package io.espalier.onnx.operators;

import static io.espalier.onnx.operators.OperatorCase.elastic;
import static io.espalier.onnx.operators.Scene.list;
import static io.espalier.onnx.operators.Scene.with;

import io.espalier.onnx.file.DataTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Functions of one element, or of several at the same place. */
final class ElementwiseCases {
  private ElementwiseCases() {}

  static List<OperatorCase> all() {
    List<OperatorCase> cases = new ArrayList<>();
    activations(cases);
    functions(cases);
    logic(cases);
    integers(cases);
    arithmetic(cases);
    broadcasts(cases);
    return cases;
  }

  private static OperatorCase unary(String op, int opset, double low, double high) {
    return elastic(op, opset, s -> s.op(op, s.within(low, high)));
  }

  private static OperatorCase unary(String op, int opset, Map<String, ?> attributes) {
    return elastic(op, opset, s -> s.op(op, attributes, s.x()));
  }

  private static void activations(List<OperatorCase> cases) {
    cases.add(unary("Celu", 12, with("alpha", 0.7f)));
    cases.add(unary("Elu", 7, with("alpha", 0.6f)));
    cases.add(unary("Gelu", 20, with("approximate", "tanh")));
    cases.add(unary("HardSigmoid", 13, with("alpha", 0.3f, "beta", 0.4f)));
    cases.add(unary("HardSwish", 14, Map.of()));
    cases.add(unary("LeakyRelu", 16, with("alpha", 0.2f)));
    cases.add(unary("Mish", 18, Map.of()));
    cases.add(unary("Relu", 14, Map.of()));
    cases.add(unary("Selu", 7, Map.of()));
    cases.add(unary("Shrink", 9, with("lambd", 0.3f, "bias", 0.1f)));
    cases.add(unary("Sigmoid", 13, Map.of()));
    cases.add(unary("Softplus", 7, Map.of()));
    cases.add(unary("Softsign", 7, Map.of()));
    cases.add(unary("Swish", 24, with("alpha", 0.5f)));
    cases.add(unary("Tanh", 13, Map.of()));
    cases.add(unary("ThresholdedRelu", 10, with("alpha", 0.2f)));
    cases.add(unary("Affine", 7, with("alpha", 0.5f, "beta", 0.2f)));
    cases.add(unary("ParametricSoftplus", 7, with("alpha", 0.5f, "beta", 0.8f)));
    cases.add(unary("ScaledTanh", 7, with("alpha", 0.5f, "beta", 0.8f)));
    cases.add(elastic("PRelu", 16, s -> s.op("PRelu", s.x(), s.random(0.3, 0.2, 16, 1, 1))));
    cases.add(elastic("PRelu", 7, s -> s.op("PRelu", s.x(), s.random(0.3, 0.2, 16, 1, 1))));
    cases.add(elastic("PRelu", 16, "one slope", s -> s.op("PRelu", s.x(), s.random(0.3, 0.2, 1))));
    cases.add(elastic("Dropout", 7, s -> s.op("Dropout", with("ratio", 0.4f), s.x())));
    cases.add(elastic("Dropout", 13, s -> s.op("Dropout", s.x(), s.floats(0.4f))));
    cases.add(
        elastic(
            "Dropout",
            13,
            "its mask",
            s -> s.op("Mul", s.x(), s.asFloats(s.several("Dropout", 2, Map.of(), s.x()).get(1)))));
    cases.add(unary("Clip", 7, with("min", -0.5f, "max", 0.7f)));
    cases.add(elastic("Clip", 11, s -> s.op("Clip", s.x(), s.floats(-0.5f), s.floats(0.7f))));
    cases.add(elastic("Clip", 13, s -> s.op("Clip", s.x(), "", s.floats(0.7f))));
  }

  private static void functions(List<OperatorCase> cases) {
    cases.add(unary("Abs", 13, -2, 2));
    cases.add(unary("Acos", 7, -0.9, 0.9));
    cases.add(unary("Acosh", 9, 1.1, 3));
    cases.add(unary("Asin", 7, -0.9, 0.9));
    cases.add(unary("Asinh", 9, -2, 2));
    cases.add(unary("Atan", 7, -2, 2));
    cases.add(unary("Atanh", 9, -0.9, 0.9));
    cases.add(unary("Ceil", 13, -3.1, 3.2));
    cases.add(unary("Cos", 22, -2, 2));
    cases.add(unary("Cosh", 9, -2, 2));
    cases.add(unary("Erf", 13, -2, 2));
    cases.add(unary("Exp", 13, -2, 2));
    cases.add(unary("Floor", 13, -3.1, 3.2));
    cases.add(unary("Identity", 14, -2, 2));
    cases.add(unary("Log", 13, 0.3, 3));
    cases.add(unary("Neg", 13, -2, 2));
    cases.add(unary("Reciprocal", 13, 0.5, 3));
    cases.add(unary("Round", 11, -3.1, 3.2));
    cases.add(unary("Sign", 13, -2, 2));
    cases.add(unary("Sin", 7, -2, 2));
    cases.add(unary("Sinh", 9, -2, 2));
    cases.add(unary("Sqrt", 13, 0.3, 3));
    cases.add(unary("Tan", 7, -1, 1));
    cases.add(elastic("Cast", 13, s -> s.asFloats(s.cast(s.within(-9, 9), DataTypes.INT32))));
    cases.add(elastic("CastLike", 15, s -> s.op("CastLike", s.within(-9, 9), s.scalar(1))));
    cases.add(
        elastic(
            "CastLike",
            19,
            "like a network's own",
            s -> s.op("CastLike", s.within(-9, 9), s.cast(s.other(), DataTypes.INT64))));
  }

  private static String positive(Scene s, String value) {
    return s.op("Greater", value, s.floats(0.1f));
  }

  private static void logic(List<OperatorCase> cases) {
    cases.add(
        elastic(
            "If",
            13,
            s ->
                s.op(
                    "If",
                    with(
                        "then_branch", SubGraphs.branch("Tanh", s.x(), 4),
                        "else_branch", SubGraphs.branch("Neg", s.x(), 4)),
                    s.op("Greater", s.floats(1), s.floats(0)))));
    cases.add(
        elastic(
            "Loop",
            15,
            s -> s.op("Loop", with("body", SubGraphs.loop(s.other())), s.scalar(3), "", s.x())));
    cases.add(
        elastic(
            "Scan",
            16,
            s ->
                s.several(
                        "Scan",
                        2,
                        with("body", SubGraphs.scan(), "num_scan_inputs", 1),
                        s.op("ReduceMean", with("axes", list(0), "keepdims", 0), s.x()),
                        s.x())
                    .get(1)));
    for (String op : List.of("And", "Or", "Xor")) {
      cases.add(elastic(op, 7, s -> s.op(op, positive(s, s.x()), positive(s, s.other()))));
    }
    for (String op : List.of("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")) {
      cases.add(elastic(op, 16, s -> s.op(op, s.op("Round", s.x()), s.op("Round", s.other()))));
      cases.add(
          elastic(op, 16, "a constant", s -> s.op(op, s.op("Round", s.x()), s.random(0, 0, 1))));
    }
    cases.add(elastic("Not", 13, s -> s.op("Not", positive(s, s.x()))));
    cases.add(elastic("IsInf", 20, s -> s.op("IsInf", s.op("Reciprocal", s.op("Relu", s.x())))));
    cases.add(elastic("IsNaN", 13, s -> s.op("IsNaN", s.op("Log", s.x()))));
    cases.add(elastic("Where", 16, s -> s.op("Where", positive(s, s.other()), s.x(), s.other())));
    cases.add(
        elastic(
            "Where",
            9,
            "a mask of space",
            s -> s.op("Where", positive(s, s.random(0, 1, 8, 8)), s.x(), s.floats(0.5f))));
  }

  private static void integers(List<OperatorCase> cases) {
    for (String op : List.of("BitwiseAnd", "BitwiseOr", "BitwiseXor")) {
      cases.add(
          elastic(
              op,
              18,
              s ->
                  s.op(
                      op,
                      s.cast(s.within(0, 99), DataTypes.INT32),
                      s.cast(s.within(0, 99, s.other()), DataTypes.INT32))));
    }
    cases.add(
        elastic(
            "BitwiseNot", 18, s -> s.op("BitwiseNot", s.cast(s.within(0, 99), DataTypes.INT32))));
    cases.add(
        elastic(
            "BitShift",
            11,
            s ->
                s.op(
                    "BitShift",
                    with("direction", "LEFT"),
                    s.cast(s.within(0, 99), DataTypes.UINT8),
                    s.typed(DataTypes.UINT8, new int[] {s.between(1, 3)}, 1))));
    cases.add(
        elastic(
            "Mod",
            13,
            "integers",
            s -> s.op("Mod", s.cast(s.within(-99, 99), DataTypes.INT32), sevens(s))));
  }

  private static String sevens(Scene s) {
    return s.typed(DataTypes.INT32, new int[] {7}, 1);
  }

  private static void arithmetic(List<OperatorCase> cases) {
    for (String op : List.of("Add", "Mul", "Sub")) {
      cases.add(elastic(op, 14, s -> s.op(op, s.x(), s.other())));
      cases.add(elastic(op, 7, "per channel", s -> s.op(op, s.random(1, 0.5, 16, 1, 1), s.x())));
      cases.add(elastic(op, 13, "one number", s -> s.op(op, s.x(), s.floats(0.7f))));
    }
    for (String op : List.of("Max", "Mean", "Min", "Sum")) {
      cases.add(elastic(op, 13, s -> s.op(op, s.x(), s.other(), s.random(0.5, 0.5, 1, 16, 1, 1))));
      cases.add(elastic(op, 8, "one input", s -> s.op(op, s.x())));
    }
    cases.add(elastic("Div", 14, s -> s.op("Div", s.x(), s.within(0.5, 2, s.other()))));
    cases.add(
        elastic("Div", 13, "by a parameter", s -> s.op("Div", s.x(), s.random(2, 0.5, 16, 1, 1))));
    cases.add(
        elastic(
            "Div",
            13,
            "a parameter by it",
            s -> s.op("Div", s.random(1, 1, 16, 1, 1), s.within(1, 2))));
    cases.add(
        elastic("Mod", 13, s -> s.op("Mod", with("fmod", 1), s.x(), s.within(0.5, 2, s.other()))));
    cases.add(elastic("Pow", 15, s -> s.op("Pow", s.within(0.5, 2), s.within(-1, 2, s.other()))));
    cases.add(elastic("Pow", 13, "squared", s -> s.op("Pow", s.x(), s.floats(2))));
  }

  private static void broadcasts(List<OperatorCase> cases) {
    cases.add(
        elastic(
            "Add",
            13,
            "a table of channels and places",
            s -> s.op("Add", s.x(), s.random(0, 1, 16, 8, 8))));
    cases.add(
        elastic(
            "Mul",
            13,
            "a gate for each channel",
            s -> s.op("Mul", s.x(), s.op("Sigmoid", s.op("GlobalAveragePool", s.other())))));
    cases.add(
        elastic(
            "Mul",
            13,
            "an attention map over places",
            s -> s.op("Mul", s.op("ReduceMean", with("axes", list(1)), s.x()), s.other())));
    cases.add(
        elastic(
            "Add",
            13,
            "outer sum",
            s ->
                s.op(
                    "Add",
                    s.op("Unsqueeze", s.op("GlobalMaxPool", s.x()), s.ints(1)),
                    s.op("Unsqueeze", s.op("GlobalMaxPool", s.other()), s.ints(2)))));
    cases.add(
        elastic(
            "Mul",
            13,
            "weight normalisation",
            s -> {
              String v = s.weights("norm.weight", 12, 16, 3, 3);
              String norm = s.op("ReduceL2", with("axes", list(1, 2, 3)), v);
              String w = s.op("Mul", s.op("Div", v, norm), s.random(1, 0.3, 12, 1, 1, 1));
              return s.op("Conv", Scene.same(1), s.x(), w);
            }));
  }
}

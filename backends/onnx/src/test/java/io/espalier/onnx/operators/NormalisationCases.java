package io.espalier.onnx.operators;

import static io.espalier.onnx.operators.OperatorCase.elastic;
import static io.espalier.onnx.operators.OperatorCase.frozen;
import static io.espalier.onnx.operators.Scene.list;
import static io.espalier.onnx.operators.Scene.with;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Norms, reductions and what else sums over an axis. */
final class NormalisationCases {
  private static final List<String> REDUCTIONS =
      List.of(
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSumExp",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceProd",
          "ReduceSumSquare");

  private NormalisationCases() {}

  static List<OperatorCase> all() {
    List<OperatorCase> cases = new ArrayList<>();
    norms(cases);
    layerNorms(cases);
    reductions(cases);
    softmax(cases);
    return cases;
  }

  private static String scale(Scene s) {
    return s.random(1, 0.3, 16);
  }

  private static String shift(Scene s) {
    return s.random(0, 0.3, 16);
  }

  private static void norms(List<OperatorCase> cases) {
    for (int opset : new int[] {7, 9, 15}) {
      cases.add(
          elastic(
              "BatchNormalization",
              opset,
              s ->
                  s.op(
                      "BatchNormalization",
                      s.x(),
                      scale(s),
                      shift(s),
                      shift(s),
                      s.random(2, 0.3, 16))));
    }
    cases.add(
        elastic(
            "BatchNormalization",
            15,
            "one initializer as scale and variance",
            s -> {
              String shared = s.random(2, 0.3, 16);
              return s.op("BatchNormalization", s.x(), shared, shift(s), shift(s), shared);
            }));
    cases.add(
        frozen(
                "BatchNormalization",
                15,
                "training mode",
                s ->
                    s.several(
                            "BatchNormalization",
                            3,
                            with("training_mode", 1),
                            s.x(),
                            scale(s),
                            shift(s),
                            shift(s),
                            s.random(2, 0.3, 16))
                        .get(0))
            .called("in training"));
    cases.add(
        elastic(
            "InstanceNormalization",
            7,
            s -> s.op("InstanceNormalization", s.x(), scale(s), shift(s))));
    cases.add(
        elastic(
            "InstanceNormalization",
            13,
            "as a GroupNorm",
            s -> {
              String groups = s.reshape(s.x(), 0, 4, -1);
              String ones = s.floatList(1, 1, 1, 1);
              String zeros = s.floatList(0, 0, 0, 0);
              String y = s.op("InstanceNormalization", groups, ones, zeros);
              String back = s.op("Reshape", y, s.op("Shape", s.x()));
              String scaled = s.op("Mul", back, s.random(1, 0.3, 16, 1, 1));
              return s.op("Add", scaled, s.random(0, 0.3, 16, 1, 1));
            }));
    cases.add(
        elastic(
            "GroupNormalization",
            18,
            s ->
                s.op(
                    "GroupNormalization",
                    with("num_groups", 4),
                    s.x(),
                    s.random(1, 0.3, 4),
                    s.random(0, 0.3, 4))));
    for (int groups : new int[] {1, 4, 16}) {
      cases.add(
          elastic(
              "GroupNormalization",
              21,
              groups + " groups",
              s ->
                  s.op(
                      "GroupNormalization",
                      with("num_groups", groups),
                      s.x(),
                      scale(s),
                      shift(s))));
    }
    cases.add(
        elastic(
            "GroupNormalization",
            21,
            "rows",
            s ->
                s.op(
                    "GroupNormalization",
                    with("num_groups", 2),
                    s.transpose(s.x(), 0, 2, 1, 3),
                    s.random(1, 0.3, 8),
                    s.random(0, 0.3, 8))));
    cases.add(elastic("LpNormalization", 13, s -> s.op("LpNormalization", with("axis", 1), s.x())));
    cases.add(
        elastic(
            "LpNormalization",
            22,
            "absolute",
            s -> s.op("LpNormalization", with("axis", -3, "p", 1), s.x())));
    cases.add(
        elastic(
            "LpNormalization", 13, "rows", s -> s.op("LpNormalization", with("axis", 2), s.x())));
    cases.add(
        elastic("MeanVarianceNormalization", 9, s -> s.op("MeanVarianceNormalization", s.x())));
    cases.add(
        elastic(
            "MeanVarianceNormalization",
            13,
            "channels too",
            s -> s.op("MeanVarianceNormalization", with("axes", list(1, 2, 3)), s.x())));
    cases.add(
        frozen(
            "LRN",
            13,
            "LRN sums over neighbouring channels",
            s -> s.op("LRN", with("size", 3), s.x())));
  }

  private static void layerNorms(List<OperatorCase> cases) {
    cases.add(
        elastic(
            "LayerNormalization",
            17,
            s ->
                s.op(
                    "LayerNormalization",
                    with("axis", -1),
                    s.transpose(s.x(), 0, 2, 3, 1),
                    scale(s),
                    shift(s))));
    cases.add(
        elastic(
            "LayerNormalization",
            17,
            "three axes, mean and deviation read",
            s -> {
              List<String> y =
                  s.several(
                      "LayerNormalization",
                      3,
                      with("axis", 1),
                      s.x(),
                      s.random(1, 0.3, 16, 8, 8),
                      s.random(0, 0.3, 16, 8, 8));
              return s.op("Add", y.get(0), s.op("Mul", y.get(1), y.get(2)));
            }));
    cases.add(
        elastic(
            "RMSNormalization",
            23,
            s ->
                s.op(
                    "RMSNormalization",
                    with("axis", -1),
                    s.transpose(s.x(), 0, 2, 3, 1),
                    scale(s))));
    cases.add(
        elastic(
            "ReduceMean",
            13,
            "as a LayerNorm",
            s -> {
              Map<String, Object> channels = with("axes", list(1));
              String centred = s.op("Sub", s.x(), s.op("ReduceMean", channels, s.x()));
              String squares = s.op("Pow", centred, s.floats(2));
              String variance = s.op("ReduceMean", channels, squares);
              String deviation = s.op("Sqrt", s.op("Add", variance, s.floats(1e-5f)));
              return s.op("Mul", s.op("Div", centred, deviation), s.random(1, 0.3, 16, 1, 1));
            }));
  }

  private static void reductions(List<OperatorCase> cases) {
    for (String op : REDUCTIONS) {
      cases.add(
          elastic(
              op,
              13,
              s -> s.op("Mul", s.x(), s.op("Tanh", s.op(op, with("axes", list(1)), s.x())))));
      cases.add(
          elastic(
              op,
              20,
              "without the axis",
              s -> s.op(op, with("keepdims", 0), s.within(0.5, 1.5), s.ints(s.either(1, -3), 3))));
      cases.add(elastic(op, 11, "rows", s -> s.op(op, with("axes", list(2)), s.within(0.5, 1.5))));
    }
    cases.add(
        elastic(
            "ReduceLogSum",
            13,
            s -> s.op("ReduceLogSum", with("axes", list(1)), s.within(0.3, 2))));
    cases.add(
        elastic(
            "ReduceLogSum",
            18,
            "an input",
            s -> s.op("ReduceLogSum", s.within(0.3, 2), s.ints(2))));
    cases.add(elastic("ReduceSum", 11, s -> s.op("ReduceSum", with("axes", list(1, 2)), s.x())));
    cases.add(elastic("ReduceSum", 13, s -> s.op("ReduceSum", s.x(), s.ints(-3))));
    cases.add(
        elastic(
            "ReduceSum",
            13,
            "no axes",
            s -> s.op("ReduceSum", with("noop_with_empty_axes", 1), s.x())));
    cases.add(elastic("ReduceSum", 13, "all axes", s -> s.op("ReduceSum", s.x())));
  }

  private static void softmax(List<OperatorCase> cases) {
    for (String op : List.of("Hardmax", "LogSoftmax", "Softmax")) {
      cases.add(elastic(op, 13, "rows", s -> s.op(op, with("axis", 2), s.x())));
      cases.add(elastic(op, 11, "space", s -> s.op(op, with("axis", 2), s.x())));
      cases.add(
          frozen(op, 13, op + " runs over it", s -> s.op(op, with("axis", 1), s.x()))
              .called("channels"));
      cases.add(
          frozen(op, 7, op + " runs over it", s -> s.op(op, s.x())).called("channels and space"));
    }
  }
}

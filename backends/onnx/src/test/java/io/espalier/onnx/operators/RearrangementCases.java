package io.espalier.onnx.operators;

import static io.espalier.onnx.operators.OperatorCase.elastic;
import static io.espalier.onnx.operators.OperatorCase.frozen;
import static io.espalier.onnx.operators.Scene.list;
import static io.espalier.onnx.operators.Scene.with;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The same elements elsewhere, or in another shape. */
final class RearrangementCases {
  private RearrangementCases() {}

  static List<OperatorCase> all() {
    List<OperatorCase> cases = new ArrayList<>();
    joined(cases);
    cut(cases);
    padded(cases);
    reshaped(cases);
    stretched(cases);
    return cases;
  }

  private static void joined(List<OperatorCase> cases) {
    for (int opset : new int[] {7, 11, 13}) {
      cases.add(
          elastic("Concat", opset, s -> s.op("Concat", with("axis", 1), s.x(), s.other(), s.x())));
    }
    cases.add(
        elastic(
            "Concat",
            13,
            "beside a constant",
            s -> s.op("Concat", with("axis", -3), s.random(0, 1, 2, 4, 8, 8), s.x())));
    cases.add(
        elastic("Concat", 13, "rows", s -> s.op("Concat", with("axis", 2), s.x(), s.other())));
    cases.add(
        elastic(
            "Transpose",
            13,
            s -> s.op("MatMul", s.transpose(s.x(), 0, 2, 3, 1), s.weights("w", 16, 5))));
    cases.add(elastic("Transpose", 7, "reversed", s -> s.op("Transpose", s.x())));
  }

  private static void cut(List<OperatorCase> cases) {
    cases.add(
        elastic(
            "Slice",
            7,
            s ->
                s.op(
                    "Slice",
                    with("starts", list(2, 1), "ends", list(100, -1), "axes", list(1, 2)),
                    s.x())));
    for (int opset : new int[] {10, 11, 13}) {
      cases.add(
          elastic(
              "Slice",
              opset,
              "random",
              s -> {
                int from = s.between(0, 7);
                int to = s.between(9, 16);
                return s.op("Slice", s.x(), s.ints(from), s.ints(to), s.ints(s.either(1, -3)));
              }));
    }
    cases.add(
        elastic(
            "Slice",
            13,
            "from the back",
            s -> s.op("Slice", s.x(), s.ints(-10), s.ints(-3), s.ints(1))));
    cases.add(
        elastic(
            "Slice",
            13,
            "ranges that overlap",
            s -> {
              String late = s.op("Slice", s.x(), s.ints(3), s.ints(9), s.ints(-3));
              return s.op("Mul", late, s.op("Slice", s.x(), s.ints(0), s.ints(6), s.ints(1)));
            }));
    cases.add(
        elastic(
            "Slice",
            13,
            "rows in strides",
            s -> s.op("Slice", s.x(), s.ints(7), s.ints(-9), s.ints(2), s.ints(-2))));
    cases.add(
        frozen(
                "Slice",
                13,
                "a slice of step 2 picks from it",
                s -> s.op("Slice", s.x(), s.ints(0), s.ints(14), s.ints(1), s.ints(2)))
            .called("some channels in strides"));
    cases.add(
        elastic(
            "Slice",
            13,
            "channels in strides",
            s -> s.op("Slice", s.x(), s.ints(1), s.ints(-1), s.ints(1), s.ints(4))));
    cases.add(
        frozen(
                "Slice",
                13,
                "it is reversed",
                s -> s.op("Slice", s.x(), s.ints(-1), s.ints(-100), s.ints(1), s.ints(-1)))
            .called("reversed"));
    for (int opset : new int[] {7, 11}) {
      cases.add(
          elastic(
              "Split",
              opset,
              "sizes",
              s -> {
                List<String> y =
                    s.several("Split", 2, with("axis", 1, "split", list(5, 11)), s.x());
                return s.op("Concat", with("axis", 1), y.get(1), y.get(0));
              }));
    }
    cases.add(
        elastic(
            "Split",
            13,
            "sizes",
            s -> {
              long first = s.between(2, 9);
              List<String> y =
                  s.several("Split", 2, with("axis", 1), s.x(), s.ints(first, 16 - first));
              return s.op("Concat", with("axis", 1), y.get(1), y.get(0), y.get(1));
            }));
    cases.add(
        elastic(
            "Split",
            13,
            "a gate",
            s -> {
              List<String> y = s.several("Split", 2, with("axis", 1), s.x());
              return s.op("Mul", y.get(0), s.op("Sigmoid", y.get(1)));
            }));
    cases.add(
        elastic(
            "Split",
            18,
            "num_outputs",
            s -> {
              List<String> y = s.several("Split", 4, with("axis", 1, "num_outputs", 4), s.x());
              return s.op("Concat", with("axis", 1), y.get(3), y.get(1));
            }));
    cases.add(
        elastic(
            "Split",
            18,
            "a smaller rest",
            s -> {
              List<String> y = s.several("Split", 3, with("axis", 1, "num_outputs", 3), s.x());
              return s.op("Concat", with("axis", 1), y.get(2), y.get(1));
            }));
  }

  private static void padded(List<OperatorCase> cases) {
    cases.add(
        elastic("Pad", 7, s -> s.op("Pad", with("pads", list(0, -3, 0, 0, 0, 4, 0, 0)), s.x())));
    for (int opset : new int[] {11, 13, 18, 21}) {
      cases.add(
          elastic(
              "Pad",
              opset,
              "channels and rows",
              s ->
                  s.convolve(
                      "conv2",
                      s.op("Pad", s.x(), s.ints(0, 3, 0, 1, 0, 2, 0, 0), s.floats(0.5f)),
                      6,
                      21,
                      1,
                      Map.of())));
    }
    cases.add(
        elastic("Pad", 13, "negative", s -> s.op("Pad", s.x(), s.ints(0, -3, 0, 1, 0, -2, 0, 0))));
    cases.add(
        elastic("Pad", 18, "named axes", s -> s.op("Pad", s.x(), s.ints(-3, 2), "", s.ints(1))));
    cases.add(
        elastic(
            "Pad",
            13,
            "reflected rows",
            s -> s.op("Pad", with("mode", "reflect"), s.x(), s.ints(0, 0, 2, 1, 0, 0, 1, 2))));
    for (String mode : List.of("edge", "reflect", "wrap")) {
      cases.add(
          frozen(
                  "Pad",
                  19,
                  "padded with elements of its own",
                  s -> s.op("Pad", with("mode", mode), s.x(), s.ints(0, 2, 0, 0, 0, 1, 0, 0)))
              .called(mode + " of channels"));
    }
  }

  private static void reshaped(List<OperatorCase> cases) {
    cases.add(elastic("Flatten", 13, s -> s.op("Flatten", s.transpose(s.x(), 0, 2, 3, 1))));
    cases.add(elastic("Flatten", 7, s -> s.op("Flatten", with("axis", s.between(0, 4)), s.x())));
    for (int opset : new int[] {7, 13, 21}) {
      cases.add(
          elastic(
              "Reshape",
              opset,
              "channel shuffle",
              s -> {
                String apart = s.reshape(s.x(), 0, 2, -1, 8, 8);
                String turned = s.transpose(apart, 0, 2, 1, 3, 4);
                String shuffled = s.reshape(turned, 2, 16, 8, 8);
                return s.convolve("conv2", shuffled, 16, 1, 3, with("group", 16));
              }));
    }
    cases.add(
        elastic(
            "Reshape",
            13,
            "zeros that move",
            s -> s.reshape(s.transpose(s.x(), 0, 2, 1, 3), 0, 0, 0, 8)));
    cases.add(
        elastic(
            "Reshape",
            13,
            "a zero for another axis",
            s -> s.reshape(s.reshape(s.reshape(s.x(), 32, 8, 8), 4, 0, -1), 1, -1)));
    cases.add(
        elastic(
            "Reshape",
            14,
            "allowzero",
            s -> s.op("Reshape", with("allowzero", 1), s.x(), s.ints(2, 16, 64))));
    cases.add(
        elastic(
            "Reshape",
            13,
            "windows",
            s -> {
              String apart = s.reshape(s.x(), 2, 16, 2, 4, 2, 4);
              return s.reshape(s.transpose(apart, 0, 2, 4, 3, 5, 1), -1, 16, 16);
            }));
    for (int opset : new int[] {11, 13}) {
      cases.add(
          elastic(
              "Squeeze",
              opset,
              "whatever is one",
              s -> {
                String one = s.op("Squeeze", s.op("GlobalAveragePool", s.x()));
                return s.op("Mul", one, one);
              }));
    }
    cases.add(
        elastic(
            "Squeeze",
            7,
            s -> s.op("Squeeze", with("axes", list(2, 3)), s.op("GlobalMaxPool", s.x()))));
    cases.add(
        elastic("Squeeze", 21, s -> s.op("Squeeze", s.op("GlobalMaxPool", s.x()), s.ints(-1))));
    cases.add(elastic("Unsqueeze", 7, s -> s.op("Unsqueeze", with("axes", list(0, 3)), s.x())));
    cases.add(elastic("Unsqueeze", 13, s -> s.op("Unsqueeze", s.x(), s.ints(-1, 1))));
    for (String mode : List.of("CRD", "DCR")) {
      cases.add(
          elastic(
              "DepthToSpace",
              13,
              mode,
              s -> {
                String y = s.op("DepthToSpace", with("blocksize", 2, "mode", mode), s.x());
                return s.convolve("conv2", y, 7, 4, 1, Map.of());
              }));
    }
    cases.add(
        elastic(
            "SpaceToDepth",
            13,
            s -> {
              String y = s.op("SpaceToDepth", with("blocksize", 2), s.x());
              return s.convolve("conv2", y, 7, 64, 1, Map.of());
            }));
  }

  private static void stretched(List<OperatorCase> cases) {
    cases.add(elastic("Tile", 13, s -> s.op("Tile", s.x(), s.ints(1, 3, 2, 1))));
    cases.add(elastic("Tile", 7, "rows", s -> s.op("Tile", s.x(), s.ints(1, 1, 2, 3))));
    cases.add(
        elastic(
            "Expand",
            13,
            "copies of channels",
            s -> {
              String apart = s.op("Unsqueeze", s.x(), s.ints(2));
              String copies = s.op("Expand", apart, s.ints(2, 16, 3, 8, 8));
              return s.convolve("conv2", s.reshape(copies, 2, 48, 8, 8), 6, 48, 1, Map.of());
            }));
    cases.add(
        elastic(
            "Expand",
            8,
            "to the shape of another",
            s -> {
              String token = s.op("Expand", s.random(0, 1, 1, 16, 1, 1), s.op("Shape", s.x()));
              return s.op("Add", s.x(), token);
            }));
  }
}

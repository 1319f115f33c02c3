package io.espalier.onnx.operators;

import static io.espalier.onnx.operators.OperatorCase.elastic;
import static io.espalier.onnx.operators.OperatorCase.frozen;
import static io.espalier.onnx.operators.Scene.list;
import static io.espalier.onnx.operators.Scene.with;

import java.util.ArrayList;
import java.util.List;

/** Tensors that come from nowhere, and shapes that are read as numbers. */
final class MadeCases {
  private MadeCases() {}

  static List<OperatorCase> all() {
    List<OperatorCase> cases = new ArrayList<>();
    shapes(cases);
    constants(cases);
    signals(cases);
    chance(cases);
    return cases;
  }

  private static void shapes(List<OperatorCase> cases) {
    for (int opset : new int[] {7, 13, 21}) {
      cases.add(
          elastic(
              "Shape",
              opset,
              s -> {
                String row = s.op("Flatten", s.x());
                return s.op("Reshape", row, s.op("Shape", s.other()));
              }));
    }
    cases.add(
        elastic(
            "Shape",
            15,
            "a part",
            s -> {
              String front = s.op("Shape", with("start", 0, "end", -2), s.x());
              String shape = s.op("Concat", with("axis", 0), front, s.ints(-1));
              return s.op("Reshape", s.x(), shape);
            }));
    cases.add(
        elastic(
            "Shape",
            13,
            "a width as a number",
            s -> {
              String width = s.op("Gather", s.op("Shape", s.x()), s.scalar(1));
              return s.op("Div", s.x(), s.op("Sqrt", s.asFloats(width)));
            }));
    cases.add(
        elastic(
            "Size",
            13,
            s -> s.op("Reshape", s.x(), s.op("Unsqueeze", s.op("Size", s.x()), s.ints(0)))));
    cases.add(
        elastic(
            "Range",
            11,
            "integers up to a width",
            s -> {
              String width = s.op("Gather", s.op("Shape", s.x()), s.scalar(2));
              String places = s.op("Range", s.scalar(0), width, s.scalar(1));
              return s.op("Add", s.x(), s.asFloats(places));
            }));
    cases.add(
        elastic(
            "Range",
            11,
            "reals",
            s -> s.op("Add", s.x(), s.op("Range", s.floats(0), s.floats(4), s.floats(0.5f)))));
  }

  private static void constants(List<OperatorCase> cases) {
    for (int opset : new int[] {7, 13, 21}) {
      cases.add(
          elastic(
              "Constant",
              opset,
              s ->
                  s.op("Mul", s.x(), s.op("Constant", with("value", s.tensor(1, 0.5, 16, 1, 1))))));
    }
    cases.add(
        elastic(
            "Constant",
            12,
            "a list of floats",
            s -> {
              float[] values = new float[16];
              for (int i = 0; i < values.length; i++) {
                values[i] = s.between(1, 9);
              }
              String list = s.op("Constant", with("value_floats", values));
              return s.op("Mul", s.x(), s.reshape(list, 16, 1, 1));
            }));
    for (int opset : new int[] {9, 20, 21}) {
      cases.add(
          elastic(
              "ConstantOfShape",
              opset,
              s -> s.op("Add", s.x(), s.op("ConstantOfShape", s.ints(16, 1, 1)))));
    }
    cases.add(
        elastic(
            "ConstantOfShape",
            9,
            "of the shape of another",
            s -> s.op("Add", s.x(), s.op("ConstantOfShape", s.op("Shape", s.other())))));
    cases.add(
        elastic(
            "EyeLike",
            9,
            "of a constant",
            s -> s.op("Add", s.x(), s.op("EyeLike", s.random(0, 1, 8, 8)))));
    cases.add(
        frozen(
            "EyeLike",
            22,
            "EyeLike makes it anew",
            s -> {
              String rows = s.op("Flatten", s.op("GlobalMaxPool", s.x()));
              return s.op("Add", rows, s.op("EyeLike", rows));
            }));
  }

  private static void signals(List<OperatorCase> cases) {
    for (String op : List.of("BlackmanWindow", "HammingWindow", "HannWindow")) {
      cases.add(elastic(op, 17, s -> s.op("Mul", s.x(), s.op(op, s.scalar(8)))));
    }
    cases.add(
        elastic(
            "MelWeightMatrix",
            17,
            s ->
                s.op(
                    "Mul",
                    s.x(),
                    s.op(
                        "MelWeightMatrix",
                        s.scalar(8),
                        s.scalar(14),
                        s.scalar(8000),
                        s.floats(0),
                        s.floats(4000)))));
    cases.add(
        elastic(
            "AffineGrid",
            20,
            s ->
                s.op(
                    "Mul",
                    s.x(),
                    s.op(
                        "ReduceSum",
                        with("keepdims", 0),
                        s.op("AffineGrid", s.random(0.5, 0.3, 1, 2, 3), s.ints(1, 4, 8, 8)),
                        s.ints(-1)))));
  }

  private static void chance(List<OperatorCase> cases) {
    for (String op : List.of("RandomNormal", "RandomUniform")) {
      cases.add(
          elastic(
              op,
              7,
              s ->
                  s.op("Add", s.x(), s.op(op, with("shape", list(8, 8), "seed", 3f, "dtype", 1)))));
      cases.add(
          frozen(
              op + "Like",
              7,
              op + "Like makes it anew",
              s -> s.op("Add", s.x(), s.op(op + "Like", with("seed", 3f), s.x()))));
    }
    cases.add(
        frozen(
            "Bernoulli",
            15,
            "Bernoulli makes it anew",
            s -> s.op("Bernoulli", with("seed", 3f), s.within(0, 1))));
    cases.add(
        frozen(
            "Multinomial",
            7,
            "draws from as many classes",
            s -> s.op("Multinomial", with("seed", 3f, "sample_size", 4), s.op("Flatten", s.x()))));
  }
}

package io.espalier.onnx.operators;

import static io.espalier.onnx.operators.OperatorCase.elastic;
import static io.espalier.onnx.operators.OperatorCase.frozen;
import static io.espalier.onnx.operators.Scene.list;
import static io.espalier.onnx.operators.Scene.with;

import io.espalier.onnx.file.DataTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Elements picked, written, counted or put in order. */
final class IndexCases {
  private IndexCases() {}

  static List<OperatorCase> all() {
    List<OperatorCase> cases = new ArrayList<>();
    gathered(cases);
    scattered(cases);
    ordered(cases);
    return cases;
  }

  private static void gathered(List<OperatorCase> cases) {
    cases.add(
        elastic(
            "Gather",
            13,
            "a table",
            s -> {
              String row = s.op("Gather", s.random(0, 1, 9, 16), s.ints(s.between(0, 8)));
              return s.op("Add", s.x(), s.reshape(row, 1, -1, 1, 1));
            }));
    cases.add(
        elastic(
            "Gather",
            7,
            "rows",
            s -> s.op("Gather", with("axis", 2), s.x(), s.ints(s.several(3, 0, 7)))));
    cases.add(
        frozen(
                "Gather",
                13,
                "elements are picked from it by index",
                s -> s.op("Gather", with("axis", 1), s.x(), s.ints(4, 2, 9)))
            .called("channels"));
    cases.add(
        elastic(
            "GatherElements",
            11,
            s -> {
              String places =
                  s.op("Expand", s.shaped(list(1, 0, 3), 1, 1, 1, 3), s.ints(2, 16, 8, 3));
              return s.op("GatherElements", with("axis", 3), s.x(), places);
            }));
    cases.add(
        elastic(
            "GatherElements",
            13,
            "where another is largest",
            s -> {
              String places = s.op("ArgMax", with("axis", 2), s.other());
              return s.op("GatherElements", with("axis", 2), s.x(), places);
            }));
    cases.add(
        elastic(
            "GatherND",
            11,
            s ->
                s.op(
                    "GatherND",
                    s.transpose(s.x(), 2, 3, 0, 1),
                    s.shaped(list(1, 2, 5, 7, 0, 0), 3, 2))));
    cases.add(
        elastic(
            "GatherND",
            13,
            "a batch",
            s ->
                s.op(
                    "GatherND",
                    with("batch_dims", 1),
                    s.transpose(s.x(), 0, 2, 3, 1),
                    s.shaped(s.several(2 * 3 * 2, 0, 7), 2, 3, 2))));
  }

  private static void scattered(List<OperatorCase> cases) {
    for (int opset : new int[] {9, 11, 13, 16, 18}) {
      String op = opset == 9 ? "Scatter" : "ScatterElements";
      Map<String, Object> attributes = with("axis", 3);
      if (opset >= 16) {
        attributes.put("reduction", "add");
      }
      cases.add(
          elastic(
              op,
              opset,
              s -> {
                String places =
                    s.op("Expand", s.shaped(list(1, 0, 3), 1, 1, 1, 3), s.ints(2, 16, 8, 3));
                return s.op(op, attributes, s.x(), places, s.random(0, 1, 2, 16, 8, 3));
              }));
    }
    for (int opset : new int[] {11, 13, 18}) {
      cases.add(
          elastic(
              "ScatterND",
              opset,
              s ->
                  s.op(
                      "ScatterND",
                      s.transpose(s.x(), 2, 3, 0, 1),
                      s.shaped(list(1, 2, 5, 7), 2, 2),
                      s.random(0, 1, 2, 2, 16))));
    }
  }

  private static void ordered(List<OperatorCase> cases) {
    cases.add(elastic("TopK", 7, s -> s.several("TopK", 2, with("axis", 3, "k", 3), s.x()).get(0)));
    for (int opset : new int[] {10, 11, 24}) {
      cases.add(
          elastic(
              "TopK", opset, s -> s.several("TopK", 2, with("axis", 2), s.x(), s.ints(3)).get(0)));
      cases.add(
          elastic(
              "TopK",
              opset,
              "places",
              s -> s.several("TopK", 2, with("axis", 2), s.x(), s.ints(3)).get(1)));
    }
    cases.add(
        frozen(
                "TopK",
                13,
                "TopK orders the elements along it",
                s -> s.several("TopK", 2, with("axis", 1), s.x(), s.ints(3)).get(0))
            .called("channels"));
    for (String op : List.of("ArgMax", "ArgMin")) {
      cases.add(elastic(op, 13, s -> s.op(op, with("axis", s.between(2, 3)), s.x())));
      cases.add(
          elastic(
              op, 11, "without the axis", s -> s.op(op, with("axis", -1, "keepdims", 0), s.x())));
      cases.add(
          frozen(op, 13, op + " counts along it", s -> s.op(op, with("axis", 1), s.x()))
              .called("channels"));
    }
    cases.add(
        elastic(
            "CumSum",
            14,
            s -> s.op("CumSum", with("exclusive", s.between(0, 1)), s.x(), s.scalar(2))));
    cases.add(
        frozen("CumSum", 11, "CumSum runs along it", s -> s.op("CumSum", s.x(), s.scalar(-3)))
            .called("channels"));
    cases.add(
        elastic(
            "ReverseSequence",
            10,
            s ->
                s.op(
                    "ReverseSequence",
                    with("time_axis", 0, "batch_axis", 1),
                    s.transpose(s.x(), 2, 0, 1, 3),
                    s.ints(3, 7))));
    cases.add(
        frozen(
                "ReverseSequence",
                10,
                "integers computed with here",
                s ->
                    s.op(
                        "ReverseSequence",
                        with("time_axis", 0, "batch_axis", 1),
                        s.transpose(s.x(), 2, 1, 0, 3),
                        s.ints(s.several(16, 1, 8))))
            .called("a batch of channels"));
    cases.add(
        frozen(
                "ReverseSequence",
                10,
                "it is reversed",
                s ->
                    s.op(
                        "ReverseSequence",
                        with("time_axis", 1, "batch_axis", 0),
                        s.x(),
                        s.ints(5, 16)))
            .called("channels"));
    for (int axis : new int[] {-1, 1}) {
      cases.add(
          elastic(
              "OneHot",
              11,
              "axis " + axis,
              s ->
                  s.op(
                      "OneHot",
                      with("axis", axis),
                      s.op("ArgMax", with("axis", 2, "keepdims", 0), s.x()),
                      s.scalar(8),
                      s.floatList(-0.5f, 2))));
    }
    cases.add(elastic("Trilu", 14, s -> s.op("Trilu", with("upper", s.between(0, 1)), s.x())));
    cases.add(
        frozen(
                "Trilu",
                14,
                "a triangle is taken of it",
                s -> s.op("Trilu", s.transpose(s.x(), 0, 2, 3, 1), s.scalar(1)))
            .called("channels"));
    cases.add(elastic("Det", 11, s -> s.op("Det", s.within(-1, 1))));
    cases.add(elastic("Det", 22, s -> s.op("Det", s.x())));
    cases.add(
        frozen(
            "DFT", 17, "a Fourier transform mixes", s -> s.op("DFT", with("axis", 2), complex(s))));
    cases.add(
        frozen(
            "DFT", 20, "a Fourier transform mixes", s -> s.op("DFT", complex(s), "", s.scalar(2))));
    cases.add(
        frozen(
            "STFT",
            17,
            "a Fourier transform mixes",
            s ->
                s.op(
                    "STFT",
                    s.reshape(s.x(), 2, 1024, 1),
                    s.scalar(64),
                    s.random(1, 0.2, 128),
                    s.scalar(128))));
    cases.add(
        frozen(
            "TfIdfVectorizer",
            9,
            "it works on text",
            s -> {
              Map<String, Object> words =
                  with(
                      "mode",
                      "TF",
                      "min_gram_length",
                      1,
                      "max_gram_length",
                      1,
                      "max_skip_count",
                      0,
                      "ngram_counts",
                      list(0),
                      "ngram_indexes",
                      list(0, 1, 2),
                      "pool_int64s",
                      list(0, 1, 2));
              String whole = s.cast(s.reshape(s.x(), 2, -1), DataTypes.INT64);
              return s.op("TfIdfVectorizer", words, whole);
            }));
  }

  private static String complex(Scene s) {
    return s.op("Unsqueeze", s.x(), s.ints(-1));
  }
}

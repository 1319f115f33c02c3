package io.espalier.onnx.operators;

import static io.espalier.onnx.operators.OperatorCase.frozen;
import static io.espalier.onnx.operators.Scene.with;

import java.util.ArrayList;
import java.util.List;

/** Operators that freeze by nature, and what is left free around them. */
final class FrozenCases {
  private static final String SEQUENCE = "it belongs to a sequence";
  private static final String SUBGRAPH = "sub-graph";

  private FrozenCases() {}

  static List<OperatorCase> all() {
    List<OperatorCase> cases = new ArrayList<>();
    selected(cases);
    sequences(cases);
    optionals(cases);
    subgraphs(cases);
    fused(cases);
    return cases;
  }

  private static String mean(Scene s, String value) {
    return s.op("ReduceMean", with("keepdims", 0), s.asFloats(value));
  }

  private static void selected(List<OperatorCase> cases) {
    String data = "depends on the data";
    cases.add(frozen("NonZero", 13, data, s -> mean(s, s.op("NonZero", s.op("Relu", s.x())))));
    cases.add(frozen("Unique", 11, data, s -> mean(s, s.op("Unique", s.op("Round", s.x())))));
    cases.add(
        frozen(
            "Compress",
            11,
            data,
            s -> {
              String some = s.op("Greater", s.random(0, 1, 16), s.floats(0));
              return mean(s, s.op("Compress", with("axis", 1), s.x(), some));
            }));
    cases.add(
        frozen(
                "NonMaxSuppression",
                11,
                data,
                s -> {
                  String boxes = s.op("Softplus", s.reshape(s.x(), 2, 256, 4));
                  String scores = s.op("Sigmoid", s.random(0, 1, 2, 1, 256));
                  return mean(
                      s,
                      s.op(
                          "NonMaxSuppression",
                          boxes,
                          scores,
                          s.ints(10),
                          s.floatList(0.5f),
                          s.floatList(0.1f)));
                })
            .hidden());
  }

  private static void sequences(List<OperatorCase> cases) {
    cases.add(
        frozen("SequenceConstruct", 11, SEQUENCE, s -> at(s, s.op("SequenceConstruct", s.x()))));
    cases.add(
        frozen(
            "SequenceAt",
            11,
            SEQUENCE,
            s -> at(s, s.op("SequenceConstruct", s.random(0, 1, 2), s.x(), s.other()))));
    cases.add(
        frozen(
            "SequenceInsert",
            11,
            SEQUENCE,
            s -> at(s, s.op("SequenceInsert", s.op("SequenceConstruct", s.other()), s.x()))));
    cases.add(
        frozen(
            "SequenceErase",
            11,
            SEQUENCE,
            s -> {
              String three = s.op("SequenceConstruct", s.other(), s.x(), s.x());
              return at(s, s.op("SequenceErase", three, s.scalar(0)));
            }));
    cases.add(
        frozen(
            "SequenceEmpty",
            11,
            SEQUENCE,
            s -> at(s, s.op("SequenceInsert", s.op("SequenceEmpty"), s.x()))));
    cases.add(
        frozen(
            "SequenceLength",
            11,
            SEQUENCE,
            s -> {
              String count = s.op("SequenceLength", s.op("SequenceConstruct", s.x(), s.x()));
              return s.op("Mul", s.x(), s.asFloats(count));
            }));
    cases.add(
        frozen(
            "SplitToSequence",
            11,
            SEQUENCE,
            s -> at(s, s.op("SplitToSequence", with("axis", 2), s.x()))));
    cases.add(
        frozen(
            "ConcatFromSequence",
            11,
            SEQUENCE,
            s ->
                s.op(
                    "ConcatFromSequence",
                    with("axis", 1),
                    s.op("SequenceConstruct", s.x(), s.other()))));
  }

  private static String at(Scene s, String sequence) {
    return s.op("SequenceAt", sequence, s.scalar(-1));
  }

  private static void optionals(List<OperatorCase> cases) {
    cases.add(
        frozen(
            "Optional",
            15,
            "it is optional",
            s -> s.op("OptionalGetElement", s.op("Optional", s.x()))));
    cases.add(
        frozen("OptionalGetElement", 18, "it is optional", s -> s.op("OptionalGetElement", s.x())));
    cases.add(
        frozen(
            "OptionalHasElement",
            18,
            "it is optional",
            s -> s.op("Mul", s.x(), s.asFloats(s.op("OptionalHasElement", s.x())))));
  }

  private static void subgraphs(List<OperatorCase> cases) {
    cases.add(
        frozen(
                "If",
                13,
                SUBGRAPH,
                s ->
                    s.op(
                        "If",
                        with(
                            "then_branch", SubGraphs.branch("Tanh", s.x()),
                            "else_branch", SubGraphs.branch("Neg", s.x())),
                        s.op("Greater", s.floats(1), s.floats(0))))
            .called("branches of unknown ranks"));
    cases.add(
        frozen(
                "Loop",
                13,
                SUBGRAPH,
                s ->
                    s.op(
                        "Loop",
                        with("body", SubGraphs.loop(s.other())),
                        s.scalar(3),
                        s.op("Greater", s.floats(1), s.floats(0)),
                        s.x()))
            .called("an older operator set"));
    cases.add(
        frozen(
                "Scan",
                11,
                SUBGRAPH,
                s ->
                    s.several(
                            "Scan",
                            2,
                            with("body", SubGraphs.scan(), "num_scan_inputs", 1),
                            s.random(0, 1, 16, 8, 8),
                            s.x())
                        .get(1))
            .called("an older operator set"));
    cases.add(
        frozen(
            "SequenceMap",
            17,
            SEQUENCE,
            s ->
                at(
                    s,
                    s.op(
                        "SequenceMap",
                        with("body", SubGraphs.map()),
                        s.op("SequenceConstruct", s.x())))));
  }

  private static void fused(List<OperatorCase> cases) {
    cases.add(
        frozen(
            "Attention",
            23,
            "attention in one node",
            s -> {
              String x = s.reshape(s.x(), 2, 4, 4, 64);
              return s.op("Attention", x, x, x);
            }));
    cases.add(
        frozen(
            "RotaryEmbedding",
            23,
            "its rotation pairs",
            s ->
                s.op(
                    "RotaryEmbedding",
                    s.reshape(s.x(), 2, 4, 16, 16),
                    s.random(0, 1, 2, 16, 8),
                    s.random(0, 1, 2, 16, 8))));
    cases.add(
        frozen(
            "TensorScatter",
            24,
            "it writes into a cache",
            s -> s.op("TensorScatter", s.random(0, 1, 2, 16, 20, 8), s.x(), s.ints(3, 5))));
  }
}

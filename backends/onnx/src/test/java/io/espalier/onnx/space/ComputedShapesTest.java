package io.espalier.onnx.space;

import static io.espalier.onnx.space.Cuts.assertLayout;
import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;

import io.espalier.core.SearchSpace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shapes that are computed as tables, or as integers of 32 bits, are followed and patched. */
class ComputedShapesTest {
  private static final int INT32 = 6;
  private static final int INT64 = 7;

  private final Tiny t = new Tiny(17);
  private final String x = t.op("Tanh", t.linear("first", t.b.input("input", "N", "T", 5), 5, 8));

  private String as(int type, String value) {
    return t.op("Cast", with("to", type), value);
  }

  private SearchSpace proved(String value, long width) {
    String mean = t.op("ReduceMean", with("axes", list(1), "keepdims", 0), value);
    return Cuts.prove(
        t.model(t.linear("last", mean, width, 3), "N", 3), Map.of("input", List.of(3L, 4L, 5L)));
  }

  /** Two heads of four, turned and turned back, by a shape that is computed in a row of a table. */
  @Test
  void aTableOfIntegersOf32Bits() {
    String table = t.op("Reshape", as(INT32, t.op("Shape", x)), t.ints(1, 3));
    String front = t.op("Gather", with("axis", 1), table, t.ints(0, 1));
    String heads = as(INT32, t.op("Unsqueeze", t.ints(2, 4), t.ints(0)));
    String split = t.op("Concat", with("axis", 1), front, heads);
    String target = as(INT64, t.op("Reshape", split, t.ints(-1)));
    String apart = t.op("Reshape", x, target);
    String turned = t.op("Transpose", with("perm", list(0, 1, 3, 2)), apart);
    String whole = t.op("Squeeze", as(INT64, table), t.ints(0));
    String back = t.op("Reshape", t.op("Relu", turned), whole);
    assertLayout(
        proved(back, 8),
        "first.out_features",
        "first.out_features.part1(2) x first.out_features.part2(4)");
  }

  /** The end of a slice, a half of the width, is no longer a half once the halves differ. */
  @ParameterizedTest(name = "type {0}")
  @ValueSource(ints = {INT32, INT64})
  void theEndsOfASlice(int type) {
    String width = as(type, t.op("Gather", t.op("Shape", x), t.ints(2)));
    String half = t.op("Div", width, as(type, t.ints(2)));
    String left = t.op("Slice", x, as(type, t.ints(0)), half, as(type, t.ints(2)));
    String right = t.op("Slice", x, half, width, as(type, t.ints(2)));
    String both = t.op("Concat", with("axis", 2), t.op("Neg", left), t.op("Sigmoid", right));
    assertLayout(
        proved(both, 8),
        "first.out_features",
        "[first.out_features.part1(4) | first.out_features.part2(4)]");
  }

  /** One end is patched, the other one is still computed: it is how many tokens there are. */
  @ParameterizedTest(name = "type {0}")
  @ValueSource(ints = {INT32, INT64})
  void oneEndOfTwo(int type) {
    String shape = as(type, t.op("Shape", x));
    String halves = t.op("Div", shape, as(type, t.ints(1, 1, 2)));
    String ends = t.op("Slice", halves, t.ints(1), t.ints(3));
    String left = t.op("Slice", x, as(type, t.ints(0, 0)), ends, as(type, t.ints(1, 2)));
    String right = t.op("Slice", x, as(type, t.ints(4)), as(type, t.ints(8)), as(type, t.ints(2)));
    String both = t.op("Concat", with("axis", 2), t.op("Neg", left), t.op("Sigmoid", right));
    assertLayout(
        proved(both, 8),
        "first.out_features",
        "[first.out_features.part1(4) | first.out_features.part2(4)]");
  }
}

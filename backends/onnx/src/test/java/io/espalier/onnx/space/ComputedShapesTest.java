package io.espalier.onnx.space;

import static io.espalier.onnx.space.Cuts.assertLayout;
import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;

import io.espalier.core.SearchSpace;
import io.espalier.onnx.file.DataTypes;
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

  /** As many zeros as fill the last window, rounded up in floating-point numbers. */
  @Test
  void aPaddingThatIsRoundedUp() {
    Tiny net = new Tiny(17);
    String sound = net.b.input("sound", "N", 3, "T");
    String first = net.b.node("Conv", "first", List.of(sound, net.b.weights("w", 6, 3, 1)));
    String length = net.op("Gather", net.op("Shape", first), net.b.longs("two", list(2)));
    String windows = net.op("Cast", with("to", DataTypes.FLOAT), length);
    String whole = net.op("Ceil", net.op("Div", windows, net.number(4)));
    String full =
        net.op("Mul", net.op("Cast", with("to", INT64), whole), net.b.longs("four", list(4)));
    String more = net.op("Unsqueeze", net.op("Sub", full, length), net.ints(0));
    String pads = net.op("Concat", with("axis", 0), net.ints(0, 0, 1, 0, 0), more);
    String padded = net.op("Pad", with("mode", "reflect"), first, pads);
    String second =
        net.b.node(
            "Conv",
            "second",
            List.of(padded, net.b.weights("v", 4, 6, 4)),
            with("strides", list(4)));
    String mean = net.op("ReduceMean", with("axes", list(2), "keepdims", 0), second);
    SearchSpace space =
        Cuts.prove(
            net.model(net.linear("last", mean, 4, 3), "N", 3),
            Map.of("sound", List.of(2L, 3L, 13L)));
    Cuts.assertFree(space, "first.out_channels");
    Cuts.assertFree(space, "second.out_channels");
  }

  /** The scale of attention is computed of a width: it stays what it was. */
  @Test
  void aScaleThatIsComputedOfAWidthStays() {
    String width = t.op("Gather", t.op("Shape", x), t.b.longs("last", list(2)));
    String scale = t.op("Sqrt", t.op("Cast", with("to", DataTypes.FLOAT), width));
    assertLayout(proved(t.op("Div", x, scale), 8), "first.out_features", "first.out_features(8)");
  }
}

package io.espalier.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.spi.Ints;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each integer operator against results worked out by hand; shapes stand in brackets. */
class ShapeArithmeticTest {
  private static final String NOT_FOLLOWED = "not followed";
  private static final long[] NONE = {};

  private static Net v(long... values) {
    return new Net().ints("v", values);
  }

  /** The elements of y, or {@link #NOT_FOLLOWED}. */
  private static String y(Net net) {
    Solved solved = net.solve();
    return solved.map().ints(solved.id("y")).map(ShapeArithmeticTest::text).orElse(NOT_FOLLOWED);
  }

  private static String text(Ints ints) {
    String values =
        Arrays.stream(ints.values()).mapToObj(n -> " " + n).collect(Collectors.joining());
    return ints.shape() + values;
  }

  private static String unary(String op, long[] values, Object... attributes) {
    return y(v(values).node(op, "y", "v", attributes));
  }

  private static String binary(String op, long[] a, long[] b, Object... attributes) {
    return y(v(a).ints("w", b).node(op, "y", "v, w", attributes));
  }

  private static long[] of(long... values) {
    return values;
  }

  @Test
  void shape() {
    assertEquals("[3] 2 3 4", y(new Net().weight("w", 2, 3, 4).node("Shape", "y", "w")));
    assertEquals("[2] 3 4", y(new Net().weight("w", 2, 3, 4).node("Shape", "y", "w", "start", 1)));
    assertEquals(
        "[1] 3", y(new Net().weight("w", 2, 3, 4).node("Shape", "y", "w", "start", -2, "end", -1)));
    assertEquals(
        "[1] 2", y(new Net().weight("w", 2, 3, 4).node("Shape", "y", "w", "start", -9, "end", 1)));
    assertEquals("[3] 2 3 4", y(new Net().weight("w", 2, 3, 4).node("Shape", "y", "w", "end", 99)));
    assertEquals(
        "[0]", y(new Net().weight("w", 2, 3, 4).node("Shape", "y", "w", "start", 2, "end", 1)));
    assertEquals("[0]", y(new Net().scalar("v", 5).node("Shape", "y", "v")));
  }

  @Test
  void size() {
    assertEquals("[] 24", y(new Net().weight("w", 2, 3, 4).node("Size", "y", "w")));
    assertEquals("[] 1", y(new Net().scalar("v", 5).node("Size", "y", "v")));
  }

  @Test
  void identity() {
    assertEquals("[2] 1 2", unary("Identity", of(1, 2)));
    assertEquals(NOT_FOLLOWED, y(new Net().weight("w", 2).node("Identity", "y", "w")));
  }

  @Test
  void castStaysAmongIntegers() {
    assertEquals("[2] 0 5", unary("Cast", of(0, 5), "to", 7));
    assertEquals("[2] 0 5", unary("Cast", of(0, 5), "to", 6));
    assertEquals("[2] 0 1", unary("Cast", of(0, 5), "to", 9));
    assertEquals(NOT_FOLLOWED, unary("Cast", of(0, 5), "to", 1));
  }

  @Test
  void gather() {
    assertEquals("[3] 5 7 6", binary("Gather", of(7, 6, 5), of(-1, 0, 1), "axis", 0));
    assertEquals("[] 6", y(v(7, 6, 5).scalar("i", 1).node("Gather", "y", "v, i")));
    assertEquals(
        "[2, 2] 7 5 6 6", y(v(7, 6, 5).table("i", 2, 2, 0, 2, 1, -2).node("Gather", "y", "v, i")));
    assertEquals(NOT_FOLLOWED, binary("Gather", of(7, 6, 5), of(3)));
    assertEquals(NOT_FOLLOWED, binary("Gather", of(7, 6, 5), of(-4)));
    assertEquals(
        "[2] 3 4", y(new Net().table("t", 1, 2, 3, 4).scalar("i", 0).node("Gather", "y", "t, i")));
  }

  private static String slice(long start, long end, long step) {
    return y(
        v(10, 11, 12, 13)
            .ints("start", start)
            .ints("end", end)
            .ints("axis", 0)
            .ints("step", step)
            .node("Slice", "y", "v, start, end, axis, step"));
  }

  @Test
  void slice() {
    assertEquals("[2] 11 12", slice(1, 3, 1));
    assertEquals("[2] 11 12", slice(-3, -1, 1));
    assertEquals("[3] 11 12 13", slice(1, Long.MAX_VALUE, 1));
    assertEquals("[4] 10 11 12 13", slice(-9, 9, 1));
    assertEquals("[2] 10 12", slice(0, 4, 2));
    assertEquals("[1] 11", slice(1, 4, Long.MAX_VALUE));
    assertEquals("[0]", slice(3, 1, 1));
    assertEquals(NOT_FOLLOWED, slice(0, 4, 0));
  }

  @Test
  void sliceBackwards() {
    assertEquals("[4] 13 12 11 10", slice(-1, Long.MIN_VALUE, -1));
    assertEquals("[2] 13 12", slice(9, 1, -1));
    assertEquals("[2] 13 11", slice(3, -9, -2));
    assertEquals("[1] 13", slice(3, -9, Long.MIN_VALUE));
    assertEquals("[1] 10", slice(-9, -99, -1));
    assertEquals("[0]", slice(0, 2, -1));
    assertEquals(
        "[0]",
        y(
            v(NONE)
                .ints("start", -1)
                .ints("end", Long.MIN_VALUE)
                .ints("axis", 0)
                .ints("step", -1)
                .node("Slice", "y", "v, start, end, axis, step")));
  }

  @Test
  void sliceOfOldOperatorSets() {
    assertEquals(
        "[2] 11 12",
        y(
            v(10, 11, 12, 13)
                .node(9, "Slice", "y", "v", "starts", of(1), "ends", of(3), "axes", of(0))));
  }

  @Test
  void sliceWhoseStepIsData() {
    assertEquals(
        NOT_FOLLOWED,
        y(
            v(10, 11, 12, 13)
                .input("step", 1)
                .ints("start", 0)
                .ints("end", 2)
                .ints("axis", 0)
                .node("Slice", "y", "v, start, end, axis, step")));
  }

  @Test
  void concat() {
    assertEquals("[4] 1 2 3 1", y(v(1).ints("w", 2, 3).node("Concat", "y", "v, w, v", "axis", 0)));
    assertEquals(NOT_FOLLOWED, y(v(1).scalar("w", 2).node("Concat", "y", "v, w", "axis", 0)));
  }

  @Test
  void unsqueeze() {
    assertEquals("[1] 5", y(new Net().scalar("v", 5).ints("a", 0).node("Unsqueeze", "y", "v, a")));
    assertEquals("[2, 1] 5 6", y(v(5, 6).ints("a", -1).node("Unsqueeze", "y", "v, a")));
    assertEquals("[1, 2, 1] 5 6", y(v(5, 6).node(11, "Unsqueeze", "y", "v", "axes", of(0, 2))));
    assertEquals(NOT_FOLLOWED, y(v(5, 6).ints("a", 2).node("Unsqueeze", "y", "v, a")));
    assertEquals(NOT_FOLLOWED, y(v(5, 6).input("a", 1).node("Unsqueeze", "y", "v, a")));
  }

  private static Net row() {
    return new Net().table("v", 1, 2, 5, 6);
  }

  @Test
  void squeeze() {
    assertEquals("[2] 5 6", y(row().ints("a", 0).node("Squeeze", "y", "v, a")));
    assertEquals("[2] 5 6", y(row().ints("a", -2).node("Squeeze", "y", "v, a")));
    assertEquals("[2] 5 6", y(row().node("Squeeze", "y", "v")));
    assertEquals("[2] 5 6", y(row().node(11, "Squeeze", "y", "v", "axes", of(0))));
    assertEquals("[] 5", unary("Squeeze", of(5)));
    assertEquals(NOT_FOLLOWED, y(row().ints("a", 1).node("Squeeze", "y", "v, a")));
    assertEquals(NOT_FOLLOWED, y(row().input("a", 1).node("Squeeze", "y", "v, a")));
  }

  @Test
  void reshape() {
    assertEquals("[2, 3] 1 2 3 4 5 6", binary("Reshape", of(1, 2, 3, 4, 5, 6), of(2, 3)));
    assertEquals("[3, 2] 1 2 3 4 5 6", binary("Reshape", of(1, 2, 3, 4, 5, 6), of(-1, 2)));
    assertEquals("[2, 1] 1 2", binary("Reshape", of(1, 2), of(0, 1)));
    assertEquals("[] 7", binary("Reshape", of(7), NONE));
    assertEquals("[0, 3]", binary("Reshape", NONE, of(0, 3)));
    assertEquals("[3, 0]", binary("Reshape", NONE, of(3, 0), "allowzero", 1));
    assertEquals(NOT_FOLLOWED, binary("Reshape", of(1, 2, 3), of(2, -1)));
    assertEquals(NOT_FOLLOWED, binary("Reshape", of(1, 2), of(0, 1), "allowzero", 1));
  }

  @Test
  void flatten() {
    assertEquals("[3, 1] 1 2 3", unary("Flatten", of(1, 2, 3)));
    assertEquals("[1, 3] 1 2 3", unary("Flatten", of(1, 2, 3), "axis", 0));
    assertEquals("[1, 2] 5 6", y(row().node("Flatten", "y", "v", "axis", -1)));
    assertEquals("[2, 1] 5 6", y(row().node("Flatten", "y", "v", "axis", 2)));
  }

  @Test
  void reduceProd() {
    assertEquals("[1] 24", unary("ReduceProd", of(2, 3, 4)));
    assertEquals("[] 24", unary("ReduceProd", of(2, 3, 4), "keepdims", 0));
    assertEquals("[] 5", y(new Net().scalar("v", 5).node("ReduceProd", "y", "v")));
    assertEquals(NOT_FOLLOWED, y(row().node("ReduceProd", "y", "v")));
  }

  @Test
  void constantOfShape() {
    assertEquals("[2, 1] 7 7", unary("ConstantOfShape", of(2, 1), "value", of(7)));
    assertEquals("[] 7", unary("ConstantOfShape", NONE, "value", of(7)));
    assertEquals(NOT_FOLLOWED, unary("ConstantOfShape", of(2, 1)));
    assertEquals(NOT_FOLLOWED, unary("ConstantOfShape", of(100, 100), "value", of(7)));
    assertEquals(NOT_FOLLOWED, unary("ConstantOfShape", of(1L << 32, 1L << 32), "value", of(7)));
  }

  private static String range(long start, long limit, long delta) {
    return y(
        new Net()
            .scalar("start", start)
            .scalar("limit", limit)
            .scalar("delta", delta)
            .node("Range", "y", "start, limit, delta"));
  }

  @Test
  void range() {
    assertEquals("[3] 0 2 4", range(0, 5, 2));
    assertEquals("[2] 3 1", range(3, -1, -2));
    assertEquals("[0]", range(3, 3, 1));
    assertEquals(NOT_FOLLOWED, range(0, 5, 0));
    assertEquals(NOT_FOLLOWED, range(0, 5000, 1));
  }

  @Test
  void where() {
    assertEquals(
        "[3] 1 -1 3",
        y(v(1, 2, 3).ints("c", 1, 0, 1).scalar("o", -1).node("Where", "y", "c, v, o")));
    assertEquals(
        "[2, 2] 1 2 9 9",
        y(v(1, 2).table("c", 2, 1, 1, 0).scalar("o", 9).node("Where", "y", "c, v, o")));
    assertEquals(
        NOT_FOLLOWED, y(v(1, 2).input("c", 2).scalar("o", 9).node("Where", "y", "c, v, o")));
  }

  @Test
  void binaryArithmetic() {
    assertEquals("[2] 11 22", binary("Add", of(1, 2), of(10, 20)));
    assertEquals("[2] -9 -18", binary("Sub", of(1, 2), of(10, 20)));
    assertEquals("[2] 10 40", binary("Mul", of(1, 2), of(10, 20)));
    assertEquals("[3] 3 -3 -3", binary("Div", of(7, -7, 7), of(2, 2, -2)));
    assertEquals("[3] 1 2 -1", binary("Mod", of(7, -7, -7), of(3, 3, -3)));
    assertEquals("[2] 1 -1", binary("Mod", of(7, -7), of(3, 3), "fmod", 1));
    assertEquals(NOT_FOLLOWED, binary("Div", of(7, 8), of(2, 0)));
    assertEquals(NOT_FOLLOWED, binary("Mod", of(7, 8), of(2, 0)));
  }

  @Test
  void maxAndMinOfAnyNumber() {
    assertEquals("[2] 4 9", y(v(1, 9).ints("w", 3, 2).scalar("u", 4).node("Max", "y", "v, w, u")));
    assertEquals("[2] 1 2", y(v(1, 9).ints("w", 3, 2).scalar("u", 4).node("Min", "y", "v, w, u")));
    assertEquals("[2] 1 9", unary("Max", of(1, 9)));
  }

  @Test
  void broadcasting() {
    assertEquals("[2] 11 12", y(v(1, 2).scalar("w", 10).node("Add", "y", "v, w")));
    assertEquals(
        "[2, 3] 11 22 33 14 25 36",
        y(
            new Net()
                .table("t", 2, 3, 1, 2, 3, 4, 5, 6)
                .ints("w", 10, 20, 30)
                .node("Add", "y", "t, w")));
    assertEquals(
        "[2, 2] 11 21 12 22",
        y(new Net().table("t", 2, 1, 1, 2).ints("w", 10, 20).node("Add", "y", "t, w")));
    assertEquals("[0]", binary("Add", NONE, of(1)));
    assertEquals(NOT_FOLLOWED, binary("Add", of(1, 2), of(1, 2, 3)));
  }

  @Test
  void comparisonsAndLogic() {
    assertEquals("[3] 0 1 0", binary("Equal", of(1, 2, 3), of(2, 2, 2)));
    assertEquals("[3] 1 0 0", binary("Less", of(1, 2, 3), of(2, 2, 2)));
    assertEquals("[3] 1 1 0", binary("LessOrEqual", of(1, 2, 3), of(2, 2, 2)));
    assertEquals("[3] 0 0 1", binary("Greater", of(1, 2, 3), of(2, 2, 2)));
    assertEquals("[3] 0 1 1", binary("GreaterOrEqual", of(1, 2, 3), of(2, 2, 2)));
    assertEquals("[4] 0 0 0 1", binary("And", of(0, 0, 1, 1), of(0, 1, 0, 1)));
    assertEquals("[4] 0 1 1 1", binary("Or", of(0, 0, 1, 1), of(0, 1, 0, 1)));
    assertEquals("[2] 1 0", unary("Not", of(0, 1)));
  }

  @Test
  void unaryArithmetic() {
    assertEquals("[3] -1 0 2", unary("Neg", of(1, 0, -2)));
    assertEquals("[3] 1 0 2", unary("Abs", of(1, 0, -2)));
    assertEquals("[3] 1 0 -1", unary("Sign", of(1, 0, -2)));
  }

  @Test
  void floatsAreNoIntegers() {
    assertEquals(
        NOT_FOLLOWED, y(new Net().weight("w", 2).ints("v", 1, 2).node("Add", "y", "w, v")));
    assertEquals(NOT_FOLLOWED, y(new Net().input("x", 2).ints("v", 1, 2).node("Add", "y", "x, v")));
  }

  /** As paddings are computed that fill up the last of several windows. */
  @Test
  void realsBetweenTwoCastsAreFollowed() {
    assertEquals("[2] 3 2", y(ceiling(new Net().input("x", 9, 8).node("Shape", "v", "x"))));
    assertEquals("[2] 3 2", y(ceiling(v(9, 8))));
  }

  /** What is computed of a width has to stay what it was. */
  @Test
  void realsThatAreComputedOfWidthsAreNot() {
    assertEquals(NOT_FOLLOWED, y(ceiling(width().node("Identity", "v", "shape"))));
  }

  private static Net ceiling(Net net) {
    return net.node("Cast", "real", "v", "to", 1)
        .filled("four", 4)
        .node("Div", "windows", "real, four")
        .node("Ceil", "whole", "windows")
        .node("Cast", "y", "whole", "to", 7);
  }

  /** s is (1, 16), and 16 is free. */
  private static Net width() {
    return new Net()
        .input("x", 1, 4)
        .weight("stem", 4, 16)
        .node("MatMul", "s", "x, stem")
        .node("Shape", "shape", "s")
        .ints("one", 1)
        .ints("minus", -1)
        .ints("three", 3)
        .node("Gather", "n", "shape, one");
  }

  @Test
  void resultsFollowWidths() {
    assertEquals(List.of(24L), width().node("Mul", "y", "n, three").solve().intsAtHalf("y"));
    assertEquals(List.of(2L), width().node("Div", "y", "n, three").solve().intsAtHalf("y"));
    assertEquals(List.of(-8L), width().node("Neg", "y", "n").solve().intsAtHalf("y"));
    assertEquals(List.of(8L), width().node("ReduceProd", "y", "shape").solve().intsAtHalf("y"));
    assertEquals(List.of(8L), width().node("Size", "y", "s").solve().intsAtHalf("y"));
    assertEquals(
        List.of(8L, 8L), width().node("Concat", "y", "n, n", "axis", 0).solve().intsAtHalf("y"));
  }

  @Test
  void whatWidthsDecideIsNotFollowed() {
    assertEquals(NOT_FOLLOWED, y(width().node("Range", "y", "minus, n, one")));
    assertEquals(NOT_FOLLOWED, y(width().node("Gather", "y", "three, n")));
    assertEquals(NOT_FOLLOWED, y(width().node("ConstantOfShape", "y", "n", "value", of(1))));
    assertEquals(
        NOT_FOLLOWED,
        y(width().node("Equal", "c", "n, three").node("Where", "y", "c, one, minus")));
  }

  /** As exporters write {@code expand(-1, n)}: -1 stands for what is there. */
  @Test
  void anExtentIsNeverMinusOne() {
    Solved net =
        width()
            .node("Concat", "target", "minus, n", "axis", 0)
            .node("Shape", "rank", "target")
            .node("ConstantOfShape", "ones", "rank", "value", of(1))
            .node("Mul", "minuses", "ones, minus")
            .node("Equal", "open", "target, minuses")
            .node("Where", "y", "open, ones, target")
            .solve();

    assertEquals(List.of(1L, 8L), net.intsAtHalf("y"));
  }
}

package io.espalier.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.Ints;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Small integer tensors of several axes, which exporters compute the amounts of a Pad with. */
class IntegerMovesTest {
  /** Numbers from 0 on in a shape of [3, 2]. */
  private static Net matrix() {
    return new Net()
        .ints("v", 0, 1, 2, 3, 4, 5)
        .ints("to", 3, 2)
        .node("Reshape", "m", "v, to")
        .ints("zero", 0)
        .ints("one", 1)
        .ints("two", 2);
  }

  private static String y(Net net) {
    Solved solved = net.solve();
    return solved
        .map()
        .ints(solved.id("y"))
        .map(ints -> ints.shape() + " " + Arrays.toString(ints.values()))
        .orElse("not followed");
  }

  @Test
  void sliceReversesRows() {
    Net net = matrix().ints("from", -1).ints("back", Long.MIN_VALUE + 1).ints("by", -1);

    assertEquals("[3, 2] [4, 5, 2, 3, 0, 1]", y(net.node("Slice", "y", "m, from, back, zero, by")));
  }

  @Test
  void sliceOfBothAxes() {
    Net net = matrix().ints("starts", 1, 1).ints("ends", 3, 2);

    assertEquals("[2, 1] [3, 5]", y(net.node("Slice", "y", "m, starts, ends")));
  }

  @Test
  void sliceOfTheInnerAxis() {
    assertEquals("[3, 1] [1, 3, 5]", y(matrix().node("Slice", "y", "m, one, two, one")));
  }

  @Test
  void sliceOfAnAxisThatIsNotThereIsNotFollowed() {
    assertEquals("not followed", y(matrix().node("Slice", "y", "m, one, two, two")));
  }

  @Test
  void transpose() {
    assertEquals("[2, 3] [0, 2, 4, 1, 3, 5]", y(matrix().node("Transpose", "y", "m")));
    assertEquals(
        "[3, 2] [0, 1, 2, 3, 4, 5]",
        y(matrix().node("Transpose", "y", "m", "perm", new long[] {0, 1})));
    assertEquals(
        "not followed", y(matrix().node("Transpose", "y", "m", "perm", new long[] {0, 0})));
  }

  @Test
  void largeTablesAreData() {
    Net net = new Net().table("t", 9, 8, LongStream.range(0, 72).toArray());

    assertEquals("not followed", y(net.node("Transpose", "y", "t")));
  }

  @Test
  void gatherOfRowsAndOfColumns() {
    assertEquals("[1, 2] [2, 3]", y(matrix().node("Gather", "y", "m, one", "axis", 0)));
    assertEquals("[3, 1] [1, 3, 5]", y(matrix().node("Gather", "y", "m, one", "axis", -1)));
    assertEquals("not followed", y(matrix().node("Gather", "y", "m, two", "axis", 1)));
  }

  @Test
  void concatOfColumns() {
    assertEquals(
        "[3, 4] [0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5]",
        y(matrix().node("Concat", "y", "m, m", "axis", 1)));
    assertEquals("not followed", y(matrix().node("Concat", "y", "m, v", "axis", 0)));
  }

  @Test
  void elementsStillFollowTheirWidths() {
    Solved solved =
        new Net()
            .weight("w", 6, 4)
            .node("Shape", "s", "w")
            .ints("zero", 0)
            .node("Unsqueeze", "u", "s, zero")
            .node("Transpose", "y", "u")
            .solve();

    Ints ints = solved.map().ints(solved.id("y")).orElseThrow();
    assertEquals(List.of(2, 1), ints.shape());
    assertTrue(ints.elements().stream().allMatch(element -> element.axis().isPresent()));
  }
}

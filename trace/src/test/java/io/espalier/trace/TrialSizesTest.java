package io.espalier.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TrialSizesTest {
  private static long[] sizes(Graph graph, TrialSizes sizes, int trial, int input) {
    return Objects.requireNonNull(sizes.assign(graph, trial).get(graph.inputs().get(input)));
  }

  private static Graph image() {
    return new Net().input("x", -1, 3, -1, -1).builder.build();
  }

  @Test
  void openDimensionsDifferBetweenTrials() {
    long[] first = sizes(image(), TrialSizes.automatic(), 0, 0);
    long[] second = sizes(image(), TrialSizes.automatic(), 1, 0);

    assertArrayEquals(new long[] {127, 3, 320, 448}, first);
    assertArrayEquals(new long[] {211, 3, 192, 832}, second);
  }

  @Test
  void dimensionsOfOneNameHaveOneLength() {
    Net net = new Net();
    net.builder.input("ids", List.of(Dim.open("batch"), Dim.open("tokens")));
    net.builder.input("mask", List.of(Dim.open("batch"), Dim.open("tokens")));
    net.builder.input("other", List.of(Dim.open(""), Dim.open("")));
    Graph graph = net.builder.build();
    TrialSizes sizes = TrialSizes.automatic();

    assertArrayEquals(sizes(graph, sizes, 0, 0), sizes(graph, sizes, 0, 1));
    long[] other = sizes(graph, sizes, 0, 2);
    assertNotEquals(other[0], other[1]);
  }

  /**
   * What a user gives holds in the first trial; image sizes hold in all, as networks depend on
   * them.
   */
  @Test
  void givenSizesServeTheFirstTrial() {
    TrialSizes given = TrialSizes.of(Map.of("x", List.of(2L, 3L, 224L, 224L)));

    assertArrayEquals(new long[] {2, 3, 224, 224}, sizes(image(), given, 0, 0));
    assertArrayEquals(new long[] {211, 3, 224, 224}, sizes(image(), given, 1, 0));
  }

  private static Graph twoInputs() {
    Net net = new Net();
    net.builder.input("ids", List.of(Dim.open("batch"), Dim.open("tokens")));
    net.builder.input("mask", List.of(Dim.open("batch"), Dim.open("tokens")));
    return net.builder.build();
  }

  @Test
  void aSizeThatIsGivenForTheSecondInputHoldsForTheFirst() {
    TrialSizes given = TrialSizes.of(Map.of("mask", List.of(2L, 7L)));

    assertArrayEquals(new long[] {2, 7}, sizes(twoInputs(), given, 0, 0));
    assertArrayEquals(new long[] {2, 7}, sizes(twoInputs(), given, 0, 1));
    assertEquals(7, sizes(twoInputs(), given, 1, 0)[1]);
  }

  /** A name is a wish: what a user gives counts, in every trial. */
  @Test
  void twoLengthsOfOneNameAreTaken() {
    TrialSizes given = TrialSizes.of(Map.of("ids", List.of(2L, 7L), "mask", List.of(3L, 9L)));

    for (int trial = 0; trial < TrialSizes.TRIALS; trial++) {
      assertArrayEquals(new long[] {2, 7}, sizes(twoInputs(), given, trial, 0));
      assertArrayEquals(new long[] {3, 9}, sizes(twoInputs(), given, trial, 1));
    }
  }

  @Test
  void oneNameOnTwoAxesMayHaveTwoLengths() {
    Net net = new Net();
    Dim open = Dim.open("?");
    net.builder.input("x", List.of(open, Dim.of(3), open, open));
    net.builder.input("y", List.of(open, open));
    TrialSizes given = TrialSizes.of(Map.of("x", List.of(1L, 3L, 96L, 160L)));
    Graph graph = net.builder.build();

    assertArrayEquals(new long[] {1, 3, 96, 160}, sizes(graph, given, 0, 0));
    assertArrayEquals(new long[] {1, 1}, sizes(graph, given, 0, 1));
  }

  private static String refusal(String input, Long... sizes) {
    return String.valueOf(
        assertThrows(
                TraceException.class,
                () -> TrialSizes.of(Map.of(input, List.of(sizes))).assign(image(), 0))
            .getMessage());
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    assertEquals("the model has no input \"y\"; it has [x]", refusal("y", 1L));
    assertEquals("input \"x\" has 4 dimensions, but 2 were given", refusal("x", 1L, 3L));
    assertEquals(
        "dimension 1 of input \"x\" is 3 in the model and cannot be 4",
        refusal("x", 1L, 4L, 8L, 8L));
    assertEquals(
        "trial sizes of input \"x\" must be at least 1, not [1, 3, 0, 8]",
        refusal("x", 1L, 3L, 0L, 8L));
  }
}

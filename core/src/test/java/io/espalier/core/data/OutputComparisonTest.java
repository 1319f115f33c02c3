package io.espalier.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** How far outputs are apart. */
class OutputComparisonTest {
  private static DataArray floats(float[] values, long... shape) {
    return DataArray.ofFloats(ElementType.FLOAT32, values, shape);
  }

  private static OutputComparison of(DataArray original, DataArray small, int... labels) {
    OutputComparison comparison = new OutputComparison(i -> "sample " + i, labels);
    int[] samples = SampleDraw.all((int) original.shape()[0]);
    comparison.add(samples, Map.of("y", original), Map.of("y", small));
    return comparison;
  }

  private static void assertRefused(
      String words, DataArray original, DataArray small, int... labels) {
    String message =
        assertThrows(DataException.class, () -> of(original, small, labels)).toString();
    assertTrue(message.contains(words), message);
  }

  @Test
  void errorAndCosine() {
    DataArray original = floats(new float[] {3, 4, 0, 2}, 2, 2, 1, 1);
    DataArray small = floats(new float[] {3, 4, 2, 0}, 2, 2, 1, 1);
    OutputComparison found = of(original, small);
    assertEquals(2, found.samples());
    assertEquals(Math.sqrt(8 / 29.0), found.error(), 1e-12);
    assertEquals(0.5, found.cosine().getAsDouble(), 1e-12);
    assertEquals(0.5, found.classes().orElseThrow().top1Agreement());
    assertTrue(found.classes().orElseThrow().originalAccuracy().isEmpty());
    assertEquals(0, of(original, original).error());
    assertEquals(1, of(original, original).cosine().getAsDouble(), 1e-12);
  }

  @Test
  void divergenceOfScoresIsThatOfTheirSoftmax() {
    double p = 1 / (1 + Math.exp(-1));
    double expected = p * Math.log(p / 0.5) + (1 - p) * Math.log((1 - p) / 0.5);
    DataArray original = floats(new float[] {2, 1}, 1, 2);
    DataArray small = floats(new float[] {7, 7}, 1, 2);
    ClassAgreement found = of(original, small).classes().orElseThrow();
    assertEquals(expected, found.kl().getAsDouble(), 1e-9);
  }

  @Test
  void divergenceOfProbabilitiesIsTheirOwn() {
    DataArray original = floats(new float[] {1, 0, 0.5f, 0.5f}, 2, 2);
    DataArray small = floats(new float[] {0.5f, 0.5f, 0.5f, 0.5f}, 2, 2);
    ClassAgreement found = of(original, small).classes().orElseThrow();
    assertEquals(Math.log(2) / 2, found.kl().getAsDouble(), 1e-9);
    assertTrue(of(small, original).classes().orElseThrow().kl().getAsDouble() > 5);
  }

  @Test
  void accuracyOnLabels() {
    DataArray original = floats(new float[] {1, 0, 0, 1, 1, 0, 3, 3}, 4, 2);
    DataArray small = floats(new float[] {1, 0, 1, 0, 0, 1, 0, 3}, 4, 2);
    ClassAgreement found = of(original, small, 0, 1, 0, 0).classes().orElseThrow();
    assertEquals(1, found.originalAccuracy().getAsDouble()); // the first of equals counts
    assertEquals(0.25, found.otherAccuracy().getAsDouble());
    assertRefused("the label of sample 1 is 2", original, small, 0, 2, 0, 0);
    assertRefused("the label of sample 0 is -1", original, small, -1, 0, 0, 0);
    assertRefused("there are 2 labels, and none for sample 2", original, small, 0, 1);
  }

  @Test
  void whatIsNoListOfClassesHasNone() {
    DataArray image = floats(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
    assertTrue(of(image, image).classes().isEmpty());
    assertRefused("labels need an output", image, image, 0);
    DataArray number = floats(new float[] {1}, 1, 1);
    assertTrue(of(number, number).classes().isEmpty());
    assertFalse(of(number, number).cosine().isPresent());
  }

  @Test
  void theFarthestOfSeveralOutputsCounts() {
    OutputComparison comparison = new OutputComparison(i -> "sample " + i);
    DataArray ids = DataArray.ofLongs(ElementType.INT64, new long[] {7}, 1);
    comparison.add(
        new int[] {0},
        Map.of("a", floats(new float[] {1, 1}, 1, 2), "b", floats(new float[] {2}, 1), "c", ids),
        Map.of("a", floats(new float[] {1, 1}, 1, 2), "b", floats(new float[] {3}, 1), "c", ids));
    assertEquals(0.5, comparison.error());
    assertEquals(2, comparison.outputs().size());
    assertEquals(1, comparison.cosine().getAsDouble(), 1e-12);
  }

  @Test
  void numbersThatAreNoneAreRefused() {
    DataArray good = floats(new float[] {1, 2}, 1, 2);
    DataArray bad = floats(new float[] {1, Float.NaN}, 1, 2);
    DataArray large = floats(new float[] {1, Float.POSITIVE_INFINITY}, 1, 2);
    DataArray masked = floats(new float[] {1, Float.NEGATIVE_INFINITY}, 1, 2);
    assertRefused("output 'y' is no number for sample 0: its element 1 is NaN", bad, good);
    assertRefused("element 1 is 2.0 in the original and NaN", good, bad);
    assertRefused("NaN", bad, bad);
    assertRefused("Infinity", good, large);
    assertEquals(0, of(masked, masked).error());
    assertEquals(0, of(masked, masked).classes().orElseThrow().kl().getAsDouble(), 1e-9);
  }

  @Test
  void outputsThatAreOthersAreRefused() {
    DataArray two = floats(new float[] {1, 2}, 1, 2);
    DataArray three = floats(new float[] {1, 2, 3}, 1, 3);
    assertRefused("float32[1, 2] in the original and float32[1, 3]", two, three);
    OutputComparison names = new OutputComparison(i -> "sample " + i);
    assertTrue(
        assertThrows(
                DataException.class,
                () -> names.add(new int[] {0}, Map.of("y", two), Map.of("z", two)))
            .toString()
            .contains("outputs are [y]"));
  }
}

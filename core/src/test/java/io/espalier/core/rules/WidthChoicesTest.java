package io.espalier.core.rules;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WidthChoicesTest {
  @ParameterizedTest
  @CsvSource({
    "32, 8, 32",
    "33, 8, 32",
    "36, 8, 40",
    "3, 8, 8",
    "11, 8, 16", // 8 would be less than nine tenths of 11
    "21.376, 16, 32", // 0.334 * 64: 16 would be less than nine tenths of it
    "42.688, 16, 48", // 0.667 * 64
    "0.2, 1, 1",
    "1.5, 1, 2",
    "4.5, 3, 6", // half of an odd divisor is not rounded down
    "2147483647, 2, 2147483648"
  })
  void makesDivisible(double width, int divisor, long expected) {
    assertEquals(expected, WidthChoices.makeDivisible(width, divisor));
  }

  @Test
  void fractionsOfTheOriginal() {
    assertArrayEquals(new int[] {8, 16, 24, 32}, choices(32, 8, 0.25, 0.5, 0.75, 1));
    assertArrayEquals(new int[] {16, 32, 48, 64}, choices(64, 8, 0.25, 0.5, 0.75, 1));
    assertArrayEquals(new int[] {32, 48, 64}, choices(64, 16, 0.334, 0.5, 0.667, 1));
  }

  @Test
  void everyMultipleOfTheDivisorWithoutFractions() {
    assertArrayEquals(new int[] {8, 16, 24, 32, 40, 48}, choices(48, 8));
    assertArrayEquals(new int[] {1, 2, 3}, choices(3, 1));
  }

  @Test
  void theOriginalIsAlwaysKept() {
    assertArrayEquals(new int[] {8, 10}, choices(10, 8));
    assertArrayEquals(new int[] {3}, choices(3, 8));
    assertArrayEquals(new int[] {3}, choices(3, 8, 0.5));
    assertArrayEquals(new int[] {16, 30}, choices(30, 8, 0.5, 1));
    assertArrayEquals(new int[] {30}, WidthChoices.choices(30, Optional.of(List.of()), 1));
    assertArrayEquals(new int[] {1}, choices(1, Integer.MAX_VALUE));
  }

  @Property(seed = "63")
  void choicesAscendFromOneToTheOriginal(
      @ForAll @IntRange(min = 1, max = 300) int original,
      @ForAll @Size(max = 5) List<@DoubleRange(min = 0.01, max = 1) Double> ratios,
      @ForAll @IntRange(min = 1, max = 400) int divisor) {
    int[] choices = WidthChoices.choices(original, Optional.of(ratios), divisor);
    assertArrayEquals(Arrays.stream(choices).sorted().distinct().toArray(), choices);
    assertTrue(choices[0] >= 1);
    assertEquals(original, choices[choices.length - 1]);
    for (int i = 0; i < choices.length - 1; i++) {
      assertEquals(0, choices[i] % divisor);
    }
  }

  @Property(seed = "64")
  void noFractionsMeansEveryWidthMadeDivisible(
      @ForAll @IntRange(min = 1, max = 300) int original,
      @ForAll @IntRange(min = 1, max = 400) int divisor) {
    int[] expected =
        IntStream.concat(
                IntStream.rangeClosed(1, original)
                    .map(width -> (int) WidthChoices.makeDivisible(width, divisor))
                    .filter(width -> width <= original),
                IntStream.of(original))
            .sorted()
            .distinct()
            .toArray();
    assertArrayEquals(expected, WidthChoices.choices(original, Optional.empty(), divisor));
  }

  private static int[] choices(int original, int divisor, double... ratios) {
    Optional<List<Double>> fractions =
        ratios.length == 0 ? Optional.empty() : Optional.of(Arrays.stream(ratios).boxed().toList());
    return WidthChoices.choices(original, fractions, divisor);
  }
}

package io.espalier.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ScaleTest {
  private static List<String> marks(Scale scale) {
    return scale.marks().stream().map(Figures::tick).toList();
  }

  @Test
  void marksAreRoundNumbers() {
    assertEquals(List.of("0", "0.2", "0.4"), marks(Scale.upTo(0.5)));
    assertEquals(List.of("0.05", "0.1", "0.2", "0.5"), marks(Scale.of(List.of(0.04, 0.7))));
    assertEquals(
        List.of("1e-06", "1e-05", "0.0001", "0.001"), marks(Scale.of(List.of(1e-6, 2e-3))));
    assertEquals(List.of("10", "15", "20"), marks(Scale.of(List.of(10.0, 20.0))));
  }

  @Test
  void whatIsZeroOrNegativeHasNoLogarithm() {
    assertFalse(Scale.of(List.of(0.0, 5.0)).log());
    assertFalse(Scale.of(List.of(-1.0, 5.0)).log());
    assertTrue(Scale.of(List.of(0.001, 5.0)).log());
  }

  @Property(seed = "7", tries = 300)
  void valuesStandInsideAndMarksAreFew(
      @ForAll @Size(min = 1, max = 5) List<@DoubleRange(min = -1e9, max = 1e9) Double> values) {
    Scale scale = Scale.of(values);
    for (double value : values) {
      double at = scale.at(value);
      assertTrue(at >= 0 && at <= 1, () -> value + " stands at " + at);
    }
    assertTrue(scale.marks().size() <= 30, () -> scale.toString());
  }
}

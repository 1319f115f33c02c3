package io.espalier.core.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.EspalierException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest {
  @ParameterizedTest
  @ValueSource(
      doubles = {0, 2, -1, 1.0000001, Double.NaN, Double.POSITIVE_INFINITY, -Double.MIN_VALUE})
  void refusesWhatIsNoFraction(double fraction) {
    EspalierException e =
        assertThrows(EspalierException.class, () -> Budget.of(Cost.MACS, fraction));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("a budget must be a fraction of the original's MACs"), message);
    assertTrue(message.endsWith("not " + fraction), message);
    assertFalse(message.contains("\n"));
  }

  @Test
  void takesTheWholeAndAlmostNothing() {
    assertEquals(1, Budget.of(Cost.PARAMS, 1).limits().get(0).amount());
    assertEquals(1e-9, Budget.of(Cost.PARAMS, 1e-9).limits().get(0).amount());
  }

  @Test
  void refusesDivisorsAndFloorsThatMeanNothing() {
    Budget budget = Budget.of(Cost.MACS, 0.5);
    assertThrows(EspalierException.class, () -> budget.withDivisor(0));
    assertThrows(EspalierException.class, () -> budget.withFloor(-0.1));
    assertThrows(EspalierException.class, () -> budget.withFloor(1.1));
    assertThrows(EspalierException.class, () -> budget.withFloor(Double.NaN));
  }

  @Test
  void smallWidthsHaveSmallDivisors() {
    Budget budget = Budget.of(Cost.MACS, 0.5);
    assertEquals(8, budget.divisorOf(64));
    assertEquals(4, budget.divisorOf(63));
    assertEquals(4, budget.divisorOf(32));
    assertEquals(2, budget.divisorOf(31));
    assertEquals(1, budget.divisorOf(15));
    assertEquals(16, budget.withDivisor(16).divisorOf(64));
    assertEquals(4, budget.withDivisor(16).divisorOf(32));
    assertEquals(1, budget.withDivisor(1).divisorOf(32));
  }

  @Test
  void theFloorIsRoundedUp() {
    Budget budget = Budget.of(Cost.MACS, 0.5);
    assertEquals(8, budget.leastOf(64));
    assertEquals(9, budget.leastOf(65));
    assertEquals(3, budget.withFloor(0.3).leastOf(10));
    assertEquals(0, budget.withFloor(0).leastOf(10));
  }
}

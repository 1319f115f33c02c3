package io.espalier.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecentlyUsedTest {
  private final RecentlyUsed<String, Integer> kept = new RecentlyUsed<>(10);

  @Test
  void whatWasUsedLongestAgoGoesWhereThereIsNoRoom() {
    kept.keep("a", 1, 4);
    kept.keep("b", 2, 4);
    assertEquals(Optional.of(1), kept.get("a"));
    kept.keep("c", 3, 5);
    assertEquals(Optional.of(1), kept.get("a"));
    assertEquals(Optional.empty(), kept.get("b"));
    assertEquals(Optional.of(3), kept.get("c"));
  }

  @Test
  void whatTakesMoreThanTheRoomIsNotKeptAndNothingGoesForIt() {
    kept.keep("a", 1, 4);
    assertTrue(kept.fits(10));
    assertFalse(kept.fits(11));
    kept.keep("b", 2, 11);
    assertEquals(Optional.empty(), kept.get("b"));
    assertEquals(Optional.of(1), kept.get("a"));
  }

  @Test
  void whatIsKeptStays() {
    kept.keep("a", 1, 4);
    kept.keep("a", 2, 4);
    assertEquals(Optional.of(1), kept.get("a"));
  }
}

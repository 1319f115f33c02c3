package io.espalier.core.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How low a search aims after what it found. */
class AimTest {
  private final Aim aim = new Aim();

  /** A network of which 60 is allowed. */
  private static ConfirmedLatency found(double predicted, double measured) {
    return new ConfirmedLatency(predicted, measured, 100, 60, 0.03, 1, List.of());
  }

  @Test
  void whatIsAsItShouldBeIsTheEnd() {
    assertFalse(aim.next(found(60, 60)));
    assertFalse(new Aim().next(found(58, 61)), "within the tolerance");
  }

  @Test
  void whatExceedsIsAimedBelowByAsMuch() {
    assertTrue(aim.next(found(60, 80)));
    assertEquals(0.75, aim.part(), 1e-12);
    assertTrue(aim.next(found(45, 75)));
    assertEquals(0.6, aim.part(), 1e-12);
  }

  @Test
  void whatExceedsWithinTheNoiseIsSoughtAgainAndNotRefused() {
    ConfirmedLatency found = new ConfirmedLatency(60, 63, 100, 60, 0.06, 1, List.of());
    assertTrue(aim.next(found));
    assertFalse(found.exceeds());
  }

  @Test
  void whatIsFarBelowAfterThatIsAimedBetween() {
    assertTrue(aim.next(found(60, 80)));
    assertTrue(aim.next(found(45, 45)));
    assertEquals(Math.sqrt(0.75), aim.part(), 1e-12);
    assertTrue(aim.next(found(52, 64)));
    assertEquals(Math.sqrt(0.75 * Math.sqrt(0.75)), aim.part(), 1e-12);
    assertTrue(aim.next(found(48, 57)), "3 % are left");
    assertFalse(aim.next(found(50, 59)));
  }

  @Test
  void whatIsQuickWhereTheAimWasTheLimitIsLeft() {
    assertFalse(aim.next(found(40, 39)), "another limit binds");
    assertTrue(aim.next(found(58, 50)), "the table has learnt, and there is room");
    assertEquals(1, aim.part());
  }
}

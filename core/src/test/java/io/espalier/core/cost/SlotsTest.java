package io.espalier.core.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.espalier.trace.Layout;
import io.espalier.trace.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotsTest {
  private static Layout fixed(long extent, boolean batch) {
    return new Layout.Fixed(extent, new Reason("node", "Op", "it is"), batch, false);
  }

  @Test
  void whatDoesNotChangeIsOneNumberHoweverItCameAbout() {
    Slots slots = new Slots();
    int six = slots.of(fixed(6, false));
    assertEquals(six, slots.of(Layout.product(List.of(fixed(2, false), fixed(3, false)))));
    assertNotEquals(six, slots.of(fixed(7, false)));
  }

  @Test
  void aBatchCountsOneAlsoInsideAProduct() {
    Slots slots = new Slots();
    int three = slots.of(fixed(3, false));
    assertEquals(three, slots.of(Layout.product(List.of(fixed(8, true), fixed(3, false)))));
  }
}

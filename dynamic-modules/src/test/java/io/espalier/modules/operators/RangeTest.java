package io.espalier.modules.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.modules.Net;
import io.espalier.modules.Solved;
import org.junit.jupiter.api.Test;

/** Positions along an axis. */
class RangeTest {
  private static Net sequence() {
    return new Net()
        .input("x", -1, -1, 8)
        .weight("w", 8, 16)
        .node("MatMul", "h", "x, w")
        .node("Shape", "shape", "h")
        .scalar("zero", 0)
        .scalar("one", 1)
        .scalar("two", 2);
  }

  @Test
  void lengthOfADynamicAxis() {
    Solved net =
        sequence()
            .node("Gather", "n", "shape, one")
            .node("Range", "r", "zero, n, one")
            .node("Cast", "p", "r", "to", 1)
            .solve();

    assertTrue(net.tensor("x").startsWith("127, " + net.tensor("p")), net.tensor("x"));
    assertTrue(net.tensor("h").endsWith(", a(16)"), net.tensor("h"));
  }

  @Test
  void positionsAlongAWidthFreezeIt() {
    Solved net =
        sequence()
            .node("Gather", "n", "shape, two")
            .node("Range", "r", "zero, n, one")
            .node("Cast", "p", "r", "to", 1)
            .node("Add", "y", "h, p")
            .solve();

    assertEquals("r/Range: positions along it are computed with", net.why("h", 1, 1));
  }

  @Test
  void stepsOtherThanOne() {
    Solved net =
        sequence()
            .node("Gather", "n", "shape, two")
            .node("Range", "r", "one, n, two")
            .node("Cast", "p", "r", "to", 1)
            .solve();

    assertEquals("8", net.tensor("p"));
    assertEquals("r/Range: positions along it are computed with", net.why("h", 1, 1));
  }

  @Test
  void boundsOfDataAreNotKnown() {
    Solved net = sequence().node("Range", "r", "zero, x, one").solve();

    assertTrue(net.unknown("r").startsWith("its bounds are computed from data"));
  }
}

package io.espalier.modules.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.modules.Net;
import io.espalier.modules.Solved;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Recurrent layers. */
class RecurrentTest {
  @Test
  void hiddenWidthIsOneInAllGatesAndBothDirections() {
    Solved net =
        new Net()
            .input("x", 7, 2, 5)
            .weight("w", 2, 24, 5)
            .weight("r", 2, 24, 6)
            .weight("b", 2, 48)
            .weight("h", 2, 2, 6)
            .weight("p", 2, 18)
            .weight("v", 12, 3)
            .ints("flat", 0, 0, -1)
            .node(
                "LSTM",
                "y, yh, yc",
                "x, w, r, b, , h, h, p",
                "hidden_size",
                6,
                "direction",
                "bidirectional")
            .node("Transpose", "t", "y", "perm", new long[] {0, 2, 1, 3})
            .node("Reshape", "f", "t, flat")
            .node("MatMul", "o", "f, v")
            .solve();

    assertEquals("2, 4 x a(6), 5", net.use("y", 1));
    assertEquals("2, 4 x a(6), a(6)", net.use("y", 2));
    assertEquals("2, 8 x a(6)", net.use("y", 3));
    assertEquals("2, 2, a(6)", net.use("y", 5));
    assertEquals("2, 3 x a(6)", net.use("y", 7));
    assertEquals("7, 2, 2, a(6)", net.tensor("y"));
    assertEquals("2, 2, a(6)", net.tensor("yc"));
    assertEquals("2 x a(6), b(3)", net.use("o", 1));
    assertEquals("hidden_size=6->3", net.targets("y"));
    assertEquals("2 * 4 x a(6) * 5 * 7 * 2 + 2 * 4 x a(6) * a(6) * 7 * 2", net.macs("y"));
  }

  @Test
  void batchMayComeFirst() {
    Solved net =
        new Net()
            .input("x", 2, 7, 5)
            .weight("w", 1, 18, 5)
            .weight("r", 1, 18, 6)
            .node("GRU", "y, yh", "x, w, r", "layout", 1)
            .solve();

    assertEquals("2, 7, 1, a(6)", net.tensor("y"));
    assertEquals("2, 1, a(6)", net.tensor("yh"));
    assertEquals("1, 3 x a(6), a(6)", net.use("y", 2));
  }

  @Test
  void stackedLayersHaveWidthsOfTheirOwn() {
    Solved net =
        new Net()
            .input("x", 7, 2, 5)
            .weight("w", 1, 6, 5)
            .weight("r", 1, 6, 6)
            .weight("w2", 1, 4, 6)
            .weight("r2", 1, 4, 4)
            .ints("axes", 1)
            .node("RNN", "y", "x, w, r")
            .node("Squeeze", "s", "y, axes")
            .node("RNN", "z", "s, w2, r2")
            .solve();

    assertEquals("1, b(4), a(6)", net.use("z", 1));
    assertEquals(List.of("a(6)", "b(4)"), net.symbols());
  }

  @Test
  void weightsThatAreNoGatesAreRefused() {
    Solved net =
        new Net()
            .input("x", 7, 2, 5)
            .weight("w", 1, 25, 5)
            .weight("r", 1, 24, 6)
            .node("LSTM", "y", "x, w, r")
            .solve();

    assertEquals("its weights are not 4 gates of one hidden width", net.unknown("y"));
  }
}

package io.espalier.modules.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.modules.Net;
import io.espalier.modules.Solved;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sums of products. */
class EinsumTest {
  private static Net stem() {
    return new Net().input("x", 2, 7, 4).weight("w", 4, 16).node("MatMul", "h", "x, w");
  }

  @Test
  void letterIsAnAxis() {
    Solved net =
        stem()
            .weight("v", 16, 3, 5)
            .node("Einsum", "y", "h, v", "equation", "bnc, chd -> bhnd")
            .solve();

    assertEquals("a(16), b(3), c(5)", net.use("y", 1));
    assertEquals("2, b(3), 7, c(5)", net.tensor("y"));
    assertEquals("2 * 7 * a(16) * b(3) * c(5)", net.macs("y"));
    assertEquals(List.of(), net.normalised("y"));
  }

  @Test
  void sumOverActivationsIsRestricted() {
    Solved net = stem().node("Einsum", "y", "h, h", "equation", "bic,bjc->bij").solve();

    assertEquals("2, 7, 7", net.tensor("y"));
    assertEquals(List.of("0.2", "1.2"), net.normalised("y"));
  }

  @Test
  void sumOverParametersAloneIsRestricted() {
    Solved net =
        stem()
            .weight("rows", 3, 8)
            .weight("v", 8, 16)
            .node("Einsum", "y", "rows, v", "equation", "ic,cj->ij")
            .solve();

    assertEquals(List.of("0.1", "1.0"), net.normalised("y"));
  }

  @Test
  void ellipsisBroadcastsAndTheOutputMayBeImplied() {
    Solved net =
        stem()
            .weight("v", 16, 3)
            .node("Einsum", "y", "h, v", "equation", "...c,ck->...k")
            .node("Einsum", "z", "v, h", "equation", "ck,...c")
            .solve();

    assertEquals("2, 7, b(3)", net.tensor("y"));
    assertEquals("2, 7, b(3)", net.tensor("z"));
  }

  @Test
  void equationThatDoesNotFitIsRefused() {
    Solved net =
        stem()
            .node("Einsum", "y", "h", "equation", "ab->ab")
            .node("Einsum", "z", "x", "equation", "abc->abd")
            .solve();

    assertEquals("its equation \"ab->ab\" does not fit its inputs", net.unknown("y"));
    assertEquals("its equation \"abc->abd\" names an output that no input has", net.unknown("z"));
  }
}

package io.espalier.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The layouts of well-known patterns, as text. */
class LayoutExamplesTest {
  private static Net image() {
    return new Net().input("x", 1, 3, 8, 8);
  }

  @Test
  void residualAddTiesBothBranches() {
    Solved net =
        image()
            .weight("stem", 16, 3, 1, 1)
            .weight("first", 32, 16, 1, 1)
            .weight("second", 16, 32, 1, 1)
            .weight("head", 10, 16, 1, 1)
            .node("Conv", "s", "x, stem")
            .node("Conv", "f", "s, first")
            .node("Conv", "g", "f, second")
            .node("Add", "sum", "s, g")
            .node("Conv", "y", "sum, head")
            .output("y")
            .solve();

    assertEquals("1, a(16), 8, 8", net.tensor("s"));
    assertEquals("1, b(32), 8, 8", net.tensor("f"));
    assertEquals("1, a(16), 8, 8", net.tensor("sum"));
    assertEquals("a(16), b(32), 1, 1", net.use("g", 1));
    assertEquals("10, a(16), 1, 1", net.use("y", 1));
    assertEquals("1, 10, 8, 8", net.tensor("y"));
    assertEquals("graph output 'y' fixes it", net.why("y", 1).substring("y/: ".length()));
  }

  @Test
  void convBehindConcatReadsSegments() {
    Solved net =
        image()
            .weight("left", 32, 3, 1, 1)
            .weight("right", 16, 3, 1, 1)
            .weight("after", 8, 48, 1, 1)
            .node("Conv", "l", "x, left")
            .node("Conv", "r", "x, right")
            .node("Concat", "c", "l, r", "axis", 1)
            .node("Conv", "y", "c, after")
            .solve();

    assertEquals("1, [a(32) | b(16)], 8, 8", net.tensor("c"));
    assertEquals("c(8), [a(32) | b(16)], 1, 1", net.use("y", 1));
  }

  @Test
  void segmentsThatMeetAreCutAtBothSeams() {
    Solved net =
        image()
            .weight("w20", 20, 3, 1, 1)
            .weight("w38", 38, 3, 1, 1)
            .weight("w30", 30, 3, 1, 1)
            .weight("w28", 28, 3, 1, 1)
            .node("Conv", "p", "x, w20")
            .node("Conv", "q", "x, w38")
            .node("Conv", "r", "x, w30")
            .node("Conv", "s", "x, w28")
            .node("Concat", "pq", "p, q", "axis", 1)
            .node("Concat", "rs", "r, s", "axis", 1)
            .node("Add", "y", "pq, rs")
            .solve();

    assertEquals("1, [a(20) | b(10) | c(28)], 8, 8", net.tensor("y"));
    assertEquals("1, [b(10) | c(28)], 8, 8", net.tensor("q"));
    assertEquals("1, [a(20) | b(10)], 8, 8", net.tensor("r"));
  }

  /** ShuffleNet: the halves of its pairs are tied, since the shuffle interleaves them. */
  @Test
  void channelShuffleOfTwoSegments() {
    Solved net =
        image()
            .weight("w20", 20, 3, 1, 1)
            .weight("w38", 38, 3, 1, 1)
            .ints("grouped", 1, 2, 29, 8, 8)
            .ints("flat", 1, 58, 8, 8)
            .weight("after", 4, 58, 1, 1)
            .node("Conv", "p", "x, w20")
            .node("Conv", "q", "x, w38")
            .node("Concat", "pq", "p, q", "axis", 1)
            .node("Reshape", "g", "pq, grouped")
            .node("Transpose", "t", "g", "perm", new long[] {0, 2, 1, 3, 4})
            .node("Reshape", "f", "t, flat")
            .node("Conv", "y", "f, after")
            .solve();

    assertEquals("1, [a(20) | b(9) | a(20) | b(9)], 8, 8", net.tensor("pq"));
    assertEquals("1, 2, [a(20) | b(9)], 8, 8", net.tensor("g"));
    assertEquals("1, [a(20) | b(9)] x 2, 8, 8", net.tensor("f"));
    assertEquals("1[0]=1 1[1]=2 1[2]=14 1[3]=8 1[4]=8", net.elements("g"));
    assertEquals("1[0]=1 1[1]=28 1[2]=8 1[3]=8", net.elements("f"));
  }

  /** A fused projection that is split has three widths of its own. */
  @Test
  void fusedProjectionSplitInThree() {
    Solved net =
        new Net()
            .input("x", 1, 5, 12)
            .weight("qkv", 12, 36)
            .weight("out", 12, 12)
            .node("MatMul", "p", "x, qkv")
            .node("Split", "q, k, v", "p", "axis", -1)
            .node("Add", "scores", "q, k")
            .node("MatMul", "y", "v, out")
            .output("y")
            .solve();

    assertEquals("12, [a(12) | a(12) | b(12)]", net.use("p", 1));
    assertEquals("1, 5, a(12)", net.tensor("k"));
    assertEquals("b(12), 12", net.use("y", 1));
  }

  /** One that is reshaped to 3 x heads x dim ties them. */
  @Test
  void fusedProjectionReshapedToHeads() {
    Solved net =
        new Net()
            .input("x", 1, 5, 12)
            .weight("qkv", 12, 36)
            .ints("shape", 1, 5, 3, 4, 3)
            .node("MatMul", "p", "x, qkv")
            .node("Reshape", "y", "p, shape")
            .solve();

    assertEquals("12, a(3) x b(4) x c(3)", net.use("p", 1));
  }

  private static String text(Term term) {
    Snapshot snapshot = new Snapshot();
    snapshot.number(List.of(term));
    return Layout.print(snapshot.of(term), s -> (char) ('a' + s.index()) + "(" + s.extent() + ")");
  }

  @Test
  void productMeetsConcatAtASeamBetweenUnits() {
    Unifier unifier = new Unifier();
    Term product = Term.product(List.of(unifier.symbol(6), unifier.symbol(4)));
    Term concat = Term.concat(List.of(unifier.symbol(8), unifier.symbol(16)));
    unifier.unify(product, concat);

    assertEquals("[a(2) | b(4)] x c(4)", text(product));
    assertEquals("[a(2) x c(4) | b(4) x c(4)]", text(concat));
  }

  /** The unit that is cut stays; its inner part is cut in all units alike. */
  @Test
  void cutThatFallsInsideAUnit() {
    Unifier unifier = new Unifier();
    Term product = Term.product(List.of(unifier.symbol(6), unifier.symbol(4)));
    List<Term> pieces = unifier.split(product, new long[] {10, 14});

    assertEquals("[a(2) | 1 | b(3)] x [c(2) | d(2)]", text(product));
    assertEquals("[a(2) x [b(2) | c(2)] | b(2)]", text(pieces.get(0)));
    assertEquals("[b(2) | a(3) x [c(2) | b(2)]]", text(pieces.get(1)));
  }

  @Test
  void groupsThatDoNotNestAreFrozenAndSayWhy() {
    Unifier unifier = new Unifier();
    Term a = Term.product(List.of(unifier.symbol(4), unifier.symbol(6)));
    Term b = Term.product(List.of(unifier.symbol(6), unifier.symbol(4)));
    unifier.unify(a, b);

    assertEquals("24", text(a));
    Layout.Fixed factor =
        (Layout.Fixed) new Snapshot().of(Unifier.find(((Term.Product) a).factors.get(0)));
    assertEquals(
        "factors of 4 x 6 and of 6 x 4 do not nest in one another", factor.reason().text());
  }

  /** Does not fire: groups that do nest stay free. */
  @Test
  void groupsThatNestAreRefined() {
    Unifier unifier = new Unifier();
    Term a = Term.product(List.of(unifier.symbol(4), unifier.symbol(6)));
    Term b = Term.product(List.of(unifier.symbol(2), unifier.symbol(12)));
    unifier.unify(a, b);

    assertEquals("a(2) x b(2) x c(6)", text(a));
    assertEquals("a(2) x b(2) x c(6)", text(b));
  }

  @Test
  void groupedConvSharesItsGroups() {
    Solved net =
        image()
            .weight("stem", 32, 3, 1, 1)
            .weight("grouped", 64, 8, 3, 3)
            .weight("after", 5, 64, 1, 1)
            .node("Conv", "s", "x, stem")
            .node("Conv", "g", "s, grouped", "group", 4)
            .node("Conv", "y", "g, after")
            .solve();

    assertEquals("1, d(4) x a(8), 8, 8", net.tensor("s"));
    assertEquals("1, d(4) x e(16), 8, 8", net.tensor("g"));
    assertEquals("d(4) x e(16), a(8), b(3), c(3)", net.use("g", 1));
  }

  @Test
  void windowKeepsItsCentredRun() {
    Unifier unifier = new Unifier();
    Term window = unifier.window(7, 3);
    Term plain = unifier.symbol(7);
    unifier.unify(plain, window);
    Snapshot snapshot = new Snapshot();
    snapshot.number(List.of(plain));

    Layout.Symbol symbol = snapshot.symbols().get(0);
    assertTrue(symbol.window());
    assertEquals(3, symbol.least());
    assertEquals(symbol, snapshot.of(window));
  }
}

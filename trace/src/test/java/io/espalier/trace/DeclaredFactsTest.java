package io.espalier.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.Linear;
import io.espalier.spi.Typing;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class DeclaredFactsTest {
  /** A rule that types its node as it is, and declares something of it. */
  private static Solved declaring(Consumer<Typing> declared) {
    return new Net()
        .input("x", 1, 4)
        .weight("stem", 4, 16)
        .weight("other", 16, 6)
        .node("MatMul", "s", "x, stem")
        .node("Odd", "o", "s, other", "pads", new long[] {1, 1})
        .solve(
            HandMade.rule(
                "Odd",
                (node, t) -> {
                  t.output(0, node.input(0).axes());
                  declared.accept(t);
                }));
  }

  @Test
  void aRuleThatDeclaresWhatIsNotThereFreezesItsNode() {
    Map<String, Consumer<Typing>> wrong =
        Map.ofEntries(
            Map.entry(
                "rewrites element 2 of attribute pads", t -> t.attribute("pads", 2, t.number(1))),
            Map.entry(
                "rewrites element -2 of attribute pads", t -> t.attribute("pads", -2, t.number(1))),
            Map.entry("rewrites element 0 of input 3", t -> t.element(3, 0, t.number(1))),
            Map.entry("rewrites element 999 of input 1", t -> t.element(1, 999, t.number(1))),
            Map.entry("rectifies input 2", t -> t.rectifies(2)),
            Map.entry("selects from input 5", t -> t.selects(5)),
            Map.entry("adds input 3", t -> t.affine(3, 0)),
            Map.entry("sums input 4", t -> t.affine(1, 4)),
            Map.entry("has something to tell of input -1", t -> t.unmaskable(-1)),
            Map.entry(
                "has a product of axes, " + Linear.of(0, 2, 1, 0, 1, 1),
                t -> t.linear(Linear.of(0, 2, 1, 0, 1, 1))),
            Map.entry(
                "has a product of axes, " + Linear.of(0, 1, 1, 0, 1, 1).withBias(2),
                t -> t.linear(Linear.of(0, 1, 1, 0, 1, 1).withBias(2))));
    wrong.forEach(
        (what, declared) -> {
          Solved net = declaring(declared);
          String why = net.why("s", 1);
          assertTrue(
              why.endsWith(
                  "IllegalArgumentException: it says that the node "
                      + what
                      + ", which is not there"),
              why);
        });
  }

  @Test
  void whatIsThereMayBeDeclared() {
    Solved net =
        declaring(
            t -> {
              t.attribute("pads", 1, t.number(1));
              t.attribute("group", -1, t.number(1));
              t.attribute("dilations", 7, t.number(1));
              t.replaces(4, "pads");
              t.element(4, 3, t.number(1));
              t.element(2, 0, t.number(1)); // left out, and added
              t.rectifies(0);
              t.affine(1, 0);
              t.unmaskable(1);
              t.optional(9);
              t.linear(Linear.of(0, 1, 1, 0, 1, 1));
            });

    assertEquals("1, a(16)", net.tensor("o"));
  }
}

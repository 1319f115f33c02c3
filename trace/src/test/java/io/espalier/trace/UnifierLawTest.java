package io.espalier.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * The law of the algebra, on random systems: what was tied keeps the same indices, whatever units
 * of the remaining symbols are kept, and no operation ever fails.
 */
class UnifierLawTest {
  private static final int ACTIVE_SETS = 3;

  @Property(tries = 24_000, seed = "20250117", edgeCases = EdgeCasesMode.NONE)
  void tiedAxesKeepTheSameIndices(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 6) int axes,
      @ForAll @IntRange(min = 1, max = 10) int steps) {
    check(run(seed, axes, steps), new Random(~seed));
  }

  @Property(tries = 1_000, seed = "31", edgeCases = EdgeCasesMode.NONE)
  void tiedAxesKeepTheSameIndicesAfterManyOperations(@ForAll long seed) {
    check(run(seed, 6, 60), new Random(~seed));
  }

  /** Without it, freezing everything would pass for a correct solver. */
  @Example
  void freedomSurvives() {
    int free = 0;
    int all = 0;
    for (long seed = 0; seed < 2_000; seed++) {
      RandomSystem system = run(seed, 3, 4);
      Snapshot snapshot = snapshot(system);
      for (RandomSystem.Tie tie : system.ties) {
        all++;
        free += snapshot.of(tie.a()).isFree() ? 1 : 0;
      }
    }
    assertTrue(free > all / 2, free + " of " + all + " ties are free");
  }

  /** The control of the law: axes that were not tied do differ. */
  @Example
  void untiedAxesDiffer() {
    Unifier unifier = new Unifier();
    Term a = Term.product(List.of(unifier.symbol(3), unifier.symbol(4)));
    Term b = unifier.symbol(12);
    Snapshot snapshot = new Snapshot();
    snapshot.number(List.of(a, b));
    Layout.Units units = symbol -> new int[] {0};

    assertArrayEquals(new int[] {0}, snapshot.of(a).kept(units));
    Layout.Units more = symbol -> symbol.extent() == 3 ? new int[] {1, 2} : new int[] {0};
    assertArrayEquals(new int[] {4, 8}, snapshot.of(a).kept(more));
    assertArrayEquals(new int[] {0}, snapshot.of(b).kept(more));
  }

  private static RandomSystem run(long seed, int axes, int steps) {
    RandomSystem system = new RandomSystem(seed, axes);
    for (int i = 0; i < steps; i++) {
      try {
        system.step();
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("an operation failed after\n" + system.script, e);
      }
    }
    return system;
  }

  private static Snapshot snapshot(RandomSystem system) {
    List<Term> terms = new ArrayList<>(system.all());
    system.ties.forEach(
        tie -> {
          terms.add(tie.a());
          terms.add(tie.b());
        });
    Snapshot snapshot = new Snapshot();
    snapshot.number(terms);
    return snapshot;
  }

  private static void check(RandomSystem system, Random random) {
    Snapshot snapshot = snapshot(system);
    List<Layout.Symbol> symbols = snapshot.symbols();
    for (Term term : system.frozen) {
      assertFalse(snapshot.of(term).isFree(), () -> "not frozen after\n" + system.script);
    }
    for (int set = 0; set < ACTIVE_SETS; set++) {
      Layout.Units units = RandomSystem.randomUnits(random, symbols);
      for (RandomSystem.Tie tie : system.ties) {
        int[] a = snapshot.of(tie.a()).kept(units);
        int[] b = snapshot.of(tie.b()).kept(units);
        assertArrayEquals(
            a,
            b,
            () ->
                tie.why()
                    + " of "
                    + snapshot.of(tie.a())
                    + " and "
                    + snapshot.of(tie.b())
                    + " after\n"
                    + system.script);
      }
      for (Term term : system.all()) {
        checkAlone(term.extent(), snapshot.of(term), units, system.script);
      }
    }
  }

  private static void checkAlone(
      long extent, Layout layout, Layout.Units units, CharSequence script) {
    int[] kept = layout.kept(units);
    assertEquals(extent, layout.extent(), () -> "extent of " + layout + " after\n" + script);
    assertEquals(
        layout.extent(symbol -> units.units(symbol).length),
        kept.length,
        () -> "active extent of " + layout + " after\n" + script);
    assertTrue(
        IntStream.range(1, kept.length).allMatch(i -> kept[i - 1] < kept[i]),
        () -> "indices of " + layout + " do not ascend after\n" + script);
    assertTrue(kept.length > 0 && kept[0] >= 0 && kept[kept.length - 1] < extent);
    if (!layout.isFree()) {
      assertArrayEquals(IntStream.range(0, (int) extent).toArray(), kept);
    }
  }
}

package io.espalier.core.checks;

import io.espalier.core.space.Dial;
import io.espalier.core.space.HparamSpec;
import io.espalier.core.space.Space;
import io.espalier.core.values.Block;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.Layout;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold of a search space, after rules have restricted it. */
public final class SpaceChecks {
  static final Checks<Restricted> ALL =
      new Checks<>(
          List.of(
              new Check<>("a dial is the number it stands at", SpaceChecks::numbers),
              new Check<>("the last choice is the original", SpaceChecks::originals),
              new Check<>("choices ascend and are in range", SpaceChecks::ranges),
              new Check<>("a width is turned by one dial", SpaceChecks::widths),
              new Check<>("what rules freeze has no choice", SpaceChecks::ruled),
              new Check<>("only blocks that can go are left out", SpaceChecks::blocks),
              new Check<>("every hparam has a name of its own", SpaceChecks::names),
              new Check<>("a dial turns the hparam it is named after", SpaceChecks::named)));

  private SpaceChecks() {}

  /**
   * Runs them.
   *
   * @throws CheckException at the first thing that does not hold
   */
  public static void check(Space space, DMRegistry registry) {
    ALL.run("search space", Restricted.of(space), registry);
  }

  private static void numbers(Restricted made, Faults faults) {
    for (int i = 0; i < made.dials().size(); i++) {
      if (made.dials().get(i).index() != i) {
        throw faults.at(label(made.dials().get(i)), "stands at " + i);
      }
    }
  }

  private static void originals(Restricted made, Faults faults) {
    for (Dial dial : made.dials()) {
      List<int[]> settings = dial.settings();
      int[] last = settings.isEmpty() ? new int[0] : settings.get(settings.size() - 1);
      if (!Arrays.equals(last, original(dial))) {
        throw faults.at(label(dial), "has the last choice " + Arrays.toString(last));
      }
    }
  }

  private static int[] original(Dial dial) {
    if (dial.kind() == Dial.Kind.DEPTH) {
      return new int[] {dial.blocks().size()};
    }
    int[] extents = new int[dial.symbols().size()];
    Arrays.setAll(extents, i -> Math.toIntExact(dial.symbols().get(i).extent()));
    return extents;
  }

  private static void ranges(Restricted made, Faults faults) {
    for (Dial dial : made.dials()) {
      int[] most = dial.settings().get(dial.settings().size() - 1);
      int[] least = least(dial, most.length);
      int[] before = null;
      for (int[] units : dial.settings()) {
        boolean ascends = before == null || Arrays.compare(before, units) < 0;
        if (!ascends || !isBetween(least, most, units) || !keepsParity(dial, most, units)) {
          throw faults.at(label(dial), "has the choice " + Arrays.toString(units));
        }
        before = units;
      }
    }
  }

  private static int[] least(Dial dial, int count) {
    int[] least = new int[count];
    for (int i = 0; i < dial.symbols().size(); i++) {
      least[i] = Math.toIntExact(dial.symbols().get(i).least());
    }
    return least;
  }

  private static boolean isBetween(int[] least, int[] most, int[] units) {
    boolean between = units.length == most.length;
    for (int i = 0; between && i < units.length; i++) {
      between = least[i] <= units[i] && units[i] <= most[i];
    }
    return between;
  }

  private static boolean keepsParity(Dial dial, int[] most, int[] units) {
    boolean keeps = true;
    for (int i = 0; dial.kind() == Dial.Kind.CROP && keeps && i < units.length; i++) {
      keeps = !dial.symbols().get(i).window() || (most[i] - units[i]) % 2 == 0;
    }
    return keeps;
  }

  private static void widths(Restricted made, Faults faults) {
    Map<Layout.Symbol, Dial> turning = new HashMap<>(2 * made.dials().size());
    for (Dial dial : made.dials()) {
      for (Layout.Symbol symbol : dial.symbols()) {
        if (!made.symbols().get(symbol.index()).equals(symbol)) {
          throw faults.at(label(dial), "turns " + symbol + ", which is none of the network's");
        }
        // two that leave it whole are two names of no choice
        Dial other = dial.settings().size() > 1 ? turning.put(symbol, dial) : turning.get(symbol);
        if (other != null) {
          throw faults.at(label(dial), "turns " + symbol + " as " + label(other) + " does");
        }
      }
    }
  }

  private static void ruled(Restricted made, Faults faults) {
    for (Dial dial : made.dials()) {
      for (int i = 0; i < dial.symbols().size(); i++) {
        Layout.Symbol symbol = dial.symbols().get(i);
        int at = i;
        if (made.ruled().contains(symbol)
            && dial.settings().stream().anyMatch(units -> units[at] != symbol.extent())) {
          throw faults.at(label(dial), "turns " + symbol + ", which is frozen");
        }
      }
    }
  }

  private static void blocks(Restricted made, Faults faults) {
    for (Dial dial : made.dials()) {
      if (dial.kind() == Dial.Kind.DEPTH) {
        int least = dial.settings().get(0)[0];
        for (Block block : dial.blocks().subList(least, dial.blocks().size())) {
          if (!block.canGo()) {
            throw faults.at(label(dial), "leaves out " + block.name());
          }
        }
      }
    }
  }

  private static void names(Restricted made, Faults faults) {
    Set<String> names = new HashSet<>(2 * made.hparams().size());
    for (HparamSpec spec : made.hparams()) {
      if (!names.add(spec.name())) {
        throw faults.at("hparam " + spec.name(), "is there twice");
      }
    }
  }

  private static void named(Restricted made, Faults faults) {
    BitSet met = new BitSet();
    for (HparamSpec spec : made.hparams()) {
      Dial dial = spec.dial();
      if (dial == null) {
        continue;
      }
      if (dial.index() >= made.dials().size() || !made.dials().get(dial.index()).equals(dial)) {
        throw faults.at("hparam " + spec.name(), "has a dial of another space");
      }
      boolean first = !met.get(dial.index());
      met.set(dial.index());
      if (first && !spec.primary()) {
        throw faults.at("hparam " + spec.name(), "comes before its dial's own, " + dial.name());
      }
      for (Layout layout : spec.layouts()) {
        Layout.forEachSymbol(
            layout,
            symbol -> {
              if (!dial.symbols().contains(symbol)) {
                throw faults.at("hparam " + spec.name(), "shows " + symbol + " of another dial");
              }
            });
      }
    }
    int missing = met.nextClearBit(0);
    if (missing < made.dials().size()) {
      throw faults.at(label(made.dials().get(missing)), "turns no hparam");
    }
  }

  private static String label(Dial dial) {
    return "dial " + dial.name();
  }
}

package io.espalier.core.space;

import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.core.values.Cut;
import io.espalier.spi.EspalierException;
import io.espalier.trace.Layout;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What of a generated space can change: the active setting, narrowed choices, orders of units. */
public final class SpaceState {
  private final Space space;
  private final int[] active;

  /** For each dial, the positions that may be chosen, ascending. */
  private final int[][] open;

  /** For each dial, its choices once they were sampled from. */
  private final @Nullable Choices[] sampled;

  /** For each symbol, its units from the most important on; null for the order they have. */
  private final int[] @Nullable [] orders;

  private final Map<String, Integer> held = new LinkedHashMap<>();

  private volatile Object revision = new Object();

  public SpaceState(Space space) {
    this.space = space;
    this.active = space.original();
    this.open = new int[space.dials().size()][];
    this.sampled = new Choices[space.dials().size()];
    for (Dial dial : space.dials()) {
      boolean closed = dial.symbols().stream().anyMatch(space.closed()::containsKey);
      int first = closed ? dial.original() : 0;
      open[dial.index()] = IntStream.range(first, dial.settings().size()).toArray();
    }
    this.orders = new int[space.map().symbols().size()][];
  }

  /** Another object after every change of the active setting or of an order. */
  public Object revision() {
    return revision;
  }

  /** The space. */
  public Space space() {
    return space;
  }

  /** The active setting. */
  public int[] active() {
    return active.clone();
  }

  /**
   * The setting that a config means.
   *
   * @param start what hparams are that it does not name
   * @param strict whether missing and unexpected names are errors
   * @throws EspalierException that names everything that is wrong with the config
   */
  public int[] resolve(Config config, int[] start, boolean strict) {
    return new Selector(space, this::positions).resolve(config, start, strict);
  }

  /** What stays of the network at a setting, by the orders that units have now. */
  public Cut cut(int[] setting) {
    return space.cut(setting, orders.clone());
  }

  /** The positions of a dial that may be chosen, ascending; not to be changed. */
  public int[] positions(Dial dial) {
    return open[dial.index()];
  }

  /** The number of settings that may be chosen. */
  public BigInteger size() {
    BigInteger size = BigInteger.ONE;
    for (Dial dial : space.dials()) {
      size = size.multiply(BigInteger.valueOf(positions(dial).length));
    }
    return size;
  }

  /** The choices of a dial under one of its names; those under the first are kept. */
  Choices choices(Dial dial, HparamSpec spec) {
    if (!spec.name().equals(dial.name())) {
      return new Choices(positions(dial), choices(spec));
    }
    Choices known = sampled[dial.index()];
    if (known == null) {
      known = new Choices(positions(dial), choices(spec));
      sampled[dial.index()] = known;
    }
    return known;
  }

  public void setActive(int[] setting) {
    System.arraycopy(setting, 0, active, 0, setting.length);
    revision = new Object();
  }

  /** From now on a dial may only be what it is, or whole. */
  public void freeze(Dial dial) {
    open(dial, IntStream.of(active[dial.index()], dial.original()).sorted().distinct().toArray());
  }

  /**
   * From now on an hparam is what is said, and nothing else may be chosen: neither by a search, nor
   * by a config that does not name it. Opens what is closed otherwise.
   *
   * @throws EspalierException if it cannot be that
   */
  public void hold(HparamSpec spec, int value) {
    Dial dial = dial(spec);
    for (int position = 0; position < dial.settings().size(); position++) {
      if (space.valueAt(spec, position).equals(Choice.of(value))) {
        open(dial, new int[] {position});
        held.put(dial.name(), value);
        active[dial.index()] = position;
        revision = new Object();
        return;
      }
    }
    throw new EspalierException(
        spec.name() + " cannot be " + value + "; it may be less than " + original(spec));
  }

  /** What hparams are held at, by their first names. */
  public Map<String, Integer> held() {
    return Collections.unmodifiableMap(held);
  }

  /** The setting that leaves the network as it is, but for what is held at something else. */
  public int[] whole() {
    int[] whole = space.original();
    for (String name : held.keySet()) {
      Dial dial = dial(space.spec(name));
      whole[dial.index()] = positions(dial)[0];
    }
    return whole;
  }

  private void open(Dial dial, int[] positions) {
    open[dial.index()] = positions;
    sampled[dial.index()] = null;
  }

  public boolean isConfigurable(HparamSpec spec) {
    Dial dial = spec.dial();
    return dial != null && positions(dial).length > 1;
  }

  public List<Choice> choices(HparamSpec spec) {
    Dial dial = spec.dial();
    if (dial == null) {
      return List.of(original(spec));
    }
    return Arrays.stream(positions(dial))
        .mapToObj(position -> space.valueAt(spec, position))
        .toList();
  }

  public void narrow(HparamSpec spec, List<Choice> choices) {
    Dial dial = dial(spec);
    BitSet narrowed = new BitSet();
    List<Choice> known = choices(spec);
    int[] positions = positions(dial);
    for (Choice choice : choices) {
      int at = known.indexOf(choice);
      if (at < 0) {
        throw new EspalierException(
            spec.name() + " cannot be " + choice + "; its choices are " + known);
      }
      narrowed.set(positions[at]);
    }
    if (!narrowed.get(dial.original()) || !narrowed.get(active[dial.index()])) {
      throw new EspalierException(
          "the choices of "
              + spec.name()
              + " must hold its original, "
              + original(spec)
              + ", and its active value, "
              + active(spec)
              + "; they would be "
              + choices);
    }
    open(dial, narrowed.stream().toArray());
  }

  public Choice active(HparamSpec spec) {
    return space.value(spec, space.widths(active), active);
  }

  public void setActive(HparamSpec spec, Choice choice) {
    Dial dial = dial(spec);
    int at = choices(spec).indexOf(choice);
    if (at < 0) {
      throw new EspalierException(
          spec.name() + " cannot be " + choice + "; its choices are " + choices(spec));
    }
    active[dial.index()] = positions(dial)[at];
    revision = new Object();
  }

  private Dial dial(HparamSpec spec) {
    Dial dial = spec.dial();
    if (dial == null) {
      throw new EspalierException(
          spec.name()
              + (spec.derived()
                  ? " is derived from " + print(spec) + "; set those instead"
                  : " is fixed"));
    }
    return dial;
  }

  public Choice original(HparamSpec spec) {
    return space.value(spec, Layout.Symbol::extent, space.original());
  }

  /** What a width is a choice for; null for other hparams. */
  public static Layout.@Nullable Symbol symbol(HparamSpec spec) {
    Dial dial = spec.dial();
    return dial != null && dial.kind() == Dial.Kind.WIDTH ? dial.symbols().get(0) : null;
  }

  public int[] order(HparamSpec spec) {
    Layout.Symbol symbol = symbol(spec);
    int[] order = symbol == null ? null : orders[symbol.index()];
    if (order != null) {
      return order.clone();
    }
    int[] natural = new int[symbol == null ? 0 : Math.toIntExact(symbol.extent())];
    Arrays.setAll(natural, i -> i);
    return natural;
  }

  public void setOrder(HparamSpec spec, int[] order) {
    Layout.Symbol symbol = symbol(spec);
    if (symbol == null || !isPermutation(order, Math.toIntExact(symbol.extent()))) {
      throw new EspalierException(
          "the order of "
              + spec.name()
              + " must hold each of its "
              + (symbol == null ? 0 : symbol.extent())
              + " units once");
    }
    order(symbol, order);
  }

  /**
   * Gives the units of a symbol an order.
   *
   * @param order its units from the most important on
   */
  public void order(Layout.Symbol symbol, int[] order) {
    orders[symbol.index()] = order.clone();
    revision = new Object();
  }

  private static boolean isPermutation(int[] order, int units) {
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    if (sorted.length != units) {
      return false;
    }
    for (int i = 0; i < units; i++) {
      if (sorted[i] != i) {
        return false;
      }
    }
    return true;
  }

  /** How an hparam is made of choices. */
  public String print(HparamSpec spec) {
    Map<Layout.Symbol, String> names = new LinkedHashMap<>();
    for (Dial dial : space.dials()) {
      dial.symbols().forEach(symbol -> names.put(symbol, dial.name()));
    }
    return String.join(
        " by ",
        spec.layouts().stream()
            .map(
                axis ->
                    Layout.print(axis, s -> names.getOrDefault(s, "free") + "(" + s.extent() + ")"))
            .toList());
  }
}

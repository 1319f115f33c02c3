package io.espalier.core;

import io.espalier.core.cost.CostHandler;
import io.espalier.core.cost.CostSheet;
import io.espalier.core.space.SpaceState;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that can be chosen in a space, side by side, and what a choice of everything costs: what
 * searches turn. A <em>setting</em> is one position for each dial; the last position of each is the
 * original.
 *
 * <p>Immutable: it shows the choices that the space had when it was made, and nothing turns the
 * space itself. Safe for use by several threads at once.
 */
public final class Dials {
  private final List<Dial> dials = new ArrayList<>();
  private final int[] last;
  private final int[] whole;
  private final int[] original;
  private final List<CostHandler> costs;
  private final CostSheet sheet;

  /** What a dial turns. */
  public enum Kind {
    /** How many units a width keeps. */
    WIDTH,
    /** How large a kernel is. */
    KERNEL,
    /** How many blocks of a chain stay. */
    DEPTH
  }

  /**
   * One choice.
   *
   * @param name of its hparam, the first one
   * @param choices its values, ascending
   * @param positions what each is to the space
   */
  @SuppressWarnings("ArrayRecordComponent") // dials are not compared
  private record Dial(int index, String name, Kind kind, List<Choice> choices, int[] positions) {}

  Dials(
      SpaceState state,
      Map<String, Hparam> hparams,
      Collection<CostHandler> costs,
      CostSheet sheet) {
    this.whole = state.whole();
    this.original = state.space().original();
    this.costs = List.copyOf(costs);
    this.sheet = sheet;
    for (Hparam hparam : hparams.values()) {
      io.espalier.core.space.Dial dial = hparam.dial();
      dials.add(
          new Dial(
              dial.index(),
              hparam.name(),
              kind(dial.kind()),
              hparam.choices(),
              state.positions(dial).clone()));
    }
    this.last = dials.stream().mapToInt(dial -> dial.choices().size() - 1).toArray();
  }

  private static Kind kind(io.espalier.core.space.Dial.Kind kind) {
    return switch (kind) {
      case WIDTH -> Kind.WIDTH;
      case CROP -> Kind.KERNEL;
      case DEPTH -> Kind.DEPTH;
    };
  }

  /** How many there are. */
  public int size() {
    return dials.size();
  }

  /** The hparam that a dial turns, under its first name. */
  public String name(int dial) {
    return dials.get(dial).name();
  }

  /** What a dial turns. */
  public Kind kind(int dial) {
    return dials.get(dial).kind();
  }

  /** The values of a dial, ascending; the last is the original. */
  public List<Choice> choices(int dial) {
    return dials.get(dial).choices();
  }

  /** The setting that leaves the network as it is, but for what is held at something else. */
  public int[] original() {
    return last.clone();
  }

  /**
   * The setting that a config means; what it does not name is the original.
   *
   * @throws EspalierException if a dial has no such choice
   */
  public int[] setting(Config config) {
    int[] setting = original();
    Map<String, Choice> choices = config.choices();
    for (int dial = 0; dial < setting.length; dial++) {
      Choice choice = choices.get(name(dial));
      if (choice != null) {
        setting[dial] = position(dial, choice);
      }
    }
    return setting;
  }

  /**
   * The position of a choice.
   *
   * @throws EspalierException if the dial has none such
   */
  public int position(int dial, Choice choice) {
    List<Choice> choices = choices(dial);
    int position = kind(dial) == Kind.KERNEL ? first(choices, choice) : ascending(choices, choice);
    if (position < 0 || choices.get(position).sizes() != choice.sizes()) {
      throw new EspalierException(
          name(dial) + " cannot be " + choice + "; its choices are " + choices(dial));
    }
    return position;
  }

  private static int ascending(List<Choice> numbers, Choice choice) {
    return Collections.binarySearch(numbers, choice);
  }

  private static int first(List<Choice> sizes, Choice choice) {
    for (int i = 0; i < sizes.size(); i++) {
      if (sizes.get(i).compareTo(choice) == 0) {
        return i;
      }
    }
    return -1;
  }

  /** A choice for everything that can be configured. */
  public Config config(int[] setting) {
    Map<String, Choice> choices = new LinkedHashMap<>();
    for (int i = 0; i < setting.length; i++) {
      choices.put(name(i), choices(i).get(setting[i]));
    }
    return Config.of(choices);
  }

  /** The costs that are counted. */
  public List<CostHandler> costs() {
    return costs;
  }

  /** What a setting costs, in the order of {@link #costs()}. */
  public long[] costs(int[] setting) {
    return sheet.at(positions(setting));
  }

  /**
   * One cost of a setting.
   *
   * @param cost its index in {@link #costs()}
   */
  public long cost(int[] setting, int cost) {
    return sheet.at(positions(setting), cost);
  }

  /** What the original costs, with what is held at something else whole. */
  public long[] originalCosts() {
    return sheet.at(original);
  }

  private int[] positions(int[] setting) {
    int[] positions = whole.clone();
    for (int i = 0; i < setting.length; i++) {
      positions[dials.get(i).index()] = dials.get(i).positions()[setting[i]];
    }
    return positions;
  }
}

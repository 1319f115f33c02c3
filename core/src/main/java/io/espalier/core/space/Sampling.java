package io.espalier.core.space;

import io.espalier.core.rules.Glob;
import io.espalier.core.rules.Names;
import io.espalier.core.values.Choice;
import io.espalier.spi.EspalierException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Picks settings of a space by functions of the choices, or at random. */
public final class Sampling {
  private Sampling() {}

  /**
   * Who picks the position of a dial.
   *
   * @param spec the hparam whose choices it is shown
   * @param function picks one of them; null leaves the dial as it is
   */
  private record Picker(HparamSpec spec, @Nullable Function<List<Choice>, Choice> function) {}

  /**
   * A setting in which every dial is what a function picks of the choices under its first name.
   *
   * @throws EspalierException if the function picks none of the choices
   */
  public static int[] each(SpaceState state, Function<List<Choice>, Choice> function) {
    Map<Dial, Picker> pickers = new LinkedHashMap<>();
    for (Dial dial : state.space().dials()) {
      pickers.put(dial, new Picker(state.space().spec(dial.name()), function));
    }
    return picked(state, pickers);
  }

  /**
   * A setting in which every dial is what the function of the last glob that matches one of its
   * names picks, of the choices under that name. With no match, or a null function, it stays as it
   * is.
   *
   * @throws EspalierException if a glob matches no hparam, a function picks none of the choices, or
   *     the map has no order that says which glob is the last
   */
  public static int[] byGlob(
      SpaceState state, Map<String, ? extends @Nullable Function<List<Choice>, Choice>> functions) {
    if (functions.size() > 1
        && !(functions instanceof LinkedHashMap || functions instanceof SortedMap)) {
      throw new EspalierException(
          "of several globs the last that matches counts, and a "
              + functions.getClass().getName()
              + " has no order that can be relied on; give a LinkedHashMap");
    }
    Map<Dial, Picker> pickers = new LinkedHashMap<>();
    functions.forEach(
        (pattern, function) -> {
          Map<Dial, Picker> matched = new LinkedHashMap<>();
          for (HparamSpec spec : matched(state.space(), pattern)) {
            Dial dial = spec.dial();
            if (dial != null) {
              matched.putIfAbsent(dial, new Picker(spec, function));
            }
          }
          pickers.putAll(matched);
        });
    return picked(state, pickers);
  }

  private static List<HparamSpec> matched(Space space, String pattern) {
    Glob glob = Glob.of(pattern);
    List<HparamSpec> matched =
        space.hparams().stream().filter(spec -> glob.matches(spec.name())).toList();
    if (matched.isEmpty()) {
      throw new EspalierException(
          Names.quote(pattern)
              + " matches no hparam"
              + Names.hint(pattern, "hparams", space.byName().keySet()));
    }
    return matched;
  }

  private static int[] picked(SpaceState state, Map<Dial, Picker> pickers) {
    int[] setting = state.active();
    pickers.forEach(
        (dial, picker) -> {
          Function<List<Choice>, Choice> function = picker.function;
          if (function != null && state.positions(dial).length > 1) {
            Choices choices = state.choices(dial, picker.spec);
            int picked = choices.position(function.apply(choices.values()));
            if (picked < 0) {
              throw new EspalierException(
                  "the sampling function of "
                      + picker.spec.name()
                      + " picked none of its choices "
                      + choices.values());
            }
            setting[dial.index()] = picked;
          }
        });
    return setting;
  }

  /** A random setting; the same generator state gives the same one. */
  public static int[] random(SpaceState state, RandomGenerator random) {
    int[] setting = new int[state.space().dials().size()];
    for (Dial dial : state.space().dials()) {
      int[] open = state.positions(dial);
      setting[dial.index()] = open[open.length == 1 ? 0 : random.nextInt(open.length)];
    }
    return setting;
  }
}

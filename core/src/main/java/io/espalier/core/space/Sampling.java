package io.espalier.core.space;

import io.espalier.core.rules.Glob;
import io.espalier.core.values.Choice;
import io.espalier.core.values.EspalierException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Picks settings of a space by functions of the choices, or at random. */
public final class Sampling {
  private Sampling() {}

  /** For each dial, the function of the last glob that matches its name; null if none does. */
  public static Function<Dial, @Nullable Function<List<Choice>, Choice>> byGlob(
      Map<String, ? extends @Nullable Function<List<Choice>, Choice>> functions) {
    List<Glob> globs = functions.keySet().stream().map(Glob::of).toList();
    return dial -> {
      Function<List<Choice>, Choice> last = null;
      int at = 0;
      for (Function<List<Choice>, Choice> function : functions.values()) {
        if (globs.get(at++).matches(dial.name())) {
          last = function;
        }
      }
      return last;
    };
  }

  /**
   * A setting in which every dial is what its function picks; one without a function stays as it
   * is.
   *
   * @throws EspalierException if a function picks none of the choices
   */
  public static int[] each(
      SpaceState state, Function<Dial, @Nullable Function<List<Choice>, Choice>> functionOf) {
    int[] setting = state.active();
    for (Dial dial : state.space().dials()) {
      Function<List<Choice>, Choice> function = functionOf.apply(dial);
      if (function != null && state.positions(dial).length > 1) {
        Choices choices = state.choices(dial, state.space().spec(dial.name()));
        int picked = choices.position(function.apply(choices.values()));
        if (picked < 0) {
          throw new EspalierException(
              "the sampling function of "
                  + dial.name()
                  + " picked none of its choices "
                  + choices.values());
        }
        setting[dial.index()] = picked;
      }
    }
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

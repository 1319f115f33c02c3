package io.espalier.core.space;

import io.espalier.core.rules.Names;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Turns a config into a setting, and says everything that is wrong with it at once. */
final class Selector {
  private static final int MOST_LISTED = 5;

  private final Space space;
  private final Function<Dial, int[]> positions;

  Selector(Space space, Function<Dial, int[]> positions) {
    this.space = space;
    this.positions = positions;
  }

  int[] resolve(Config config, int[] start, boolean strict) {
    int[] setting = start.clone();
    Map<String, Choice> choices = config.choices();
    boolean[] set = new boolean[setting.length];
    List<String> unexpected = new ArrayList<>();
    List<String> impossible = new ArrayList<>();
    for (Map.Entry<String, Choice> entry : choices.entrySet()) {
      HparamSpec spec = space.byName().get(entry.getKey());
      if (spec == null) {
        unexpected.add(
            "\""
                + entry.getKey()
                + "\""
                + Names.didYouMean(Names.nearest(entry.getKey(), space.byName().keySet())));
      } else if (spec.dial() != null && !set[spec.dial().index()]) {
        int position = position(spec, entry.getValue());
        if (position < 0) {
          impossible.add(
              spec.name() + " = " + entry.getValue() + " (choices: " + listed(spec) + ")");
        } else {
          setting[spec.dial().index()] = position;
        }
        set[spec.dial().index()] = true;
      }
    }
    List<String> missing = new ArrayList<>();
    for (Dial dial : space.dials()) {
      if (!set[dial.index()] && positions.apply(dial).length > 1) {
        missing.add(dial.name());
      }
    }
    List<String> inconsistent = impossible.isEmpty() ? inconsistent(choices, setting) : List.of();
    List<String> problems = new ArrayList<>();
    report(problems, "impossible values", impossible);
    report(problems, "inconsistent values", inconsistent);
    if (strict) {
      report(problems, "missing hparams", missing);
      report(problems, "unexpected names", unexpected);
    }
    if (!problems.isEmpty()) {
      throw new EspalierException(
          "the config does not fit this search space: " + String.join("; ", problems));
    }
    return setting;
  }

  private int position(HparamSpec spec, Choice choice) {
    Dial dial = spec.dial();
    if (dial != null) {
      for (int position : positions.apply(dial)) {
        if (space.valueAt(spec, position).equals(choice)) {
          return position;
        }
      }
    }
    return -1;
  }

  private String listed(HparamSpec spec) {
    Dial dial = spec.dial();
    int[] open = dial == null ? new int[0] : positions.apply(dial);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < open.length; i++) {
      if (i == MOST_LISTED && open.length > MOST_LISTED + 1) {
        return text + ", ... " + space.valueAt(spec, open[open.length - 1]);
      }
      text.append(i == 0 ? "" : ", ").append(space.valueAt(spec, open[i]));
    }
    return text.toString();
  }

  private List<String> inconsistent(Map<String, Choice> choices, int[] setting) {
    Map<String, Choice> values = space.values(setting);
    List<String> found = new ArrayList<>();
    choices.forEach(
        (name, choice) -> {
          Choice value = values.get(name);
          if (value != null && !value.equals(choice)) {
            found.add(name + " = " + choice + " where the rest of the config makes it " + value);
          }
        });
    return found;
  }

  private static void report(List<String> problems, String what, List<String> entries) {
    if (!entries.isEmpty()) {
      problems.add(what + ": " + String.join(", ", entries));
    }
  }
}

package io.espalier.core.search;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The error that is predicted of any network of a space, which is neither carved nor run: what each
 * width loses by its curve, and what each kernel and each depth loses when it alone is turned, all
 * added up; a width of which no weight tells adds nothing. Errors of layers do not simply add up,
 * so that the sum tells better from worse, and is no error of outputs. Immutable, and safe for use
 * by several threads at once.
 */
public final class PredictedError implements CandidateRunner {
  private final Dials dials;
  private final double[][] errors;

  private PredictedError(Dials dials, double[][] errors) {
    this.dials = dials;
    this.errors = errors;
  }

  /**
   * The prediction for a space.
   *
   * @param curves of its widths
   * @param others is asked for the errors of networks in which one kernel or one depth alone is
   *     turned: all of them together, once
   */
  public static PredictedError of(SearchSpace space, WidthErrors curves, CandidateRunner others) {
    Dials dials = space.dials(List.of());
    Map<String, WidthUnits> widths = new HashMap<>();
    WidthUnits.of(space).forEach(width -> widths.put(width.hparam().name(), width));
    double[][] errors = new double[dials.size()][];
    List<Turned> turned = new ArrayList<>();
    for (int dial = 0; dial < errors.length; dial++) {
      List<Choice> choices = dials.choices(dial);
      errors[dial] = new double[choices.size()];
      WidthUnits width = widths.get(dials.name(dial));
      for (int position = 0; position < choices.size(); position++) {
        if (width != null) {
          int units = width.at(choices.get(position).number());
          errors[dial][position] = curves.of(dials.name(dial), units);
        } else if (dials.kind(dial) != Dials.Kind.WIDTH && position < choices.size() - 1) {
          turned.add(new Turned(dial, position));
        }
      }
    }
    if (!turned.isEmpty()) {
      double[] alone = others.scores(turned.stream().map(one -> one.config(dials)).toList());
      for (int i = 0; i < alone.length; i++) {
        errors[turned.get(i).dial()][turned.get(i).position()] = alone[i];
      }
    }
    return new PredictedError(dials, errors);
  }

  /** One dial at a position, all others at their last. */
  private record Turned(int dial, int position) {
    Config config(Dials dials) {
      int[] setting = dials.original();
      setting[dial] = position;
      return dials.config(setting);
    }
  }

  /**
   * The predicted error of a network.
   *
   * @param config what it does not name is the original
   * @throws io.espalier.spi.EspalierException if it names a choice that the space does not have
   */
  public double of(Config config) {
    int[] setting = dials.setting(config);
    double sum = 0;
    for (int dial = 0; dial < setting.length; dial++) {
      sum += errors[dial][setting[dial]];
    }
    return sum;
  }

  @Override
  public double[] scores(List<Config> candidates) {
    return candidates.stream().mapToDouble(this::of).toArray();
  }
}

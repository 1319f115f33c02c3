package io.espalier.core.search;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.calibration.Rankings;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.spi.Ranking;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What every width loses with its units, in one currency: curves of predicted errors, scaled by
 * what the outputs of the whole network say of a few cuts of that width alone.
 */
public final class WidthErrors {
  /** Widths that are measured, the most telling one first. */
  private static final double[] PROBED = {0.5, 0.75, 0.25};

  private static final double LEAST = 1e-9;

  private final Map<String, double[]> byUnits = new LinkedHashMap<>();

  private WidthErrors() {}

  /** Given curves: for each width the error by the number of units that are kept. */
  static WidthErrors of(Map<String, double[]> byUnits) {
    WidthErrors errors = new WidthErrors();
    byUnits.forEach((width, curve) -> errors.byUnits.put(width, curve.clone()));
    return errors;
  }

  /**
   * Curves as importances of single units tell: they rank what a width loses, and know no scale.
   *
   * @param space whose parameters were sorted
   */
  public static WidthErrors byImportance(SearchSpace space) {
    WidthErrors errors = new WidthErrors();
    for (WidthUnits width : WidthUnits.of(space)) {
      errors.byUnits.put(width.hparam().name(), byWorth(width.hparam()));
    }
    return errors;
  }

  /**
   * Curves as criteria predict them; where none does, as importances of single units tell.
   *
   * @param space whose parameters were sorted
   */
  public static WidthErrors predicted(SearchSpace space, Rankings rankings) {
    WidthErrors errors = new WidthErrors();
    for (WidthUnits width : WidthUnits.of(space)) {
      Optional<Ranking> ranking = rankings.of(width.symbol());
      errors.byUnits.put(
          width.hparam().name(),
          ranking.isPresent() ? ranking.get().errors().clone() : byWorth(width.hparam()));
    }
    return errors;
  }

  private static double[] byWorth(Hparam hparam) {
    Worth worth = Worth.of(hparam);
    double[] errors = new double[worth.units() + 1];
    for (int count = 0; count < errors.length; count++) {
      errors[count] = 1 - Math.exp(worth.of(count) / worth.units());
    }
    return errors;
  }

  /**
   * The same, scaled.
   *
   * @param cuts how many cuts of each width are measured, 1 to 3
   * @param measure the error of the outputs with the config that is active
   */
  public WidthErrors scaled(SearchSpace space, int cuts, ToDoubleFunction<SearchSpace> measure) {
    WidthErrors scaled = new WidthErrors();
    Config before = space.config();
    try {
      space.configurableHparams().values().forEach(h -> h.setActive(h.original()));
      for (WidthUnits width : WidthUnits.of(space)) {
        double[] errors = byUnits.get(width.hparam().name());
        if (errors != null) {
          scaled.byUnits.put(width.hparam().name(), scaled(width, errors, cuts, space, measure));
        }
      }
    } finally {
      space.select(before);
    }
    return scaled;
  }

  private static double[] scaled(
      WidthUnits width,
      double[] errors,
      int cuts,
      SearchSpace space,
      ToDoubleFunction<SearchSpace> measure) {
    List<Double> ratios = new ArrayList<>();
    Hparam hparam = width.hparam();
    for (double part : Arrays.copyOf(PROBED, cuts)) {
      Choice choice = nearest(hparam, part * hparam.original().number());
      int units = width.at(choice.number());
      if (!choice.equals(hparam.original()) && errors[units] > LEAST) {
        hparam.setActive(choice);
        ratios.add(Math.max(measure.applyAsDouble(space), LEAST) / errors[units]);
        hparam.setActive(hparam.original());
      }
    }
    double log = 0;
    for (double ratio : ratios) {
      log += Math.log(ratio) / ratios.size();
    }
    double[] scaled = new double[errors.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = errors[i] * Math.exp(log);
    }
    return scaled;
  }

  private static Choice nearest(Hparam hparam, double number) {
    Choice nearest = hparam.original();
    for (Choice choice : hparam.choices()) {
      if (Math.abs(choice.number() - number) < Math.abs(nearest.number() - number)) {
        nearest = choice;
      }
    }
    return nearest;
  }

  /** The curve of every width, in graph order, over the choices that it has. */
  public List<ErrorCurve> curves(SearchSpace space) {
    List<ErrorCurve> curves = new ArrayList<>();
    for (WidthUnits width : WidthUnits.of(space)) {
      Hparam hparam = width.hparam();
      List<ErrorCurve.Point> points = new ArrayList<>();
      for (Choice choice : hparam.choices()) {
        int value = choice.number();
        points.add(new ErrorCurve.Point(value, of(hparam.name(), width.at(value))));
      }
      curves.add(new ErrorCurve(hparam.name(), points));
    }
    return curves;
  }

  /** The error with a number of units of a width. */
  double of(String width, int units) {
    double[] errors = byUnits.get(width);
    return errors == null ? 0 : Math.max(0, errors[units]);
  }
}

package io.espalier.modules.criteria;

import com.google.auto.service.AutoService;
import io.espalier.spi.DataCriterion;
import io.espalier.spi.Ranking;
import io.espalier.spi.Reading;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Ranks units by what they hand on, each alone: the mean square of what is read of it, times that
 * of the weights that read it, as a part of the variance of what the reader ends in.
 */
@AutoService(DataCriterion.class)
public final class ActivationCriterion implements DataCriterion {
  @Override
  public String key() {
    return "activation";
  }

  @Override
  public Ranking rank(List<Reading> readings) {
    int units = readings.get(0).units().length;
    double[] worth = new double[units];
    readings.forEach(reading -> add(reading, worth));
    Integer[] sorted = new Integer[units];
    Arrays.setAll(sorted, i -> i);
    Arrays.sort(sorted, Comparator.comparingDouble(unit -> -worth[unit]));
    double[] errors = new double[units + 1];
    for (int kept = units; kept > 0; kept--) {
      errors[kept - 1] = errors[kept] + worth[sorted[kept - 1]];
    }
    return new Ranking(Arrays.stream(sorted).mapToInt(Integer::intValue).toArray(), errors);
  }

  private static void add(Reading reading, double[] worth) {
    int rows = reading.extent() + 1;
    double count = Math.max(reading.gram()[rows * rows - 1], 1);
    double scale = 1 / (Math.max(reading.variance(), Double.MIN_NORMAL) * count);
    for (int unit = 0; unit < worth.length; unit++) {
      for (int row : reading.units()[unit]) {
        double square = 0;
        for (int o = 0; o < reading.outputs(); o++) {
          double value = reading.weight()[row * reading.outputs() + o];
          square += value * value;
        }
        worth[unit] += scale * square * reading.gram()[row * rows + row];
      }
    }
  }
}

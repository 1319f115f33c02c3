package io.espalier.modules.criteria;

import com.google.auto.service.AutoService;
import io.espalier.spi.DataCriterion;
import io.espalier.spi.Ranking;
import io.espalier.spi.Reading;
import java.util.List;

/**
 * Takes the units of a width away, one after the other: always the one without which its readers,
 * repaired as well as they can be, err least. What an error counts is its part of the variance of
 * what the reader ends in.
 */
@AutoService(DataCriterion.class)
public final class ReconstructionCriterion implements DataCriterion {
  @Override
  public String key() {
    return "reconstruction";
  }

  @Override
  public Ranking rank(List<Reading> readings) {
    List<Elimination> readers = readings.stream().map(Elimination::new).toList();
    int units = readings.get(0).units().length;
    int[] order = new int[units];
    double[] errors = new double[units + 1];
    boolean[] gone = new boolean[units];
    double error = 0;
    for (int left = units; left > 0; left--) {
      int least = -1;
      double leastCost = Double.POSITIVE_INFINITY;
      for (int unit = 0; unit < units; unit++) {
        if (!gone[unit]) {
          double cost = 0;
          for (Elimination reader : readers) {
            cost += reader.cost(unit);
          }
          // of equal units the last goes first
          if (least < 0 || cost <= leastCost) {
            leastCost = cost;
            least = unit;
          }
        }
      }
      int unit = least;
      readers.forEach(reader -> reader.remove(unit));
      gone[unit] = true;
      order[left - 1] = unit;
      error += leastCost;
      errors[left - 1] = error;
    }
    return new Ranking(order, errors);
  }
}

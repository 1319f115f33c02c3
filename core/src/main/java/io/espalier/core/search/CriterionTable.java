package io.espalier.core.search;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.calibration.Calibration;
import io.espalier.core.calibration.Rankings;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DataCriterion;
import io.espalier.spi.EspalierException;
import io.espalier.spi.Ranking;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What criteria say of the units of each width, side by side.
 *
 * @param criteria their keys, as they were given
 * @param widths every width that can be configured and has several units, in graph order
 */
public record CriterionTable(List<String> criteria, List<Row> widths) {
  public CriterionTable {
    criteria = List.copyOf(criteria);
    widths = List.copyOf(widths);
  }

  /**
   * The units of a width.
   *
   * @param width the hparam, under its first name
   * @param units how many there are
   * @param ranked what each criterion says, by its key; those that say nothing of it are absent
   */
  public record Row(String width, int units, Map<String, Ranked> ranked) {
    public Row {
      ranked = Map.copyOf(ranked);
    }
  }

  /**
   * What a criterion says of the units of a width.
   *
   * @param order the units, the one that stays longest first
   * @param importance by unit, in the criterion's own measure: what a criterion of data loses with
   *     it when its turn to go has come
   */
  @SuppressWarnings("ArrayRecordComponent") // read only, never compared
  public record Ranked(int[] order, double[] importance) {}

  /**
   * Asks criteria of weights.
   *
   * @param space its units are left in the order of the last
   * @throws EspalierException if there is none of a key, or it takes data
   */
  public static CriterionTable of(SearchSpace space, List<String> criteria) {
    return new Asking(space, null, new int[0]).of(criteria);
  }

  /**
   * Asks criteria of all kinds.
   *
   * @param space its units are left in the order of the last
   * @param samples which of the data, ascending
   * @throws EspalierException if there is none of a key, or the network does not run on the data
   */
  public static CriterionTable of(
      SearchSpace space, List<String> criteria, Samples data, int[] samples) {
    return new Asking(space, data, samples.clone()).of(criteria);
  }

  /** One table in the making. */
  private static final class Asking {
    private final SearchSpace space;
    private final @Nullable Samples data;
    private final int[] samples;
    private final List<WidthUnits> widths;
    private final Map<String, Map<String, Ranked>> rows = new LinkedHashMap<>();
    private @Nullable Calibration calibration;

    Asking(SearchSpace space, @Nullable Samples data, int[] samples) {
      this.space = space;
      this.data = data;
      this.samples = samples;
      this.widths =
          WidthUnits.of(space).stream().filter(width -> width.hparam().order().length > 1).toList();
      widths.forEach(width -> rows.put(width.hparam().name(), new LinkedHashMap<>()));
    }

    CriterionTable of(List<String> criteria) {
      for (String criterion : new LinkedHashSet<>(criteria)) {
        ask(criterion);
      }
      List<Row> all = new ArrayList<>();
      for (WidthUnits width : widths) {
        String name = width.hparam().name();
        all.add(new Row(name, width.hparam().order().length, rows.getOrDefault(name, Map.of())));
      }
      return new CriterionTable(criteria, all);
    }

    private void ask(String criterion) {
      DMRegistry registry = space.registry();
      DataCriterion ofData = registry.dataCriteria().get(criterion);
      if (ofData != null) {
        Rankings rankings = calibration(criterion).rank(ofData);
        for (WidthUnits width : widths) {
          rankings
              .of(width.symbol())
              .ifPresent(ranking -> put(width.hparam(), criterion, ranked(ranking)));
        }
        return;
      }
      if (Criteria.ofData(registry).contains(criterion)) {
        Criteria.choose(space, criterion, data(criterion), samples, Optional.empty());
      } else if (Criteria.names(registry).contains(criterion)) {
        space.setCriterion(criterion);
      } else {
        throw Criteria.unknown(registry, criterion);
      }
      space.sortParameters();
      for (WidthUnits width : widths) {
        Hparam hparam = width.hparam();
        hparam
            .importance()
            .ifPresent(own -> put(hparam, criterion, new Ranked(hparam.order(), own)));
      }
    }

    private void put(Hparam hparam, String criterion, Ranked ranked) {
      rows.getOrDefault(hparam.name(), new LinkedHashMap<>()).put(criterion, ranked);
    }

    private static Ranked ranked(Ranking ranking) {
      int[] order = ranking.order().clone();
      double[] importance = new double[order.length];
      for (int i = 0; i < order.length; i++) {
        importance[order[i]] = ranking.errors()[i] - ranking.errors()[i + 1];
      }
      return new Ranked(order, importance);
    }

    private Samples data(String criterion) {
      if (data == null) {
        throw new EspalierException(
            "the criterion \""
                + criterion
                + "\" ranks units by data; give data, or ask others than "
                + Criteria.ofData(space.registry()));
      }
      return data;
    }

    /** Measured once for all criteria. */
    private Calibration calibration(String criterion) {
      if (calibration == null) {
        Samples some = data(criterion);
        if (!(space.model() instanceof DataModel model)) {
          throw new EspalierException(
              space.model().description()
                  + " cannot be run on data by its backend; ask criteria of weights");
        }
        calibration = Calibration.measure(model, space.map().orElseThrow(), some, List.of(samples));
      }
      return calibration;
    }
  }
}

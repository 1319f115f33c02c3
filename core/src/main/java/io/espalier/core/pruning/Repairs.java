package io.espalier.core.pruning;

import io.espalier.core.SearchSpace;
import io.espalier.core.calibration.Calibration;
import io.espalier.core.compensation.Compensation;
import io.espalier.core.compensation.Effort;
import io.espalier.core.compensation.RepairMemory;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.values.Config;
import io.espalier.core.values.Cut;
import java.util.List;
import java.util.Map;

/**
 * Carves networks from a space and repairs them, all with the same data.
 *
 * @param space whose active config is carved
 * @param originalMacs the multiply-accumulate operations of the original for one sample
 * @param size how large a sample is beside the sizes that these are counted at
 * @param kind how weights are repaired
 * @param calibration what the data say of the original
 * @param data the data
 * @param folds which of them are fitted to, in sets
 * @param few fewer of them, in as many sets, which are enough for trials
 * @param trials what earlier trials have solved
 */
record Repairs(
    SearchSpace space,
    long originalMacs,
    double size,
    PruneOptions.Repair kind,
    Calibration calibration,
    Samples data,
    List<int[]> folds,
    List<int[]> few,
    RepairMemory trials) {

  /** How far the active config is from the original, repaired. */
  double error(Judge judge) {
    DataModel repaired = repaired(true).model();
    double error = judge.of(repaired);
    repaired.close();
    return error;
  }

  /** The same with each weight of the active config repaired by itself, if any is to be. */
  double errorOfOnePass(OutputError judge) {
    if (kind == PruneOptions.Repair.NONE) {
      return error(judge::of);
    }
    DataModel carved = (DataModel) space.export();
    DataModel repaired = Compensation.onePass(space.cut(), carved, calibration).model();
    double error = judge.of(repaired);
    carved.close();
    repaired.close();
    return error;
  }

  /** The same of any config, on one thread; the active one stays what it is. */
  double error(Config config, OutputError judge) {
    if (kind == PruneOptions.Repair.NONE) {
      return errorAsCut(space, config, judge);
    }
    Cut cut = space.cut(config);
    try (DataModel carved = (DataModel) space.export(config);
        DataModel repaired = Compensation.onePass(cut, carved, calibration).model()) {
      return judge.onOneThread(repaired);
    }
  }

  /** The same without any repair. */
  static double errorAsCut(SearchSpace space, Config config, OutputError judge) {
    try (DataModel carved = (DataModel) space.export(config)) {
      return judge.onOneThread(carved);
    }
  }

  /**
   * The active config, repaired.
   *
   * @param trial whether it only has to show what widths are worth
   */
  Compensation.Result repaired(boolean trial) {
    Cut cut = space.cut();
    DataModel carved = (DataModel) space.export();
    Compensation.Result result =
        switch (kind) {
          case NONE -> new Compensation.Result(carved, Map.of(), Map.of());
          case ONE_PASS -> Compensation.onePass(cut, carved, calibration);
          case SEQUENTIAL -> {
            Effort effort = effort(trial ? few : folds);
            yield Compensation.sequential(
                (DataModel) space.model(),
                cut,
                carved,
                calibration,
                data,
                trial ? few : folds,
                trial ? effort.withoutRounds() : effort,
                trial ? trials : new RepairMemory(cut.map()));
          }
        };
    if (result.model() != carved) {
      carved.close();
    }
    return result;
  }

  /** About how many operations a trial of the active config takes, layer by layer. */
  double operations() {
    return effort(few).withoutRounds().operations(calibration.places().levels());
  }

  private Effort effort(List<int[]> sets) {
    int count = sets.stream().mapToInt(set -> set.length).sum();
    return new Effort(size * (space.macs() + originalMacs) * count, count, size);
  }
}

package io.espalier.spi;

import java.util.List;

/**
 * Ranks the units of a width by what data say of its readers: sets of units, since two units that
 * carry the same are not worth twice as much. A criterion is stateless: several threads ask it at
 * once. It is registered like an {@link ImportanceCriterion}, with
 * {@code @AutoService(DataCriterion.class)}.
 */
public interface DataCriterion {
  /** The criterion's name, by which an application chooses it; unique in a registry. */
  String key();

  /**
   * Ranks the units of one width.
   *
   * @param readings what reads the width; at least one, all with the same number of units
   */
  Ranking rank(List<Reading> readings);
}

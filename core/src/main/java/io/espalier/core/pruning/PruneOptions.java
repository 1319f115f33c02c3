package io.espalier.core.pruning;

import io.espalier.core.search.Budget;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a network is to be made smaller with data.
 *
 * @param budget what it may cost
 * @param criterion by which units are ranked: one that ranks by data, or one of single units
 * @param repair how weights are repaired
 * @param seed what the data are divided by
 * @param cache the folder that keeps what was measured of the original between runs; null for none
 * @param search how candidates are looked for, and who decides between them
 */
public record PruneOptions(
    Budget budget,
    String criterion,
    Repair repair,
    long seed,
    @Nullable Path cache,
    SearchOptions search) {
  /** How weights are repaired. */
  public enum Repair {
    /** They stay as they are cut. */
    NONE,
    /** Each by itself, by what the data say of the original. */
    ONE_PASS,
    /** Layer by layer, by what the smaller network computes from the data. */
    SEQUENTIAL
  }

  /** Units ranked by what can be reconstructed without them, weights repaired layer by layer. */
  public static PruneOptions of(Budget budget) {
    return new PruneOptions(
        budget, "reconstruction", Repair.SEQUENTIAL, 0, null, SearchOptions.usual());
  }

  public PruneOptions withCriterion(String key) {
    return new PruneOptions(budget, key, repair, seed, cache, search);
  }

  public PruneOptions withRepair(Repair other) {
    return new PruneOptions(budget, criterion, other, seed, cache, search);
  }

  public PruneOptions withSeed(long other) {
    return new PruneOptions(budget, criterion, repair, other, cache, search);
  }

  public PruneOptions withCache(Path folder) {
    return new PruneOptions(budget, criterion, repair, seed, folder, search);
  }

  public PruneOptions withSearch(SearchOptions other) {
    return new PruneOptions(budget, criterion, repair, seed, cache, other);
  }
}

package io.espalier.core.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One pass over samples in which a network computes the same as in an earlier one: what is known
 * from that is not computed again. Batches come in the order in which the samples are read.
 */
public final class RememberedPass {
  private final @Nullable RecentlyUsed<Object, List<DataArray>> room;
  private final Object key;
  private final @Nullable List<DataArray> before;
  private final List<DataArray> now = new ArrayList<>();
  private boolean fits = true;
  private int next;
  private long bytes;

  /**
   * Starts a pass.
   *
   * @param samples may have room for results
   * @param key says which samples are read, how many at a time, what computes, and which results
   *     are kept
   */
  public RememberedPass(Samples samples, Object key) {
    this.room = samples.results().orElse(null);
    this.key = key;
    this.before = Optional.ofNullable(room).flatMap(r -> r.get(key)).orElse(null);
  }

  /**
   * Results for the next batch.
   *
   * @param count how many there are
   * @param compute computes them where they are not known
   */
  public List<DataArray> next(int count, Supplier<List<DataArray>> compute) {
    if (before != null) {
      next += count;
      return before.subList(next - count, next);
    }
    List<DataArray> results = compute.get();
    for (DataArray array : results) {
      bytes += (long) array.size() * (array.isFloating() ? Float.BYTES : Long.BYTES);
    }
    fits &= room != null && room.fits(bytes);
    if (fits) {
      now.addAll(results);
    } else {
      now.clear();
    }
    return results;
  }

  /** After the last batch: keeps what was not known. */
  public void end() {
    if (room != null && before == null && fits) {
      room.keep(key, List.copyOf(now), bytes);
    }
  }
}

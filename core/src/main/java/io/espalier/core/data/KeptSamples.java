package io.espalier.core.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Samples whose batches are kept in memory, so that passes after the first neither read nor draw
 * them again, with room for what a network computed from them. For one thread at a time.
 */
public final class KeptSamples implements Samples {
  private final Samples samples;
  private final RecentlyUsed<Key, List<Batch>> kept;
  private final RecentlyUsed<Object, List<DataArray>> results;

  private record Key(List<Integer> samples, int size) {}

  /**
   * Keeps what fits.
   *
   * @param room how many bytes arrays may take, and results as many again
   */
  public KeptSamples(Samples samples, long room) {
    this.samples = samples;
    this.kept = new RecentlyUsed<>(room);
    this.results = new RecentlyUsed<>(room);
  }

  @Override
  public Optional<RecentlyUsed<Object, List<DataArray>>> results() {
    return Optional.of(results);
  }

  @Override
  public int count() {
    return samples.count();
  }

  @Override
  public String describe(int sample) {
    return samples.describe(sample);
  }

  @Override
  public Batches read(int[] wanted, int size) {
    Key key = new Key(Arrays.stream(wanted).boxed().toList(), size);
    return kept.get(key)
        .<Batches>map(Again::new)
        .orElseGet(() -> new Reading(key, samples.read(wanted, size)));
  }

  private static long bytes(Batch batch) {
    long bytes = 0;
    for (DataArray array : batch.arrays().values()) {
      bytes += (long) array.size() * (array.isFloating() ? Float.BYTES : Long.BYTES);
    }
    return bytes;
  }

  /** Reads for the first time. */
  private final class Reading implements Batches {
    private final Key key;
    private final Batches batches;
    private final List<Batch> read = new ArrayList<>();
    private long bytes;

    Reading(Key key, Batches batches) {
      this.key = key;
      this.batches = batches;
    }

    @Override
    public Optional<Batch> next() {
      Optional<Batch> next = batches.next();
      if (next.isEmpty()) {
        kept.keep(key, List.copyOf(read), bytes);
        return next;
      }
      bytes += bytes(next.get());
      if (kept.fits(bytes)) {
        read.add(next.get());
      } else {
        read.clear();
      }
      return next;
    }

    @Override
    public void close() {
      batches.close();
    }
  }

  /** Gives what is kept. */
  private static final class Again implements Batches {
    private final Iterator<Batch> batches;

    Again(List<Batch> batches) {
      this.batches = batches.iterator();
    }

    @Override
    public Optional<Batch> next() {
      return batches.hasNext() ? Optional.of(batches.next()) : Optional.empty();
    }

    @Override
    public void close() {}
  }
}

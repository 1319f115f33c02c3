package io.espalier.core.data;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Samples whose batches are kept in memory, so that passes after the first neither read nor draw
 * them again. What was used longest ago goes when there is no more room; batches that take more
 * than the room by themselves are not kept. For one thread at a time.
 */
public final class KeptSamples implements Samples {
  private final Samples samples;
  private final long room;
  private final Map<Key, List<Batch>> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long taken;

  private record Key(List<Integer> samples, int size) {}

  /**
   * Keeps what fits.
   *
   * @param room how many bytes arrays may take
   */
  public KeptSamples(Samples samples, long room) {
    this.samples = samples;
    this.room = room;
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
    Key key = new Key(java.util.Arrays.stream(wanted).boxed().toList(), size);
    List<Batch> known = kept.get(key);
    return known == null ? new Reading(key, samples.read(wanted, size)) : new Again(known);
  }

  private static long bytes(Batch batch) {
    long bytes = 0;
    for (DataArray array : batch.arrays().values()) {
      bytes += (long) array.size() * (array.isFloating() ? Float.BYTES : Long.BYTES);
    }
    return bytes;
  }

  private void keep(Key key, List<Batch> batches, long bytes) {
    if (bytes > room || kept.containsKey(key)) {
      return;
    }
    Iterator<List<Batch>> oldest = kept.values().iterator();
    while (taken + bytes > room) {
      taken -= oldest.next().stream().mapToLong(KeptSamples::bytes).sum();
      oldest.remove();
    }
    kept.put(key, List.copyOf(batches));
    taken += bytes;
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
        keep(key, read, bytes);
        return next;
      }
      bytes += bytes(next.get());
      if (bytes <= room) {
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

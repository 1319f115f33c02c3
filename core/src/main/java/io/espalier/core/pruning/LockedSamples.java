package io.espalier.core.pruning;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.RecentlyUsed;
import io.espalier.core.data.Samples;
import java.util.List;
import java.util.Optional;

/** Data that several threads read: one batch at a time. */
record LockedSamples(Samples samples) implements Samples {
  @Override
  public int count() {
    return samples.count();
  }

  @Override
  public Optional<RecentlyUsed<Object, List<DataArray>>> results() {
    return samples.results();
  }

  @Override
  public String describe(int sample) {
    synchronized (samples) {
      return samples.describe(sample);
    }
  }

  @Override
  public Batches read(int[] wanted, int size) {
    synchronized (samples) {
      Batches batches = samples.read(wanted, size);
      return new Batches() {
        @Override
        public Optional<Batch> next() {
          synchronized (samples) {
            return batches.next();
          }
        }

        @Override
        public void close() {
          synchronized (samples) {
            batches.close();
          }
        }
      };
    }
  }
}

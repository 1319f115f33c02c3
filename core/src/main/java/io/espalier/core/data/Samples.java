package io.espalier.core.data;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Data that were opened for a network. They can be read any number of times, by one thread at a
 * time each; what the format allows to read later is not held in memory.
 */
public interface Samples {
  /** How many there are; at least 1. */
  int count();

  /**
   * Reads some of them. Every batch holds samples of one shape, at most so many as is asked for; it
   * holds fewer where samples run out or shapes change. The order is that of the positions, unless
   * the source has a reason for another; a batch says which samples it holds.
   *
   * @param samples positions from 0 to below the count, ascending
   * @param size how many samples a batch holds at most; at least 1
   * @throws DataException if the data cannot be read any more
   */
  Batches read(int[] samples, int size);

  /**
   * Room for what is computed from these samples, batch by batch, if they have any. A key says
   * which samples they are, what computed it, and which of its results it is.
   */
  default Optional<RecentlyUsed<Object, List<DataArray>>> results() {
    return Optional.empty();
  }

  /** Those of which the data say how alike they are; none in most data. */
  default List<ScoredPair> pairs() {
    return List.of();
  }

  /**
   * Ids whose rows of a table of tokens stay however seldom the data have them, such as those of
   * special tokens; none in most data.
   */
  default List<Integer> keptIds() {
    return List.of();
  }

  /** How a message names a sample, such as {@code sample 3}, {@code line 4} or {@code cat.png}. */
  default String describe(int sample) {
    return "sample " + sample;
  }

  /** Batches, one after the other; to be closed after the last. */
  interface Batches extends AutoCloseable {
    /**
     * The next batch; empty after the last.
     *
     * @throws DataException if a sample cannot be used: the message names file and element
     */
    Optional<Batch> next();

    @Override
    void close();

    /**
     * Batches of samples that can be read in any order and need no closing, in the order of their
     * positions.
     *
     * @param samples which samples
     * @param size how many a batch holds, the last perhaps fewer; at least 1
     * @param read reads a batch, given the positions of its samples
     */
    static Batches of(int[] samples, int size, Function<int[], Batch> read) {
      int[] all = samples.clone();
      return new Batches() {
        private int next;

        @Override
        public Optional<Batch> next() {
          if (next == all.length) {
            return Optional.empty();
          }
          int[] some = Arrays.copyOfRange(all, next, Math.min(next + size, all.length));
          next += some.length;
          return Optional.of(read.apply(some));
        }

        @Override
        public void close() {}
      };
    }
  }
}

package io.espalier.core.data;

import java.util.Optional;

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
  }
}

package io.espalier.core.data;

import java.util.List;

/**
 * Reads data of one format. Sources are found by ServiceLoader: register one with
 * {@code @AutoService(DataSource.class)}. What it opens is checked batch by batch (names, types,
 * shapes, numbers that are none), so that it need not do so itself.
 */
public interface DataSource {
  /** A name for messages, such as {@code npy}. */
  String name();

  /** What it reads, as a message lists it: {@code a .npy file}. */
  String reads();

  /**
   * Whether data at a location are of this format. No two sources may accept the same.
   *
   * @param location what a user gave: a file, a folder, or a word
   */
  boolean accepts(String location);

  /** What it may be told about data. Sources may share an option by declaring the same. */
  default List<DataOption> options() {
    return List.of();
  }

  /**
   * Opens data.
   *
   * @throws DataException if they cannot be read, or do not fit the network's inputs
   */
  Samples open(DataRequest request);
}

package io.espalier.trace;

/**
 * A dimension as the model declares it.
 *
 * @param size its length; -1 where the model leaves it open
 * @param name what the model calls an open dimension; open dimensions of one name have one length
 */
public record Dim(long size, String name) {
  /** A dimension of known length. */
  public static Dim of(long size) {
    return new Dim(size, "");
  }

  /** A dimension that the model leaves open. */
  public static Dim open(String name) {
    return new Dim(-1, name);
  }

  /** Whether the model leaves it open. */
  public boolean isOpen() {
    return size < 0;
  }
}

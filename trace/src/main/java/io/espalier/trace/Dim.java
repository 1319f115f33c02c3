package io.espalier.trace;

import java.util.Locale;
import java.util.Set;

/**
 * A dimension as the model declares it.
 *
 * @param size its length; -1 where the model leaves it open
 * @param name what the model calls an open dimension; those of one name are meant to have one
 *     length, which not every file keeps to
 */
public record Dim(long size, String name) {
  private static final Set<String> PLACEHOLDERS =
      Set.of("none", "null", "unk", "unknown", "dynamic", "any", "-1", "0");

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

  /** Whether it has a name that says something: "?" and the like say only that it is open. */
  public boolean isNamed() {
    return name.chars().anyMatch(Character::isLetterOrDigit)
        && !PLACEHOLDERS.contains(name.toLowerCase(Locale.ROOT));
  }
}

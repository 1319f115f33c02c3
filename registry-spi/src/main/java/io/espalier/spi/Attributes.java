package io.espalier.spi;

import java.util.Optional;
import java.util.Set;

/** The attributes of a node. An attribute of another type than asked for counts as absent. */
public interface Attributes {
  /** The names of all attributes that are set. */
  Set<String> names();

  /** An integer attribute, or {@code otherwise} where it is absent. */
  long number(String name, long otherwise);

  /** A floating-point attribute, or {@code otherwise} where it is absent. */
  double real(String name, double otherwise);

  /** A text attribute, or {@code otherwise} where it is absent. */
  String text(String name, String otherwise);

  /** A list of integers, if present. */
  Optional<long[]> numbers(String name);

  /** A list of floating-point numbers, if present. */
  Optional<double[]> reals(String name);

  /** A list of texts, if present. */
  Optional<String[]> texts(String name);
}

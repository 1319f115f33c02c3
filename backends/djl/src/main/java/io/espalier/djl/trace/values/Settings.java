package io.espalier.djl.trace.values;

import io.espalier.spi.Attributes;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The attributes of a recorded operator. Immutable; equal where all attributes are. */
public final class Settings implements Attributes {
  /** No attributes. */
  public static final Settings NONE = new Settings(new TreeMap<>());

  /** Long, Double, String, or a List of one of them. */
  private final SortedMap<String, Object> values;

  private Settings(SortedMap<String, Object> values) {
    this.values = values;
  }

  public static Settings of(String name, long value) {
    return NONE.and(name, value);
  }

  public static Settings of(String name, double value) {
    return NONE.and(name, value);
  }

  public static Settings of(String name, long[] values) {
    return NONE.and(name, values);
  }

  public static Settings of(String name, String text) {
    return NONE.and(name, text);
  }

  public Settings and(String name, long value) {
    return with(name, value);
  }

  public Settings and(String name, double value) {
    return with(name, value);
  }

  public Settings and(String name, long[] list) {
    return with(name, Arrays.stream(list).boxed().toList());
  }

  public Settings and(String name, double[] list) {
    return with(name, Arrays.stream(list).boxed().toList());
  }

  public Settings and(String name, String text) {
    return with(name, text);
  }

  public Settings and(String name, List<String> texts) {
    return with(name, List.copyOf(texts));
  }

  private Settings with(String name, Object value) {
    TreeMap<String, Object> more = new TreeMap<>(values);
    more.put(name, value);
    return new Settings(more);
  }

  /** Every attribute by name, in order: a Long, a Double, a String, or a List of one of them. */
  public Map<String, Object> values() {
    return Collections.unmodifiableMap(values);
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(values.keySet());
  }

  @Override
  public long number(String name, long otherwise) {
    return values.get(name) instanceof Long number ? number : otherwise;
  }

  @Override
  public double real(String name, double otherwise) {
    return values.get(name) instanceof Double real ? real : otherwise;
  }

  @Override
  public String text(String name, String otherwise) {
    return values.get(name) instanceof String text ? text : otherwise;
  }

  @Override
  public Optional<long[]> numbers(String name) {
    return list(name, Long.class)
        .map(list -> list.stream().mapToLong(number -> ((Long) number)).toArray());
  }

  @Override
  public Optional<double[]> reals(String name) {
    return list(name, Double.class)
        .map(list -> list.stream().mapToDouble(real -> ((Double) real)).toArray());
  }

  @Override
  public Optional<String[]> texts(String name) {
    return list(name, String.class).map(list -> list.toArray(String[]::new));
  }

  private Optional<List<?>> list(String name, Class<?> type) {
    return values.get(name) instanceof List<?> list && list.stream().allMatch(type::isInstance)
        ? Optional.of(list)
        : Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Settings settings && settings.values.equals(values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}

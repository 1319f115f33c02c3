package io.espalier.djl.trace.blocks;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A small map whose keys are told apart by identity, in the order they were put in. */
final class IdentityMap<K, V> extends AbstractMap<K, V> {
  private final List<Entry<K, V>> entries = new ArrayList<>();

  @Override
  public @Nullable V put(K key, V value) {
    for (Entry<K, V> entry : entries) {
      if (entry.getKey() == key) {
        return entry.setValue(value);
      }
    }
    entries.add(new SimpleEntry<>(key, value));
    return null;
  }

  @Override
  public @Nullable V get(@Nullable Object key) {
    for (Entry<K, V> entry : entries) {
      if (entry.getKey() == key) {
        return entry.getValue();
      }
    }
    return null;
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return entries.stream().anyMatch(entry -> entry.getKey() == key);
  }

  @Override
  public Set<Entry<K, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Entry<K, V>> iterator() {
        return entries.iterator();
      }

      @Override
      public int size() {
        return entries.size();
      }
    };
  }
}

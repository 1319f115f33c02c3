package io.espalier.core.data;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Values that are kept as long as there is room for them. What was used longest ago goes first; a
 * value that takes more than the room by itself is not kept. Safe for use by several threads.
 *
 * @param <K> what a value is kept under
 * @param <V> what is kept; never changed
 */
public final class RecentlyUsed<K, V> {
  private final long room;
  private final Map<K, Sized<V>> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long taken;

  private record Sized<V>(V value, long bytes) {}

  /**
   * Holds nothing yet.
   *
   * @param room how many bytes values may take together
   */
  public RecentlyUsed(long room) {
    this.room = room;
  }

  /** Whether a value of so many bytes can be kept at all. */
  public boolean fits(long bytes) {
    return bytes <= room;
  }

  /** What is kept under a key. */
  public synchronized Optional<V> get(K key) {
    return Optional.ofNullable(kept.get(key)).map(Sized::value);
  }

  /** Keeps a value if there is room, at the cost of what was used longest ago. */
  public synchronized void keep(K key, V value, long bytes) {
    if (!fits(bytes) || kept.containsKey(key)) {
      return;
    }
    Iterator<Sized<V>> oldest = kept.values().iterator();
    while (taken + bytes > room) {
      taken -= oldest.next().bytes();
      oldest.remove();
    }
    kept.put(key, new Sized<>(value, bytes));
    taken += bytes;
  }
}

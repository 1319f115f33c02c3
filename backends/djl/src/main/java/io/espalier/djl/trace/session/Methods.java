package io.espalier.djl.trace.session;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the methods of symbolic arrays do, by name. */
public final class Methods {
  private static final Set<String> IN_PLACE =
      Set.of("addi", "subi", "muli", "divi", "modi", "powi", "signi", "negi");

  private final Map<String, Function<Invocation, @Nullable Object>> byName = new HashMap<>();

  /** The methods that change in place what the method without the last letter computes. */
  public static Set<String> inPlace() {
    return IN_PLACE;
  }

  /** Whether a method changes the array it is called on. */
  static boolean isInPlace(String name) {
    return IN_PLACE.contains(name);
  }

  public void put(String name, Function<Invocation, @Nullable Object> method) {
    if (byName.put(name, method) != null) {
      throw new IllegalStateException("two methods are called " + name);
    }
  }

  @Nullable Function<Invocation, @Nullable Object> find(String name) {
    return byName.get(name);
  }
}

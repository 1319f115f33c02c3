package io.espalier.djl.trace;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the methods of symbolic arrays do, by name. */
final class Methods {
  /** Changes in place what the method without the last letter computes. */
  private static final Set<String> IN_PLACE =
      Set.of("addi", "subi", "muli", "divi", "modi", "powi", "signi", "negi");

  private final Map<String, Function<Invocation, @Nullable Object>> byName = new HashMap<>();

  Methods() {
    ArrayMethods.register(this);
    ElementMethods.register(this);
    ShapeMethods.register(this);
    ReductionMethods.register(this);
    IndexMethods.register(this);
    LayerMethods.register(this);
    RecurrentMethods.register(this);
    for (String name : IN_PLACE) {
      put(
          name,
          call -> {
            Value result = ElementMethods.compute(name.substring(0, name.length() - 1), call);
            Value before = call.self();
            if (!result.shape().equals(before.shape())) {
              throw new IllegalArgumentException(
                  name + " cannot change an array of shape " + before.shape() + " in place");
            }
            call.array().become(call.ops().cast(result, before.type()));
            return call.array().proxy();
          });
    }
  }

  /** Whether a method changes the array it is called on. */
  static boolean isInPlace(String name) {
    return IN_PLACE.contains(name);
  }

  void put(String name, Function<Invocation, @Nullable Object> method) {
    if (byName.put(name, method) != null) {
      throw new IllegalStateException("two methods are called " + name);
    }
  }

  @Nullable Function<Invocation, @Nullable Object> find(String name) {
    return byName.get(name);
  }
}

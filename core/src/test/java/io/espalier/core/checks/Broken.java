package io.espalier.core.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Things that break one check of a list each, beside one that breaks none. */
final class Broken<T> {
  private final Map<String, List<T>> broken = new LinkedHashMap<>();

  /** By each of these the check of a name is broken, and none before it. */
  @SafeVarargs
  final Broken<T> by(String check, T... made) {
    List<T> all = broken.computeIfAbsent(check, key -> new ArrayList<>());
    for (T each : made) {
      all.add(each);
    }
    return this;
  }

  /** Whether the valid one passes, and every check of the list finds what breaks it. */
  void areCaught(Checks<T> checks, T valid) {
    checks.run("network", valid, Convolutions.REGISTRY);
    assertEquals(checks.all().stream().map(Check::name).toList(), List.copyOf(broken.keySet()));
    broken.forEach(
        (check, all) -> {
          for (T made : all) {
            CheckException fault =
                assertThrows(
                    CheckException.class,
                    () -> checks.run("network", made, Convolutions.REGISTRY),
                    check);
            assertEquals(check, fault.check(), fault::getMessage);
          }
        });
  }

  /** A list with another element in one place. */
  static <E> List<E> with(List<E> list, int at, E element) {
    List<E> changed = new ArrayList<>(list);
    changed.set(at, element);
    return changed;
  }
}

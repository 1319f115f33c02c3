package io.espalier.core.structure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What the dotted names of layers tell of the modules around them. */
final class ModuleNames {
  private ModuleNames() {}

  /**
   * The innermost module around layers: the components that all their names begin with; all but the
   * last of a single name. Empty if there is none.
   */
  static String around(Collection<String> layers) {
    List<String> shared = common(layers);
    if (layers.size() == 1) {
      shared = shared.subList(0, Math.max(0, shared.size() - 1));
    }
    return String.join(".", shared);
  }

  /** The longest run of leading components that all names share. */
  static List<String> common(Collection<String> names) {
    List<String> shared = List.of();
    boolean first = true;
    for (String name : names) {
      List<String> components = components(name);
      int length = 0;
      while (length < Math.min(shared.size(), components.size())
          && shared.get(length).equals(components.get(length))) {
        length++;
      }
      shared = components.subList(0, first ? components.size() : length);
      first = false;
    }
    return shared;
  }

  private static List<String> components(String name) {
    return name.isEmpty() ? List.of() : List.of(name.split("\\."));
  }

  /**
   * The repeated module that each block of a chain belongs to, so that the two sums of a
   * transformer's layer are one block: {@code layer.0.attention} and {@code layer.0} both belong to
   * {@code layer.0}. That is the child, in the module around the chain, that a block stands in; or
   * a numbered child of that child, where chains of several modules follow one another. Empty for a
   * block that is none but itself.
   *
   * @param modules the module around each block, in order; empty where there is none
   */
  static List<String> repeated(List<String> modules) {
    List<String> around = common(modules.stream().filter(module -> !module.isEmpty()).toList());
    boolean own = modules.contains(String.join(".", around));
    boolean whole = own && !around.isEmpty() && endsWithNumber(around.get(around.size() - 1));
    List<String> repeated = new ArrayList<>();
    for (String module : modules) {
      List<String> all = components(module);
      int length = around.size();
      if (modules.size() == 1) {
        length = numbered(all);
      } else if (all.size() > length && !whole) {
        List<String> inner = all.subList(length, all.size());
        boolean list = inner.size() > 1 && !isNumber(inner.get(0)) && isNumber(inner.get(1));
        length += list ? 2 : 1;
      } else if (all.isEmpty() || !whole) {
        length = 0;
      }
      repeated.add(String.join(".", all.subList(0, length)));
    }
    return repeated;
  }

  /** How many components there are up to the last number; all if there is no number. */
  private static int numbered(List<String> components) {
    for (int length = components.size(); length > 0; length--) {
      if (isNumber(components.get(length - 1))) {
        return length;
      }
    }
    return components.size();
  }

  private static boolean isNumber(String component) {
    return !component.isEmpty() && component.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean endsWithNumber(String component) {
    return !component.isEmpty() && Character.isDigit(component.charAt(component.length() - 1));
  }
}

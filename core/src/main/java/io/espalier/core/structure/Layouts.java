package io.espalier.core.structure;

import io.espalier.trace.Layout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares layouts. */
final class Layouts {
  private Layouts() {}

  /** Whether two tensors of known shapes have the same axes: the same symbols, the same extents. */
  static boolean same(@Nullable List<Layout> a, @Nullable List<Layout> b) {
    if (a == null || b == null || a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!same(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean same(Layout a, Layout b) {
    if (a == b) {
      return true;
    }
    if (a.extent() != b.extent()) {
      return false;
    }
    if (!a.isFree() && !b.isFree()) {
      return true;
    }
    if (a instanceof Layout.Concat x && b instanceof Layout.Concat y) {
      return same(x.parts(), y.parts());
    }
    return a instanceof Layout.Product x
        && b instanceof Layout.Product y
        && same(x.factors(), y.factors());
  }
}

package io.espalier.trace;

import io.espalier.spi.Axis;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an axis is made of, once the network is solved: a term of Fixed, Symbol, Concat and Product.
 * Immutable; equal parts of a network share their terms.
 */
public sealed interface Layout extends Axis {
  /** The role of a width inside the groups of a grouped convolution. */
  String GROUP_WIDTH = "group_width";

  /** How many units of a symbol are active. */
  @FunctionalInterface
  interface Widths {
    /** A number from 1 to the symbol's extent. */
    long width(Symbol symbol);
  }

  /** Which units of a symbol are kept. */
  @FunctionalInterface
  interface Units {
    /** Distinct unit indices, ascending. */
    int[] units(Symbol symbol);
  }

  /** Whether any symbol stands in this layout. */
  @Override
  boolean isFree();

  /** The number of elements at the given widths. */
  long extent(Widths widths);

  /** The indices along this axis that are kept, ascending. */
  int[] kept(Units units);

  /**
   * An axis that is not free.
   *
   * @param extent its length
   * @param reason what fixed it
   * @param batch whether it is the batch axis of a graph input
   * @param dynamic whether the model leaves its length open, so that the extent is a trial size
   */
  record Fixed(long extent, Reason reason, boolean batch, boolean dynamic) implements Layout {
    @Override
    public boolean isFree() {
      return false;
    }

    @Override
    public long extent(Widths widths) {
      return extent;
    }

    @Override
    public int[] kept(Units units) {
      int[] all = new int[Math.toIntExact(extent)];
      for (int i = 0; i < all.length; i++) {
        all[i] = i;
      }
      return all;
    }

    @Override
    public String toString() {
      return Long.toString(extent);
    }
  }

  /** A free width. Identity counts: two symbols of one extent are two widths. */
  final class Symbol implements Layout {
    private final int index;
    private final long extent;
    private final boolean window;
    private final long least;
    private final @Nullable String role;
    private final boolean grouped;

    Symbol(
        int index,
        long extent,
        boolean window,
        long least,
        @Nullable String role,
        boolean grouped) {
      this.index = index;
      this.extent = extent;
      this.window = window;
      this.least = least;
      this.role = role;
      this.grouped = grouped;
    }

    /** The symbol's position among the symbols of its network, in graph order. */
    public int index() {
      return index;
    }

    /** Whether the symbol keeps its centred run, as kernels do. */
    public boolean window() {
      return window;
    }

    /** The smallest width that is allowed. */
    public long least() {
      return least;
    }

    /** The name a rule gave to what this width is, such as {@code num_heads}. */
    public @Nullable String role() {
      return role;
    }

    /** Whether it counts positions inside the groups of a grouped convolution. */
    public boolean grouped() {
      return grouped;
    }

    @Override
    public long extent() {
      return extent;
    }

    @Override
    public boolean isFree() {
      return true;
    }

    @Override
    public long extent(Widths widths) {
      return widths.width(this);
    }

    @Override
    public int[] kept(Units units) {
      return units.units(this);
    }

    @Override
    public String toString() {
      return "s" + index + "(" + extent + ")";
    }
  }

  /** Segments side by side. */
  final class Concat implements Layout {
    private final List<Layout> parts;
    private final long extent;
    private final boolean free;

    Concat(List<Layout> parts) {
      this.parts = List.copyOf(parts);
      long sum = 0;
      boolean anyFree = false;
      for (Layout part : parts) {
        sum += part.extent();
        anyFree |= part.isFree();
      }
      this.extent = sum;
      this.free = anyFree;
    }

    /** The segments; some may be concatenations themselves. */
    public List<Layout> parts() {
      return parts;
    }

    @Override
    public long extent() {
      return extent;
    }

    @Override
    public boolean isFree() {
      return free;
    }

    @Override
    public long extent(Widths widths) {
      if (!free) {
        return extent;
      }
      long[] sum = {0};
      forEachSegment(this, segment -> sum[0] += segment.extent(widths));
      return sum[0];
    }

    @Override
    public int[] kept(Units units) {
      IndexList kept = new IndexList();
      forEachSegment(this, segment -> kept.appendShifted(segment.kept(units), segment.extent()));
      return kept.toArray();
    }

    @Override
    public String toString() {
      return print(this, Layout::toString);
    }
  }

  /** All combinations of its factors, outer to inner. */
  final class Product implements Layout {
    private final List<Layout> factors;
    private final long extent;
    private final boolean free;

    Product(List<Layout> factors) {
      this.factors = List.copyOf(factors);
      long product = 1;
      boolean anyFree = false;
      for (Layout factor : factors) {
        product = Math.multiplyExact(product, factor.extent());
        anyFree |= factor.isFree();
      }
      this.extent = product;
      this.free = anyFree;
    }

    /** The factors, outer to inner. */
    public List<Layout> factors() {
      return factors;
    }

    @Override
    public long extent() {
      return extent;
    }

    @Override
    public boolean isFree() {
      return free;
    }

    @Override
    public long extent(Widths widths) {
      long product = 1;
      for (Layout factor : factors) {
        product = Math.multiplyExact(product, factor.extent(widths));
      }
      return product;
    }

    @Override
    public int[] kept(Units units) {
      int[] kept = {0};
      for (Layout factor : factors) {
        int[] inner = factor.kept(units);
        int[] next = new int[Math.multiplyExact(kept.length, inner.length)];
        int at = 0;
        for (int outer : kept) {
          int base = Math.toIntExact(outer * factor.extent());
          for (int index : inner) {
            next[at++] = base + index;
          }
        }
        kept = next;
      }
      return kept;
    }

    @Override
    public String toString() {
      return print(this, Layout::toString);
    }
  }

  /**
   * One axis over all combinations of several, outer to inner; those of one element do not count.
   */
  static Layout product(List<? extends Layout> factors) {
    List<Layout> kept =
        factors.stream().filter(factor -> factor.extent() != 1).<Layout>map(f -> f).toList();
    return kept.size() > 1 ? new Product(kept) : kept.isEmpty() ? factors.get(0) : kept.get(0);
  }

  /** Visits the segments of an axis from first to last, looking through nested concatenations. */
  static void forEachSegment(Layout layout, Consumer<Layout> action) {
    Deque<Layout> open = new ArrayDeque<>();
    open.push(layout);
    while (!open.isEmpty()) {
      Layout head = open.pop();
      if (head instanceof Concat concat) {
        for (int i = concat.parts().size() - 1; i >= 0; i--) {
          open.push(concat.parts().get(i));
        }
      } else {
        action.accept(head);
      }
    }
  }

  /** Visits the symbols of an axis in order, each time one occurs. */
  static void forEachSymbol(Layout layout, Consumer<Symbol> action) {
    forEachSegment(
        layout,
        segment -> {
          if (segment instanceof Symbol symbol) {
            action.accept(symbol);
          } else if (segment instanceof Product product) {
            product.factors().forEach(factor -> forEachSymbol(factor, action));
          }
        });
  }

  /**
   * For each index along an axis, the unit of a symbol that it belongs to; -1 for none.
   *
   * @return empty where an index belongs to two units, as in a product of a symbol with itself
   */
  static Optional<int[]> unitOf(Layout axis, Symbol symbol) {
    int[] unitOf = new int[Math.toIntExact(axis.extent())];
    if (axis == symbol) {
      Arrays.setAll(unitOf, i -> i);
      return Optional.of(unitOf);
    }
    Arrays.fill(unitOf, -1);
    if (axis instanceof Concat concat) {
      int from = 0;
      for (Layout part : concat.parts()) {
        Optional<int[]> own = unitOf(part, symbol);
        if (own.isEmpty()) {
          return own;
        }
        System.arraycopy(own.get(), 0, unitOf, from, own.get().length);
        from += own.get().length;
      }
    } else if (axis instanceof Product product) {
      int inner = unitOf.length;
      for (Layout factor : product.factors()) {
        Optional<int[]> own = unitOf(factor, symbol);
        if (own.isEmpty()) {
          return own;
        }
        int[] units = own.get();
        inner /= units.length;
        for (int i = 0; i < unitOf.length; i++) {
          int unit = units[i / inner % units.length];
          if (unit >= 0 && unitOf[i] >= 0) {
            return Optional.empty();
          }
          unitOf[i] = Math.max(unitOf[i], unit);
        }
      }
    }
    return Optional.of(unitOf);
  }

  /**
   * The text of a layout: {@code [a(32) | b(16)]} for segments, {@code g(4) x 8} for factors; fixed
   * segments beside one another are printed as one.
   *
   * @param leaf how a symbol is written
   */
  static String print(Layout layout, Function<Symbol, String> leaf) {
    if (layout instanceof Symbol symbol) {
      return leaf.apply(symbol);
    }
    if (!layout.isFree()) {
      return Long.toString(layout.extent());
    }
    StringBuilder text = new StringBuilder();
    if (layout instanceof Product product) {
      for (Layout factor : product.factors()) {
        text.append(text.isEmpty() ? "" : " x ").append(print(factor, leaf));
      }
      return text.toString();
    }
    long[] pending = {0};
    Consumer<String> append = item -> text.append(text.isEmpty() ? "[" : " | ").append(item);
    forEachSegment(
        layout,
        segment -> {
          if (!segment.isFree()) {
            pending[0] += segment.extent();
            return;
          }
          if (pending[0] > 0) {
            append.accept(Long.toString(pending[0]));
            pending[0] = 0;
          }
          append.accept(print(segment, leaf));
        });
    if (pending[0] > 0) {
      append.accept(Long.toString(pending[0]));
    }
    return text.append("]").toString();
  }
}

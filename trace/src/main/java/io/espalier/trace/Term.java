package io.espalier.trace;

import io.espalier.spi.Axis;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an axis is made of while the network is being solved. Only {@link Sym} changes: it is bound,
 * once.
 */
abstract sealed class Term implements Axis {
  private final long extent;

  private Term(long extent) {
    if (extent < 0) {
      throw new IllegalArgumentException("an axis of " + extent + " elements");
    }
    this.extent = extent;
  }

  @Override
  public final long extent() {
    return extent;
  }

  /** What it is made of; nothing for a number or a symbol. */
  List<Term> parts() {
    return List.of();
  }

  /** Not free, and why. */
  static final class Fixed extends Term {
    final Reason reason;
    final boolean batch;
    final boolean dynamic;

    Fixed(long extent, Reason reason, boolean batch, boolean dynamic) {
      super(extent);
      this.reason = reason;
      this.batch = batch;
      this.dynamic = dynamic;
    }

    /** A piece of this axis, or the whole of which this is a piece. */
    Fixed resized(long newExtent) {
      return new Fixed(newExtent, reason, false, dynamic);
    }
  }

  /** A free width, until it is bound to another term. */
  static final class Sym extends Term {
    /**
     * Smaller for what stands earlier in the graph; a part inherits the age of what it was cut
     * from.
     */
    final int age;

    final boolean window;
    long least;
    @Nullable String role;

    /** Whether it counts positions inside the groups of a grouped convolution. */
    boolean grouped;

    @Nullable Term bound;

    /** Whether its binding may still be taken back. */
    boolean tentative;

    Sym(long extent, int age, boolean window, long least) {
      super(extent);
      this.age = age;
      this.window = window;
      this.least = least;
    }
  }

  /** Segments side by side; at least two. */
  static final class Concat extends Term {
    final List<Term> parts;
    boolean frozen;

    private Concat(List<Term> parts, long extent) {
      super(extent);
      this.parts = parts;
    }

    @Override
    List<Term> parts() {
      return parts;
    }
  }

  /** Factors, outer to inner; at least two, none of extent 1. */
  static final class Product extends Term {
    final List<Term> factors;
    boolean frozen;

    private Product(List<Term> factors, long extent) {
      super(extent);
      this.factors = factors;
    }

    @Override
    List<Term> parts() {
      return factors;
    }
  }

  /** An axis of nothing, or of one element, where no operator made it. */
  static Fixed number(long extent) {
    return new Fixed(extent, Reason.EMPTY, false, false);
  }

  static Term concat(List<Term> parts) {
    List<Term> kept = new ArrayList<>(parts.size());
    long sum = 0;
    for (Term part : parts) {
      if (part.extent() > 0) {
        kept.add(part);
        sum = Math.addExact(sum, part.extent());
      }
    }
    if (kept.isEmpty()) {
      return number(0);
    }
    return kept.size() == 1 ? kept.get(0) : new Concat(List.copyOf(kept), sum);
  }

  static Term product(List<Term> factors) {
    List<Term> kept = new ArrayList<>(factors.size());
    long product = 1;
    for (Term factor : factors) {
      if (factor.extent() != 1) {
        kept.add(factor);
        product = Math.multiplyExact(product, factor.extent());
      }
    }
    if (kept.isEmpty()) {
      return factors.isEmpty() ? number(1) : factors.get(0);
    }
    return kept.size() == 1 ? kept.get(0) : new Product(List.copyOf(kept), product);
  }
}

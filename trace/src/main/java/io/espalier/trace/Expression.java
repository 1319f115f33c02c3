package io.espalier.trace;

import io.espalier.spi.Axis;
import io.espalier.spi.Element;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.function.LongBinaryOperator;
import java.util.function.Predicate;

/** How an integer of the network is computed from numbers and the extents of axes. */
public sealed interface Expression extends Element {
  /** The value once widths have changed. */
  long value(Layout.Widths widths);

  /** Whether any axis that satisfies the condition takes part. */
  boolean uses(Predicate<Axis> condition);

  @Override
  default Optional<Axis> axis() {
    return Optional.empty();
  }

  /** A plain number. */
  record Literal(long value) implements Expression {
    @Override
    public long value(Layout.Widths widths) {
      return value;
    }

    @Override
    public boolean uses(Predicate<Axis> condition) {
      return false;
    }
  }

  /**
   * The extent of an axis. While the network is being solved the axis is a term, afterwards a
   * {@link Layout}.
   */
  record Extent(Axis of) implements Expression {
    @Override
    public long value() {
      return of.extent();
    }

    @Override
    public long value(Layout.Widths widths) {
      return ((Layout) of).extent(widths);
    }

    @Override
    public boolean uses(Predicate<Axis> condition) {
      return condition.test(of);
    }

    @Override
    public Optional<Axis> axis() {
      return Optional.of(of);
    }
  }

  /** Computed from two others. */
  record Computed(LongBinaryOperator function, Element x, Element y, long value)
      implements Expression {
    Computed(LongBinaryOperator function, Element x, Element y) {
      this(function, x, y, function.applyAsLong(x.value(), y.value()));
    }

    @Override
    public long value(Layout.Widths widths) {
      return value(widths, new IdentityHashMap<>());
    }

    /** Networks use a result many times over; each is computed once. */
    private long value(Layout.Widths widths, IdentityHashMap<Computed, Long> known) {
      Long before = known.get(this);
      if (before != null) {
        return before;
      }
      long result = function.applyAsLong(value(x, widths, known), value(y, widths, known));
      known.put(this, result);
      return result;
    }

    private static long value(
        Element element, Layout.Widths widths, IdentityHashMap<Computed, Long> known) {
      return element instanceof Computed computed
          ? computed.value(widths, known)
          : ((Expression) element).value(widths);
    }

    @Override
    public boolean uses(Predicate<Axis> condition) {
      IdentityHashMap<Element, Boolean> seen = new IdentityHashMap<>();
      Deque<Element> work = new ArrayDeque<>();
      work.push(this);
      while (!work.isEmpty()) {
        Element element = work.pop();
        if (seen.put(element, true) != null) {
          continue;
        }
        if (element instanceof Computed computed) {
          work.push(computed.y);
          work.push(computed.x);
        } else if (((Expression) element).uses(condition)) {
          return true;
        }
      }
      return false;
    }
  }
}

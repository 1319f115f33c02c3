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

    /**
     * Networks use a result many times over, so that each is computed once; and they compute one
     * from the other in long chains, so that this is no recursion.
     */
    @Override
    public long value(Layout.Widths widths) {
      IdentityHashMap<Element, Long> known = new IdentityHashMap<>();
      Deque<Element> work = new ArrayDeque<>();
      work.push(this);
      while (true) {
        Element element = work.pop();
        long value;
        if (element instanceof Computed computed) {
          Long first = known.get(computed.x);
          Long second = known.get(computed.y);
          if (first == null || second == null) {
            work.push(computed);
            work.push(first == null ? computed.x : computed.y);
            continue;
          }
          value = computed.function.applyAsLong(first, second);
        } else {
          value = ((Expression) element).value(widths);
        }
        if (work.isEmpty()) {
          return value;
        }
        known.put(element, value);
      }
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

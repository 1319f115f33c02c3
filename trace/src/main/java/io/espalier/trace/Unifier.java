package io.espalier.trace;

import io.espalier.trace.Term.Concat;
import io.espalier.trace.Term.Fixed;
import io.espalier.trace.Term.Product;
import io.espalier.trace.Term.Sym;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The algebra of layouts: unification, cutting and factoring of terms, with symbols bound by
 * union-find.
 *
 * <p>Every operation is total. What cannot be made to agree is frozen, which is always sound: after
 * {@code unify(a, b)} the kept indices of a and b are equal, whatever units of the remaining
 * symbols are kept.
 */
final class Unifier {
  static final String ALONE = "an axis of one element starts here, which cannot shrink";
  private static final String CUT_OFF =
      "a width is cut into pieces here, of which this one has one element and cannot shrink";

  private int age;

  /** Lengths of axes that met others, which fits no network that runs. */
  private final Set<Long> clashes = new TreeSet<>();

  /** What the operations at hand freeze for; set by the driver before each node. */
  private Function<String, Reason> reasons = text -> new Reason("", "", text);

  /** Null where what is done stays. */
  private @Nullable Attempt attempt;

  /** The reason given last, as the axes of one node are often frozen for the same. */
  private @Nullable Reason latest;

  void explain(Function<String, Reason> newReasons) {
    this.reasons = newReasons;
    this.latest = null;
  }

  /** The lengths of axes that met an axis of another length. */
  Set<Long> clashes() {
    return clashes;
  }

  Reason reason(String text) {
    Reason reason = latest;
    if (reason == null || !reason.text().equals(text)) {
      reason = reasons.apply(text);
      latest = reason;
    }
    return reason;
  }

  /** A new symbol; an extent of 1 cannot shrink. */
  Term symbol(long extent) {
    return extent <= 1 ? single(extent, ALONE) : new Sym(extent, age++, false, 1);
  }

  /** An axis that cannot shrink, having one element at most. */
  private Term single(long extent, String why) {
    return new Fixed(extent, reason(why), false, false);
  }

  /** A new symbol that keeps its centred run. */
  Term window(long extent, long least) {
    return extent <= 1 ? single(extent, ALONE) : new Sym(extent, age++, true, Math.max(1, least));
  }

  /** A part of a symbol. */
  private Term sameAge(Sym symbol, long extent) {
    return extent <= 1 ? single(extent, CUT_OFF) : new Sym(extent, symbol.age, false, 1);
  }

  /** The term that stands for this one after all bindings. */
  static Term find(Term term) {
    Term end = term;
    while (end instanceof Sym sym && sym.bound != null && !sym.tentative) {
      end = sym.bound;
    }
    Term at = term;
    while (at != end && at instanceof Sym sym && sym.bound != null && sym.bound != end) {
      Term next = sym.bound;
      sym.bound = end;
      at = next;
    }
    // what may still be taken back is walked, but no path is shortened by it
    while (end instanceof Sym sym && sym.bound != null) {
      end = sym.bound;
    }
    return end;
  }

  /** Starts an attempt: what is done from now on can be taken back. */
  void attempt() {
    attempt = new Attempt();
  }

  /** The attempt that is over, to be kept or taken back. */
  Attempt attempted() {
    Attempt done = attempt;
    if (done == null) {
      throw new IllegalStateException("nothing was attempted");
    }
    attempt = null;
    return done;
  }

  private void bound(Sym symbol, Term term) {
    if (attempt == null) {
      symbol.bound = term;
    } else {
      attempt.bind(symbol, term);
    }
  }

  private void remember(Runnable undo) {
    if (attempt != null) {
      attempt.remember(undo);
    }
  }

  /** Whatever is kept of one is kept of the other from now on. */
  void unify(Term first, Term second) {
    // Nearly always two symbols meet, or a symbol itself.
    if (find(first) instanceof Sym x && find(second) instanceof Sym y && x.extent() == y.extent()) {
      if (x != y) {
        bindNewer(x, y);
      }
      return;
    }
    Deque<Term> work = new ArrayDeque<>();
    work.push(first);
    work.push(second);
    while (!work.isEmpty()) {
      Term b = find(work.pop());
      Term a = find(work.pop());
      if (a == b || (a.extent() == 1 && b.extent() == 1)) {
        continue;
      }
      if (a.extent() != b.extent()) {
        clashes.add(a.extent());
        clashes.add(b.extent());
        Reason reason =
            reason("axes of " + a.extent() + " and " + b.extent() + " elements meet here");
        freeze(a, reason);
        freeze(b, reason);
      } else if (a instanceof Fixed fixed) {
        freeze(b, fixed);
      } else if (b instanceof Fixed fixed) {
        freeze(a, fixed);
      } else if (a instanceof Sym x && b instanceof Sym y) {
        bindNewer(x, y);
      } else if (a instanceof Sym x) {
        bind(x, b);
      } else if (b instanceof Sym y) {
        bind(y, a);
      } else if (a instanceof Product x && b instanceof Product y) {
        alignFactors(x, y, work);
      } else {
        alignSegments(a, b, work);
      }
    }
  }

  private void bindNewer(Sym a, Sym b) {
    boolean keepA = a.window != b.window ? a.window : a.age <= b.age;
    Sym older = keepA ? a : b;
    Sym newer = keepA ? b : a;
    String role = older.role;
    long least = older.least;
    remember(
        () -> {
          older.role = role;
          older.least = least;
        });
    if (role == null) {
      older.role = newer.role;
    }
    older.least = Math.max(least, newer.least);
    bound(newer, older);
  }

  private void bind(Sym symbol, Term term) {
    if (symbol.window) {
      Reason reason = reason("a window meets an axis that is made of several");
      freeze(symbol, reason);
      freeze(term, reason);
    } else {
      bound(symbol, term);
    }
  }

  /**
   * Goes along two axes of one extent, at least one of them a concatenation, cutting each where the
   * other has a seam.
   */
  private void alignSegments(Term a, Term b, Deque<Term> work) {
    Deque<Term> left = new ArrayDeque<>();
    Deque<Term> right = new ArrayDeque<>();
    left.push(a);
    right.push(b);
    while (!left.isEmpty()) {
      Term x = find(left.pop());
      Term y = find(right.pop());
      if (x == y) {
        continue;
      }
      if (x.extent() > y.extent()) {
        right.push(y);
        open(x, y.extent(), left);
      } else if (y.extent() > x.extent()) {
        left.push(x);
        open(y, x.extent(), right);
      } else if (x instanceof Concat && (y instanceof Concat || y instanceof Product)) {
        open(x, 0, left);
        right.push(y);
      } else if (y instanceof Concat && x instanceof Product) {
        open(y, 0, right);
        left.push(x);
      } else {
        work.push(x);
        work.push(y);
      }
    }
  }

  private void open(Term term, long at, Deque<Term> stack) {
    List<Term> parts = term instanceof Concat concat ? concat.parts : split(term, at);
    for (int i = parts.size() - 1; i >= 0; i--) {
      stack.push(parts.get(i));
    }
  }

  /** Aligns two products of one extent from the outside, run by run of equal product. */
  private void alignFactors(Product a, Product b, Deque<Term> work) {
    List<Term> left = factors(a);
    List<Term> right = factors(b);
    int i = 0;
    int j = 0;
    while (i < left.size()) {
      int fromLeft = i;
      int fromRight = j;
      long x = left.get(i++).extent();
      long y = right.get(j++).extent();
      while (x != y) {
        if (x < y) {
          x *= left.get(i++).extent();
        } else {
          y *= right.get(j++).extent();
        }
      }
      alignRun(left.subList(fromLeft, i), right.subList(fromRight, j), work);
    }
  }

  private void alignRun(List<Term> left, List<Term> right, Deque<Term> work) {
    if (left.size() == 1 && right.size() == 1) {
      work.push(left.get(0));
      work.push(right.get(0));
      return;
    }
    TreeSet<Long> seams = new TreeSet<>();
    addSeams(left, seams);
    addSeams(right, seams);
    long before = 1;
    for (long seam : seams) {
      if (seam % before != 0) {
        Reason reason =
            reason(
                "factors of "
                    + extents(left)
                    + " and of "
                    + extents(right)
                    + " do not nest in one another");
        left.forEach(term -> freeze(term, reason));
        right.forEach(term -> freeze(term, reason));
        return;
      }
      before = seam;
    }
    List<Term> x = refine(left, seams);
    List<Term> y = refine(right, seams);
    for (int i = 0; i < x.size(); i++) {
      work.push(x.get(i));
      work.push(y.get(i));
    }
  }

  private static void addSeams(List<Term> run, Set<Long> seams) {
    long product = 1;
    for (Term term : run) {
      product *= term.extent();
      seams.add(product);
    }
  }

  /** Factors every term of a run at the seams that fall inside it. */
  private List<Term> refine(List<Term> run, NavigableSet<Long> seams) {
    List<Term> refined = new ArrayList<>();
    long before = 1;
    for (Term term : run) {
      long after = before * term.extent();
      List<Long> extents = new ArrayList<>();
      long at = before;
      for (long seam : seams.subSet(before, false, after, true)) {
        extents.add(seam / at);
        at = seam;
      }
      refined.addAll(factor(term, extents.stream().mapToLong(Long::longValue).toArray()));
      before = after;
    }
    return refined;
  }

  private static String extents(List<Term> terms) {
    StringBuilder text = new StringBuilder();
    terms.forEach(term -> text.append(text.isEmpty() ? "" : " x ").append(term.extent()));
    return text.toString();
  }

  /** The factors of a product after all bindings, none of them a product. */
  private static List<Term> factors(Product product) {
    List<Term> flat = new ArrayList<>(product.factors.size());
    for (Term factor : product.factors) {
      Term found = find(factor);
      if (found instanceof Product inner) {
        flat.addAll(factors(inner));
      } else {
        flat.add(found);
      }
    }
    return flat;
  }

  /** Cuts an axis in two at an element; 0 or the whole extent leave one piece. */
  List<Term> split(Term term, long at) {
    Term t = find(term);
    if (at <= 0 || at >= t.extent()) {
      return List.of(t);
    }
    if (t instanceof Sym sym) {
      if (sym.window) {
        freeze(sym, reason("a window cannot be cut"));
        return split(sym, at);
      }
      List<Term> parts = List.of(sameAge(sym, at), sameAge(sym, sym.extent() - at));
      bound(sym, Term.concat(parts));
      return parts;
    }
    if (t instanceof Fixed fixed) {
      return List.of(fixed.resized(at), fixed.resized(t.extent() - at));
    }
    if (t instanceof Concat concat) {
      return splitConcat(concat, at);
    }
    return splitProduct((Product) t, at);
  }

  private List<Term> splitConcat(Concat concat, long at) {
    Deque<Term> open = new ArrayDeque<>();
    open.push(concat);
    List<Term> left = new ArrayList<>();
    long missing = at;
    while (missing > 0) {
      Term head = find(open.pop());
      if (head.extent() <= missing) {
        left.add(head);
        missing -= head.extent();
      } else {
        open(head, missing, open);
      }
    }
    List<Term> right = new ArrayList<>(open);
    return List.of(Term.concat(left), Term.concat(right));
  }

  private List<Term> splitProduct(Product product, long at) {
    List<Term> factors = factors(product);
    Term outer = factors.get(0);
    Term inner = Term.product(factors.subList(1, factors.size()));
    long before = at / inner.extent();
    long within = at % inner.extent();
    if (within == 0) {
      List<Term> parts = split(outer, before);
      return List.of(
          Term.product(List.of(parts.get(0), inner)), Term.product(List.of(parts.get(1), inner)));
    }
    List<Term> left = new ArrayList<>();
    List<Term> right = new ArrayList<>();
    Term rest = outer;
    if (before > 0) {
      List<Term> parts = split(outer, before);
      left.add(Term.product(List.of(parts.get(0), inner)));
      rest = parts.get(1);
    }
    List<Term> pinned = split(rest, 1);
    List<Term> cut = split(inner, within);
    left.add(cut.get(0));
    right.add(cut.get(1));
    if (pinned.size() > 1) {
      right.add(Term.product(List.of(pinned.get(1), inner)));
    }
    return List.of(Term.concat(left), Term.concat(right));
  }

  /** Cuts an axis into pieces of the given extents, which add up to its own. */
  List<Term> split(Term term, long[] sizes) {
    List<Term> pieces = new ArrayList<>(sizes.length);
    Term rest = term;
    for (int i = 0; i < sizes.length - 1; i++) {
      List<Term> parts = split(rest, sizes[i]);
      pieces.add(parts.get(0));
      rest = parts.get(1);
    }
    pieces.add(rest);
    return pieces;
  }

  /**
   * Sees an axis as factors of the given extents, outer to inner; their product is the extent of
   * the axis.
   */
  List<Term> factor(Term term, long[] extents) {
    List<Term> found = new ArrayList<>(extents.length);
    Term rest = term;
    for (int i = extents.length - 1; i > 0; i--) {
      List<Term> parts = factor(rest, extents[i]);
      found.add(0, parts.get(1));
      rest = parts.get(0);
    }
    found.add(0, rest);
    return found;
  }

  /**
   * Sees an axis as outer times inner, the inner extent given; it divides the extent of the axis.
   */
  private List<Term> factor(Term term, long inner) {
    Term t = find(term);
    if (inner == 1) {
      return List.of(t, single(1, ALONE));
    }
    long outer = t.extent() / inner;
    if (outer == 1) {
      return List.of(single(1, ALONE), t);
    }
    if (t instanceof Sym sym) {
      if (sym.window) {
        freeze(sym, reason("a window cannot be factored"));
        return factor(sym, inner);
      }
      List<Term> parts = List.of(sameAge(sym, outer), sameAge(sym, inner));
      bound(sym, Term.product(parts));
      return parts;
    }
    if (t instanceof Fixed fixed) {
      return List.of(fixed.resized(outer), fixed.resized(inner));
    }
    return t instanceof Product product
        ? factorProduct(product, inner)
        : factorConcat((Concat) t, inner);
  }

  private List<Term> factorProduct(Product product, long inner) {
    List<Term> factors = factors(product);
    int at = factors.size();
    long taken = 1;
    while (taken < inner) {
      taken *= factors.get(--at).extent();
    }
    if (taken == inner) {
      return List.of(
          Term.product(factors.subList(0, at)), Term.product(factors.subList(at, factors.size())));
    }
    Term straddling = factors.get(at);
    long below = taken / straddling.extent();
    if (inner % below != 0 || straddling.extent() % (inner / below) != 0) {
      Reason reason =
          reason("factors of " + extents(factors) + " do not nest in groups of " + inner);
      freeze(product, reason);
      return List.of(
          new Fixed(product.extent() / inner, reason, false, false),
          new Fixed(inner, reason, false, false));
    }
    List<Term> parts = factor(straddling, inner / below);
    List<Term> left = new ArrayList<>(factors.subList(0, at));
    left.add(parts.get(0));
    List<Term> right = new ArrayList<>();
    right.add(parts.get(1));
    right.addAll(factors.subList(at + 1, factors.size()));
    return List.of(Term.product(left), Term.product(right));
  }

  /**
   * Factors segments one by one where they divide; where seams fall inside a unit, the units that
   * several segments make up together are tied to one another and stay as many as they are.
   */
  private List<Term> factorConcat(Concat concat, long inner) {
    List<Term> outers = new ArrayList<>();
    List<Term> inners = new ArrayList<>();
    List<Term> group = new ArrayList<>();
    long size = 0;
    Deque<Term> open = new ArrayDeque<>();
    open.push(concat);
    while (!open.isEmpty()) {
      Term head = find(open.pop());
      if (head instanceof Concat nested) {
        open(nested, 0, open);
        continue;
      }
      group.add(head);
      size += head.extent();
      if (size % inner != 0) {
        continue;
      }
      if (group.size() == 1) {
        List<Term> parts = factor(head, inner);
        outers.add(parts.get(0));
        inners.add(parts.get(1));
      } else {
        long[] pieces = new long[Math.toIntExact(size / inner)];
        java.util.Arrays.fill(pieces, inner);
        inners.addAll(split(Term.concat(group), pieces));
        outers.add(
            new Fixed(
                pieces.length,
                reason("its groups of " + inner + " cross a concatenation"),
                false,
                false));
      }
      group.clear();
      size = 0;
    }
    Term common = inners.get(0);
    for (Term other : inners.subList(1, inners.size())) {
      unify(common, other);
    }
    return List.of(Term.concat(outers), common);
  }

  /** Rearranges row-major axes into axes of other extents, run by run of equal product. */
  List<Term> reshape(List<Term> from, long[] to) {
    List<Term> result = new ArrayList<>(to.length);
    int i = 0;
    int j = 0;
    while (j < to.length) {
      if (to[j] == 1) {
        result.add(single(1, ALONE));
        j++;
        continue;
      }
      List<Term> run = new ArrayList<>();
      List<Long> targets = new ArrayList<>();
      long x = 1;
      long y = to[j];
      targets.add(to[j++]);
      while (x != y) {
        if (x < y) {
          Term next = from.get(i++);
          x *= next.extent();
          run.add(next);
        } else {
          y *= to[j];
          targets.add(to[j++]);
        }
      }
      result.addAll(
          factor(Term.product(run), targets.stream().mapToLong(Long::longValue).toArray()));
    }
    return result;
  }

  /** The shape of an elementwise operator. */
  List<Term> broadcast(List<List<Term>> shapes) {
    int rank = shapes.stream().mapToInt(List::size).max().orElse(0);
    List<Term> result = new ArrayList<>(rank);
    for (int axis = 0; axis < rank; axis++) {
      Term common = null;
      Term unit = null;
      for (List<Term> shape : shapes) {
        int at = axis - rank + shape.size();
        if (at < 0) {
          continue;
        }
        Term term = shape.get(at);
        if (term.extent() == 1) {
          unit = unit == null ? term : unit;
        } else if (common == null) {
          common = term;
        } else {
          unify(common, term);
        }
      }
      result.add(common != null ? common : unit != null ? unit : single(1, ALONE));
    }
    return result;
  }

  private void freeze(Term term, Fixed fixed) {
    if (term instanceof Sym sym) {
      bound(sym, fixed);
    } else {
      freeze(term, fixed.reason, fixed.dynamic);
    }
  }

  /** Binds every free symbol in a term to a fixed extent. */
  void freeze(Term term, Reason reason) {
    freeze(term, reason, false);
  }

  void freeze(Term term, Reason reason, boolean dynamic) {
    if (find(term) instanceof Fixed) {
      return;
    }
    Deque<Term> work = new ArrayDeque<>();
    work.push(term);
    while (!work.isEmpty()) {
      Term t = find(work.pop());
      if (t instanceof Sym sym) {
        bound(sym, new Fixed(sym.extent(), reason, false, dynamic));
      } else if (t instanceof Concat concat && !concat.frozen) {
        concat.frozen = true;
        remember(() -> concat.frozen = false);
        concat.parts.forEach(work::push);
      } else if (t instanceof Product product && !product.frozen) {
        product.frozen = true;
        remember(() -> product.frozen = false);
        product.factors.forEach(work::push);
      }
    }
  }
}

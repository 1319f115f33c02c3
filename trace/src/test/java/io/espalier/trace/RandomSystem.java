package io.espalier.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Random axes, a random sequence of operations on them, and everything that these operations
 * promised: pairs that keep the same indices, and terms that keep all of theirs.
 */
final class RandomSystem {
  /** Two terms that must keep the same indices whatever widths are active. */
  record Tie(Term a, Term b, String why) {}

  /** Small, with many divisors, so that seams and factors meet everywhere. */
  private static final int[] EXTENTS = {2, 3, 4, 5, 6, 6, 8, 9, 10, 12, 12, 12, 16, 18, 24, 24, 60};

  final Unifier unifier = new Unifier();
  final List<Tie> ties = new ArrayList<>();
  final List<Term> frozen = new ArrayList<>();
  final StringBuilder script = new StringBuilder();

  private final Random random;
  private final Map<Long, List<Term>> pool = new TreeMap<>();
  private final IdentityHashMap<Term, String> names = new IdentityHashMap<>();
  private final List<Term> axes = new ArrayList<>();
  private int nextName;

  RandomSystem(long seed, int axisCount) {
    this.random = new Random(seed);
    int extent = EXTENTS[random.nextInt(EXTENTS.length)];
    for (int i = 0; i < axisCount; i++) {
      // Most axes are of one extent, so that there is something to tie.
      int own = random.nextInt(4) == 0 ? EXTENTS[random.nextInt(EXTENTS.length)] : extent;
      axes.add(randomTerm(own, random.nextInt(4)));
    }
    script.append("axes");
    axes.forEach(axis -> script.append(' ').append(show(axis)));
    script.append('\n');
  }

  /** Every term that was made, or that an operation returned. */
  List<Term> all() {
    return pool.values().stream().flatMap(List::stream).toList();
  }

  private Term remember(Term term) {
    pool.computeIfAbsent(term.extent(), n -> new ArrayList<>()).add(term);
    return term;
  }

  private void tie(Term a, Term b, String why) {
    remember(a);
    remember(b);
    ties.add(new Tie(a, b, why));
  }

  private Term randomTerm(int extent, int depth) {
    List<Term> known = pool.getOrDefault((long) extent, List.of());
    if (!known.isEmpty() && random.nextInt(4) == 0) {
      return known.get(random.nextInt(known.size()));
    }
    int kind = random.nextInt(12);
    if (extent == 1) {
      return remember(Term.number(1));
    }
    if (depth > 0 && kind < 5) {
      return remember(randomConcat(extent, depth));
    }
    if (depth > 0 && kind < 9) {
      return remember(randomProduct(extent, depth));
    }
    return remember(
        switch (kind) {
          case 0 -> new Term.Fixed(extent, new Reason("n", "Op", "fixed"), false, false);
          case 1 -> unifier.window(extent, 1 + random.nextInt(extent));
          default -> unifier.symbol(extent);
        });
  }

  private Term randomConcat(int extent, int depth) {
    List<Term> parts = new ArrayList<>();
    if (random.nextInt(4) == 0 && extent % 2 == 0) {
      Term half = randomTerm(extent / 2, depth - 1);
      return Term.concat(List.of(half, half));
    }
    int rest = extent;
    while (rest > 0) {
      int size = parts.size() == 3 ? rest : 1 + random.nextInt(rest);
      parts.add(randomTerm(size, depth - 1));
      rest -= size;
    }
    return Term.concat(parts);
  }

  private Term randomProduct(int extent, int depth) {
    List<Term> factors = new ArrayList<>();
    for (long factor : factorisation(extent)) {
      factors.add(randomTerm((int) factor, depth - 1));
    }
    return Term.product(factors);
  }

  /** A random way to write a number as a product; factors of 1 occur. */
  private long[] factorisation(long n) {
    List<Long> factors = new ArrayList<>();
    long rest = n;
    while (rest > 1 && factors.size() < 3) {
      List<Long> divisors = new ArrayList<>();
      for (long d = 1; d <= rest; d++) {
        if (rest % d == 0) {
          divisors.add(d);
        }
      }
      long divisor = divisors.get(random.nextInt(divisors.size()));
      factors.add(divisor);
      rest /= divisor;
    }
    factors.add(rest);
    return factors.stream().mapToLong(Long::longValue).toArray();
  }

  private long[] composition(long n) {
    List<Long> sizes = new ArrayList<>();
    long rest = n;
    while (rest > 0) {
      long size = sizes.size() == 3 ? rest : 1 + random.nextInt((int) rest);
      sizes.add(size);
      rest -= size;
    }
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  private Term any() {
    if (random.nextBoolean()) {
      return axes.get(random.nextInt(axes.size()));
    }
    List<Term> all = all();
    return all.get(random.nextInt(all.size()));
  }

  private Term anyOf(long extent) {
    List<Term> known = pool.getOrDefault(extent, List.of());
    return known.isEmpty() || random.nextInt(3) == 0
        ? randomTerm((int) extent, 2)
        : known.get(random.nextInt(known.size()));
  }

  /** Applies one random operation, and writes down what it promised. */
  void step() {
    Term a = any();
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3, 4 -> unify(a, anyOf(a.extent()));
      case 5, 6 -> split(a);
      case 7, 8 -> factor(a);
      case 9 -> reshape(a);
      case 10 -> broadcast(a);
      default -> {
        if (random.nextInt(3) == 0) {
          freeze(a);
        } else if (random.nextInt(6) == 0) {
          clash(a, any());
        } else {
          unify(a, anyOf(a.extent()));
        }
      }
    }
  }

  private void unify(Term a, Term b) {
    log("unify", a, b);
    unifier.unify(a, b);
    tie(a, b, "unify");
  }

  private void clash(Term a, Term b) {
    log("unify", a, b);
    unifier.unify(a, b);
    if (a.extent() == b.extent()) {
      tie(a, b, "unify");
    } else {
      frozen.add(a);
      frozen.add(b);
    }
  }

  private void split(Term a) {
    long[] sizes = composition(a.extent());
    log("split" + Arrays.toString(sizes), a);
    List<Term> pieces = unifier.split(a, sizes);
    checkExtents(pieces, sizes);
    pieces.forEach(this::remember);
    tie(a, Term.concat(pieces), "split then concat");
  }

  private void factor(Term a) {
    long[] extents = factorisation(a.extent());
    log("factor" + Arrays.toString(extents), a);
    List<Term> factors = unifier.factor(a, extents);
    checkExtents(factors, extents);
    factors.forEach(this::remember);
    tie(a, Term.product(factors), "factor then product");
  }

  private void reshape(Term a) {
    List<Term> from = new ArrayList<>(List.of(a));
    if (a.extent() <= 24) {
      from.add(random.nextInt(2), anyOf(1 + random.nextInt(6)));
    }
    long product = from.stream().mapToLong(Term::extent).reduce(1, (x, y) -> x * y);
    long[] to = factorisation(product);
    log("reshape" + Arrays.toString(to), from.toArray(Term[]::new));
    List<Term> result = unifier.reshape(from, to);
    checkExtents(result, to);
    result.forEach(this::remember);
    ties.add(new Tie(Term.product(from), Term.product(result), "reshape"));
  }

  private void broadcast(Term a) {
    Term b = anyOf(a.extent());
    Term one = Term.number(1);
    log("broadcast", a, b);
    List<Term> result = unifier.broadcast(List.of(List.of(one, a), List.of(b), List.of(a, one)));
    if (a.extent() > 1) {
      tie(result.get(0), a, "broadcast");
      tie(result.get(1), a, "broadcast");
      tie(result.get(1), b, "broadcast");
    }
  }

  private void freeze(Term a) {
    log("freeze", a);
    unifier.freeze(a, new Reason("n", "Op", "frozen by the test"));
    frozen.add(a);
  }

  private void checkExtents(List<Term> terms, long[] expected) {
    long[] extents = terms.stream().mapToLong(Term::extent).toArray();
    if (!Arrays.equals(extents, expected)) {
      throw new AssertionError(
          "extents " + Arrays.toString(extents) + " instead of " + Arrays.toString(expected));
    }
  }

  private void log(String what, Term... terms) {
    script.append(what);
    for (Term term : terms) {
      script.append("  ").append(show(term));
    }
    script.append('\n');
  }

  String show(Term term) {
    Term t = Unifier.find(term);
    if (t instanceof Term.Fixed) {
      return Long.toString(t.extent());
    }
    if (t instanceof Term.Sym sym) {
      return (sym.window ? "w" : "s")
          + names.computeIfAbsent(t, key -> Integer.toString(nextName++))
          + "("
          + t.extent()
          + ")";
    }
    boolean concat = t instanceof Term.Concat;
    List<Term> parts = concat ? ((Term.Concat) t).parts : ((Term.Product) t).factors;
    String text = String.join(concat ? " | " : " x ", parts.stream().map(this::show).toList());
    return concat ? "[" + text + "]" : "(" + text + ")";
  }

  /** A random choice of units: at least one of each symbol, a centred run of a window. */
  static Layout.Units randomUnits(Random random, List<Layout.Symbol> symbols) {
    int mode = random.nextInt(3);
    IdentityHashMap<Layout.Symbol, int[]> chosen = new IdentityHashMap<>();
    for (Layout.Symbol symbol : symbols) {
      int n = (int) symbol.extent();
      int[] units;
      if (symbol.window()) {
        int size = n;
        while (size - 2 >= symbol.least() && random.nextBoolean()) {
          size -= 2;
        }
        int start = (n - size) / 2;
        units = IntStream.range(start, start + size).toArray();
      } else if (mode == 0) {
        units = new int[] {random.nextInt(n)};
      } else {
        units = IntStream.range(0, n).filter(i -> random.nextBoolean()).toArray();
        if (units.length == 0) {
          units = new int[] {random.nextInt(n)};
        }
      }
      chosen.put(symbol, units);
    }
    return symbol -> chosen.getOrDefault(symbol, new int[0]);
  }
}

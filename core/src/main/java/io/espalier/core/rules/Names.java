package io.espalier.core.rules;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How messages speak of names: quoted, with the nearest that exists, and with a list of what
 * exists.
 */
public final class Names {
  private static final int LISTED = 30;
  private static final int QUOTED = 120;

  private Names() {}

  /**
   * The name most like a given one, if one is close: at most a third of its letters differ, and at
   * most four. A swap of neighbours counts once, upper and lower case count only between equals.
   */
  public static Optional<String> nearest(String given, Collection<String> known) {
    int limit = limit(given.length());
    String folded = given.toLowerCase(Locale.ROOT);
    return known.stream()
        .distinct()
        .map(name -> new Near(name, distance(folded, name.toLowerCase(Locale.ROOT), limit)))
        .filter(near -> near.distance <= limit)
        .min(
            Comparator.comparingInt(Near::distance)
                .thenComparingInt(near -> distance(given, near.name, QUOTED))
                .thenComparing(Near::name))
        .map(Near::name);
  }

  /**
   * The end of a sentence about an unknown name: {@code ; did you mean "channels_ratio"? (options:
   * channels_ratio, kernel_size)}. What is not close is not suggested; what exists is sorted, and
   * shortened where it is long.
   *
   * @param given the unknown name
   * @param noun what the known names are, in the plural
   * @param known the names that exist
   */
  public static String hint(String given, String noun, Collection<String> known) {
    return didYouMean(nearest(given, known)) + listing(noun, known);
  }

  /** {@code ; did you mean "name"?}, or nothing. */
  public static String didYouMean(Optional<String> nearest) {
    return nearest.map(name -> "; did you mean " + quote(name) + "?").orElse("");
  }

  /** {@code (options: a, b, c)}, sorted, the first thirty at most. */
  public static String listing(String noun, Collection<String> known) {
    List<String> sorted = known.stream().distinct().sorted().toList();
    String shown =
        sorted.stream().limit(LISTED).map(Names::printable).collect(Collectors.joining(", "));
    int rest = sorted.size() - LISTED;
    return " ("
        + noun
        + ": "
        + (sorted.isEmpty() ? "none" : shown)
        + (rest > 0 ? " and " + rest + " more)" : ")");
  }

  /**
   * A name in double quotes, on one line whatever it contains, and shortened where it is very long.
   */
  public static String quote(String name) {
    return '"' + printable(name) + '"';
  }

  /** How many letters of a name of this length may be wrong for it to be close to another. */
  static int limit(int length) {
    return Math.max(1, Math.min(4, length / 3));
  }

  /**
   * The Damerau-Levenshtein distance (optimal string alignment), or some number above the limit as
   * soon as it must be above it.
   */
  static int distance(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) > limit) {
      return limit + 1;
    }
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] recycled = beforeLast;
      beforeLast = last;
      last = row;
      row = recycled;
      row[0] = i;
      int least = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(last[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
        least = Math.min(least, row[j]);
      }
      // No later row falls below this one: a swap reaches back two rows, but costs one.
      if (least > limit) {
        return limit + 1;
      }
    }
    return row[b.length()];
  }

  private static String printable(String name) {
    StringBuilder text = new StringBuilder();
    name.codePoints()
        .limit(QUOTED)
        .forEach(
            character -> {
              if (Character.isISOControl(character)
                  || character == '\u2028'
                  || character == '\u2029') {
                text.append(String.format(Locale.ROOT, "\\u%04x", character));
              } else {
                text.appendCodePoint(character);
              }
            });
    return name.codePointCount(0, name.length()) > QUOTED ? text + "..." : text.toString();
  }

  private record Near(String name, int distance) {}
}

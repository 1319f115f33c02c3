package io.espalier.core.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A Unix-shell-style pattern over a whole name: {@code *} stands for any run of characters, dots
 * among them, {@code ?} for one character, {@code [a-c_]} for one of a set and {@code [!a-c_]} for
 * one that is not in it. Upper and lower case differ. As in Python's {@code fnmatch}, a {@code [}
 * that is never closed stands for itself, a {@code ]} that comes first belongs to the set, and a
 * range that runs backwards is empty.
 */
public final class Glob {
  private final String pattern;
  private final List<Token> tokens;

  private Glob(String pattern) {
    this.pattern = pattern;
    this.tokens = List.copyOf(tokenize(pattern.codePoints().toArray()));
  }

  /** The glob of a pattern; every text is one. */
  public static Glob of(String pattern) {
    return new Glob(pattern);
  }

  /**
   * Whether the pattern describes the whole of this name. Takes time proportional to the product of
   * the two lengths at worst, whatever the pattern.
   */
  public boolean matches(String name) {
    int[] text = name.codePoints().toArray();
    int token = 0;
    int at = 0;
    int retryToken = -1;
    int retryAt = -1;
    while (at < text.length) {
      if (token < tokens.size() && tokens.get(token) instanceof Star) {
        retryToken = ++token;
        retryAt = at;
      } else if (token < tokens.size() && tokens.get(token).accepts(text[at])) {
        token++;
        at++;
      } else if (retryToken >= 0) {
        // Only the latest star needs to give way: what lies before it has matched as early as it
        // can.
        token = retryToken;
        at = ++retryAt;
      } else {
        return false;
      }
    }
    while (token < tokens.size() && tokens.get(token) instanceof Star) {
      token++;
    }
    return token == tokens.size();
  }

  /** Whether this is a plain name: nothing in it stands for anything but itself. */
  boolean literal() {
    return tokens.stream().allMatch(Literal.class::isInstance);
  }

  /** How many characters of a name this glob spells out. */
  int literals() {
    return (int) tokens.stream().filter(Literal.class::isInstance).count();
  }

  /**
   * The fewest characters to insert, remove or replace in the pattern so that it matches a name.
   */
  int distance(String name) {
    int[] text = name.codePoints().toArray();
    int[] previous = new int[text.length + 1];
    Arrays.setAll(previous, i -> i);
    for (Token token : tokens) {
      int[] current = new int[text.length + 1];
      boolean star = token instanceof Star;
      current[0] = previous[0] + (star ? 0 : 1);
      for (int i = 1; i <= text.length; i++) {
        current[i] =
            star
                ? Math.min(previous[i], current[i - 1])
                : Math.min(
                    previous[i - 1] + (token.accepts(text[i - 1]) ? 0 : 1),
                    Math.min(previous[i], current[i - 1]) + 1);
      }
      previous = current;
    }
    return previous[text.length];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Glob glob && pattern.equals(glob.pattern);
  }

  @Override
  public int hashCode() {
    return pattern.hashCode();
  }

  /** The pattern as it was written. */
  @Override
  public String toString() {
    return pattern;
  }

  private static List<Token> tokenize(int[] pattern) {
    List<Token> tokens = new ArrayList<>();
    int at = 0;
    while (at < pattern.length) {
      int character = pattern[at++];
      if (character == '*') {
        tokens.add(new Star());
      } else if (character == '?') {
        tokens.add(new Any());
      } else if (character != '[') {
        tokens.add(new Literal(character));
      } else {
        int end = closingBracket(pattern, at);
        if (end < 0) {
          tokens.add(new Literal('['));
        } else {
          tokens.add(set(pattern, at, end));
          at = end + 1;
        }
      }
    }
    return tokens;
  }

  private static int closingBracket(int[] pattern, int start) {
    int at = start;
    if (at < pattern.length && pattern[at] == '!') {
      at++;
    }
    for (at++; at < pattern.length; at++) {
      if (pattern[at] == ']') {
        return at;
      }
    }
    return -1;
  }

  private static Token set(int[] pattern, int start, int end) {
    boolean negated = pattern[start] == '!';
    List<Range> ranges = new ArrayList<>();
    int at = negated ? start + 1 : start;
    while (at < end) {
      boolean range = at + 2 < end && pattern[at + 1] == '-';
      ranges.add(new Range(pattern[at], pattern[range ? at + 2 : at]));
      at += range ? 3 : 1;
    }
    return new OneOf(List.copyOf(ranges), negated);
  }

  private sealed interface Token {
    boolean accepts(int character);
  }

  private record Star() implements Token {
    @Override
    public boolean accepts(int character) {
      return true;
    }
  }

  private record Any() implements Token {
    @Override
    public boolean accepts(int character) {
      return true;
    }
  }

  private record Literal(int character) implements Token {
    @Override
    public boolean accepts(int other) {
      return character == other;
    }
  }

  private record OneOf(List<Range> ranges, boolean negated) implements Token {
    @Override
    public boolean accepts(int character) {
      return negated != ranges.stream().anyMatch(range -> range.contains(character));
    }
  }

  private record Range(int first, int last) {
    boolean contains(int character) {
      return first <= character && character <= last;
    }
  }
}

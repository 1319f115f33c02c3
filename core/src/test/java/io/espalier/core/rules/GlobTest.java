package io.espalier.core.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "*, layer1.0.conv1, true",
        "``, ``, true",
        "``, a, false",
        "*, ``, true",
        "layer1.0.conv1, layer1.0.conv1, true",
        "layer1.0.conv1, layer1x0.conv1, false",
        "layer1, layer1.0, false",
        "*conv1, layer1.0.conv1, true",
        "layer*1, layer1.0.conv1, true",
        "layer*2, layer1.0.conv1, false",
        "layer?.0.*, layer1.0.conv1, true",
        "layer?.0.*, layer12.0.conv1, false",
        "backbone.stages.[1-5]*.spatial_conv*, backbone.stages.1.spatial_conv1, true",
        "backbone.stages.[1-5]*.spatial_conv*, backbone.stages.1.0.spatial_conv, true",
        "backbone.stages.[1-5]*.spatial_conv*, backbone.stages.0.spatial_conv1, false",
        "conv[12], conv2, true",
        "conv[12], conv3, false",
        "conv[!12], conv3, true",
        "conv[!12], conv1, false",
        "conv[^1], conv1, true",
        "conv[^1], conv^, true",
        "conv[^1], conv2, false",
        "Conv*, conv1, false",
        "a[, a[, true",
        "a[, a, false",
        "a[b-, a[b-, true",
        "[], [], true",
        "[]a], ], true",
        "[]a], a, true",
        "[!]a], ], false",
        "[!]a], b, true",
        "[!], [!], true",
        "[z-a], m, false",
        "[!z-a], m, true",
        "[a-], -, true",
        "[-a], -, true",
        "[-a], b, false",
        "[a-c-e], -, true",
        "[a-c-e], e, true",
        "[a-c-e], d, false",
        "[--a], A, true",
        "[a\\], \\, true",
        "a.b, a+b, false",
        "(a|b), a, false"
      })
  void matchesAsAShellDoes(String pattern, String name, boolean expected) {
    assertEquals(expected, Glob.of(pattern).matches(name), () -> pattern + " against " + name);
  }

  @Test
  void aCharacterIsACodePoint() {
    assertTrue(Glob.of("?").matches("\uD83C\uDF33"));
    assertTrue(Glob.of("[\uD83C\uDF32-\uD83C\uDF34]").matches("\uD83C\uDF33"));
    assertTrue(Glob.of("a?b").matches("a\nb"));
  }

  @Test
  void aHostilePatternTakesNoLongerThanItsLength() {
    Glob glob = Glob.of("a*".repeat(500) + "b");
    assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> assertFalse(glob.matches("a".repeat(5000))));
  }

  @Test
  void distanceCountsEditsAndStarsAreFree() {
    assertEquals(0, Glob.of("det*.conv[12]").distance("det_blocks.0.conv2"));
    assertEquals(1, Glob.of("det*.conv[12]").distance("det_blocks.0.conv3"));
    assertEquals(1, Glob.of("stages.*.conv").distance("stage.0.conv"));
    assertEquals(3, Glob.of("abc").distance(""));
  }

  @Property(tries = 5000, seed = "95")
  void agreesWithTheObviousAlgorithm(
      @ForAll("patterns") String pattern, @ForAll("names") String name) {
    assertEquals(obvious(pattern, name), Glob.of(pattern).matches(name));
    assertEquals(obvious(pattern, name), Glob.of(pattern).distance(name) == 0);
  }

  @Property(seed = "96")
  void aPlainNameMatchesItselfAlone(@ForAll("names") String name, @ForAll("names") String other) {
    if (Glob.of(name).literal()) {
      assertEquals(name.equals(other), Glob.of(name).matches(other));
      assertTrue(Glob.of(name + "*").matches(name + other));
      assertTrue(Glob.of("*" + name).matches(other + name));
    }
  }

  @Provide
  Arbitrary<String> patterns() {
    return Arbitraries.strings().withChars("abc.**?[[]]!-").ofMaxLength(9);
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings().withChars("abc.[]!-").ofMaxLength(7);
  }

  /** As the manual says it, character by character, trying everything. */
  private static boolean obvious(String pattern, String name) {
    if (pattern.isEmpty()) {
      return name.isEmpty();
    }
    String rest = pattern.substring(1);
    if (pattern.charAt(0) == '*') {
      return obvious(rest, name) || (!name.isEmpty() && obvious(pattern, name.substring(1)));
    }
    if (name.isEmpty()) {
      return false;
    }
    if (pattern.charAt(0) == '[') {
      boolean negated = rest.startsWith("!");
      int close = rest.indexOf(']', negated ? 2 : 1);
      if (close >= 0) {
        boolean found = inSet(rest.substring(negated ? 1 : 0, close), name.charAt(0));
        return found != negated && obvious(rest.substring(close + 1), name.substring(1));
      }
    }
    boolean same = pattern.charAt(0) == '?' || pattern.charAt(0) == name.charAt(0);
    return same && obvious(rest, name.substring(1));
  }

  private static boolean inSet(String set, char character) {
    if (set.isEmpty()) {
      return false;
    }
    if (set.length() > 2 && set.charAt(1) == '-') {
      return (set.charAt(0) <= character && character <= set.charAt(2))
          || inSet(set.substring(3), character);
    }
    return set.charAt(0) == character || inSet(set.substring(1), character);
  }
}

package io.espalier.core.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class NamesTest {
  private static final List<String> OPTIONS =
      List.of("kernel_size", "channels_ratio", "channel_divisor");

  @Test
  void suggestsWhatIsClose() {
    assertEquals(Optional.of("channels_ratio"), Names.nearest("channel_ratio", OPTIONS));
    assertEquals(Optional.of("kernel_size"), Names.nearest("kernle_size", OPTIONS));
    assertEquals(
        Optional.of("nn.Conv2d"), Names.nearest("NN.CONV2D", List.of("nn.Conv1d", "nn.Conv2d")));
    assertEquals(
        Optional.of("nn.Conv1d"),
        Names.nearest("nn.Conv", List.of("nn.Linear", "nn.Conv2d", "nn.Conv1d")));
  }

  @Test
  void upperAndLowerCaseDecideBetweenEquals() {
    assertEquals(Optional.of("aB"), Names.nearest("aB_", List.of("ab", "aB", "AB")));
  }

  @Test
  void suggestsNothingThatIsNotClose() {
    assertEquals(Optional.empty(), Names.nearest("dropout", OPTIONS));
    assertEquals(Optional.empty(), Names.nearest("", OPTIONS));
    assertEquals(Optional.empty(), Names.nearest("kernel_size", List.of()));
  }

  @Test
  void hintsAreTheEndOfASentence() {
    assertEquals(
        "; did you mean \"channels_ratio\"? (options: channel_divisor, channels_ratio,"
            + " kernel_size)",
        Names.hint("channel_ratio", "options", OPTIONS));
    assertEquals(
        " (options: channel_divisor, channels_ratio, kernel_size)",
        Names.hint("dropout", "options", OPTIONS));
    assertEquals(" (layers: none)", Names.hint("conv1", "layers", List.of()));
  }

  @Test
  void longListsAreShortened() {
    List<String> names = IntStream.range(100, 145).mapToObj(i -> "conv" + i).toList();
    String hint = Names.hint("x", "layers", names);
    assertTrue(hint.endsWith("conv128, conv129 and 15 more)"), hint);
  }

  @Test
  void aQuotedNameStaysOnOneLine() {
    assertEquals("\"a\\u000ab\\u001b\"", Names.quote("a\nb\u001b"));
    assertEquals("\"" + "x".repeat(120) + "...\"", Names.quote("x".repeat(500)));
  }

  @Property(seed = "68")
  void boundedDistanceIsTheDistanceUpToTheBound(
      @ForAll("words") String a, @ForAll("words") String b) {
    int exact = obvious(a, b);
    assertEquals(exact, Names.distance(a, b, 100));
    for (int limit = 0; limit < 5; limit++) {
      int bounded = Names.distance(a, b, limit);
      assertTrue(exact <= limit ? bounded == exact : bounded > limit);
    }
  }

  @Provide
  Arbitrary<String> words() {
    return Arbitraries.strings().withChars("abc").ofMaxLength(6);
  }

  private static int obvious(String a, String b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.length() + b.length();
    }
    String headOfA = a.substring(0, a.length() - 1);
    String headOfB = b.substring(0, b.length() - 1);
    int replaced = obvious(headOfA, headOfB) + (a.endsWith(b.substring(headOfB.length())) ? 0 : 1);
    int best = Math.min(replaced, 1 + Math.min(obvious(headOfA, b), obvious(a, headOfB)));
    if (a.length() > 1 && b.length() > 1) {
      String swapped = "" + b.charAt(b.length() - 1) + b.charAt(b.length() - 2);
      if (a.endsWith(swapped)) {
        best =
            Math.min(
                best, 1 + obvious(a.substring(0, a.length() - 2), b.substring(0, b.length() - 2)));
      }
    }
    return best;
  }
}

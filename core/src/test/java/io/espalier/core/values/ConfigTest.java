package io.espalier.core.values;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.EspalierException;
import org.junit.jupiter.api.Test;

/** What is read as a config, and what is not. */
class ConfigTest {
  private static String refusal(String json) {
    return String.valueOf(
        assertThrows(EspalierException.class, () -> Config.parse(json)).getMessage());
  }

  @Test
  void numbersAndListsOfNumbers() {
    Config config = Config.parse("{\"a\": 3, \"b\": [1, 5]}");
    assertEquals(Choice.of(3), config.choices().get("a"));
    assertEquals("{a=3, b=[1, 5]}", config.toString());
    assertEquals(config, Config.parse(config.toJson()));
  }

  /** Editors on Windows write it. */
  @Test
  void aMarkOfUnicodeIsNoPartOfTheText() {
    assertEquals(Config.parse("{\"a\": 3}"), Config.parse("\uFEFF{\"a\": 3}"));
  }

  @Test
  void whatFollowsTheConfigIsRefused() {
    assertTrue(refusal("{\"a\": 3} {\"a\": 4}").startsWith("the config is not JSON: line 1"));
    assertTrue(refusal("{\"a\": 3").startsWith("the config is not JSON: line 1"));
    assertTrue(refusal("[3]").contains("is not a JSON object"));
    assertTrue(refusal("").contains("is not a JSON object"));
  }

  @Test
  void aTextThatIsNestedWithoutEndIsRefused() {
    String message = refusal("{\"a\":" + "[".repeat(100_000));
    assertTrue(message.startsWith("the config is not JSON: "), message);
    assertTrue(message.contains("nesting depth"), message);
  }

  @Test
  void otherValuesAreRefused() {
    assertTrue(refusal("{\"a\": 1.5}").contains("must be a whole number"));
    assertTrue(refusal("{\"a\": 3000000000}").contains("must be a whole number"));
    assertTrue(refusal("{\"a\": []}").contains("must be a whole number"));
    assertTrue(refusal("{\"a\": 1, \"a\": 2}").contains("Duplicate"));
  }
}

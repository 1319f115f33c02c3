package io.espalier.core.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesRefusalTest {
  private static final String CONV_OPTIONS =
      " (options: channel_divisor, channels_ratio, kernel_size)";
  private static final String TYPES =
      " (types: nn.BatchNorm2d, nn.Conv1d, nn.Conv2d, nn.LayerNorm, nn.Linear, nn.Sequential,"
          + " nn.SyncBatchNorm)";

  @Test
  void anUnknownType() {
    assertEquals(
        "unknown layer type \"nn.Conv2D\" in the rules; did you mean \"nn.Conv2d\"?" + TYPES,
        refusal("{'nn.Conv2D': {}}"));
    assertEquals(
        "unknown layer type \"torch.Attention\" in the rules" + TYPES,
        refusal("{'torch.Attention': null}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'channel_ratio': [0.5]}",
        "{'channel_ratio': null}",
        "{'channel_divisor': 8, 'channel_ratio': [0.5]}",
        "{'channel_divisor': 8, 'channel_ratio': null}",
        "{'channel_ratio': null, 'layer1': 5}"
      })
  void anUnknownOption(String rule) {
    assertEquals(
        "unknown rule option \"channel_ratio\" for nn.Conv2d; did you mean \"channels_ratio\"?"
            + CONV_OPTIONS,
        refusal("{'nn.Conv2d': " + rule + "}"));
  }

  @Test
  void anUnknownOptionLikeNone() {
    assertEquals(
        "unknown rule option \"dropout\" for nn.Conv2d" + CONV_OPTIONS,
        refusal("{'nn.Conv2d': {'dropout': 1}}"));
    assertEquals(
        "unknown rule option \"min_depth\" for nn.Conv2d" + CONV_OPTIONS,
        refusal("{'nn.Conv2d': {'min_depth': 1}}"));
  }

  @Test
  void anUnknownOptionUnderAGlob() {
    assertEquals(
        "unknown rule option \"kernel\" for nn.Conv2d under \"layer1.*\"" + CONV_OPTIONS,
        refusal("{'nn.Conv2d': {'*': {}, 'layer1.*': {'kernel': 3}}}"));
  }

  @Test
  void optionsBesideGlobs() {
    assertEquals(
        "the rule for nn.Conv2d has the option \"channel_divisor\" beside the glob \"conv1\"; put"
            + " the options under the glob \"*\"",
        refusal("{'nn.Conv2d': {'channel_divisor': 8, 'conv1': {'channel_divisor': 4}}}"));
  }

  @Test
  void aRuleThatIsNoObject() {
    assertEquals(
        "the rule for nn.Conv2d must be null, options or globs with options, in braces; found"
            + " [0.5,1]",
        refusal("{'nn.Conv2d': [0.5, 1]}"));
    assertEquals(
        "the rule for nn.Conv2d under \"conv1\" must be null or options in braces; found [0.5]",
        refusal("{'nn.Conv2d': {'*': {}, 'conv1': [0.5]}}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.5",
        "'all'",
        "true",
        "{}",
        "{'*': [1]}",
        "[0]",
        "[-0.5]",
        "[1.5]",
        "['1']",
        "[null]",
        "[[1]]",
        "[1e999]",
        "[0.5, 2]"
      })
  void aWrongRatio(String value) {
    assertWrong(
        "channels_ratio",
        value,
        "null or a list of numbers above 0 and at most 1, such as [0.5, 1]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "-8", "1.5", "null", "'8'", "[8]", "true", "{}", "4294967297", "1e30"})
  void aWrongDivisor(String value) {
    assertWrong("channel_divisor", value, "a whole number, at least 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3",
        "'all'",
        "{}",
        "[0]",
        "[-1]",
        "[1.5]",
        "['3']",
        "[[]]",
        "[[3, 0]]",
        "[[[3]]]",
        "[null]",
        "true"
      })
  void aWrongKernelSize(String value) {
    assertWrong(
        "kernel_size",
        value,
        "null or a list of sizes, each a whole number or a list with one for each axis, such as [1,"
            + " [3, 5]]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "0.5", "null", "[1]", "'1'", "false"})
  void aWrongDepth(String value) {
    String message = refusal("{'nn.Sequential': {'min_depth': " + value + "}}");
    assertTrue(
        message.startsWith(
            "the value of \"min_depth\" for nn.Sequential must be a whole number, at least 0; found"
                + " "),
        message);
  }

  @Test
  void aWrongValueUnderAGlob() {
    assertEquals(
        "the value of \"channel_divisor\" for nn.Conv2d under \"conv*\" must be a whole number, at"
            + " least 1; found \"8\"",
        refusal("{'nn.Conv2d': {'conv*': {'channel_divisor': '8'}}}"));
  }

  @Test
  void aGlobThatMatchesNoLayer() {
    ResolvedRules rules = resolve("{'nn.Conv2d': {'*': {}, 'conv9*': {'channel_divisor': 8}}}");
    assertEquals(
        "the glob \"conv9*\" for nn.Conv2d matches no layer; did you mean \"conv1\"? (layers:"
            + " conv1, conv2, head)",
        message(() -> rules.checkGlobs(Map.of("nn.Conv2d", List.of("head", "conv2", "conv1")))));
    rules.checkGlobs(Map.of("nn.Conv2d", List.of("conv9.0")));
  }

  @Test
  void aGlobFarFromAnyLayer() {
    ResolvedRules rules = resolve("{'nn.Conv2d': {'det_blocks.*': null}}");
    assertEquals(
        "the glob \"det_blocks.*\" for nn.Conv2d matches no layer (layers: conv1)",
        message(() -> rules.checkGlobs(Map.of("nn.Conv2d", List.of("conv1")))));
  }

  @Test
  void globsOfATypeThatNoLayerHasAreNotChecked() {
    ResolvedRules rules = resolve("{'nn.Conv2d': {'conv9*': {}}}");
    rules.checkGlobs(Map.of("nn.Linear", List.of("fc")));
    rules.checkGlobs(Map.of("nn.Conv2d", List.of()));
    resolve("{'nn.Conv2d': {}}").checkGlobs(Map.of("nn.Conv2d", List.of("a")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a': 1 'b': 2} | 1 | 10",
        "{'a': | 1 | 6",
        "{'a': {}, | 1 | 11",
        "{'a': {}} {} | 1 | 11",
        "{'a': {}} x | 1 | 11",
        "{'a': [1, 2} | 1 | 12",
        "{a: 1} | 1 | 2",
        "// comment | 1 | 1",
        "{'a': NaN} | 1 | 10",
        "{'a': 01} | 1 | 7",
        "nonsense | 1 | 1"
      })
  void textThatIsNoJson(String json, int line, int column) {
    String message = message(() -> parse(json));
    assertTrue(message.startsWith("the text of the rules "), message);
    assertTrue(message.contains(": line " + line + ", column "), message);
    int found = Integer.parseInt(message.replaceAll("(?s).*, column (\\d+):.*", "$1"));
    assertTrue(Math.abs(found - column) <= 2, message);
    assertOneSentence(message);
  }

  @Test
  void aKeyGivenTwice() {
    assertEquals(
        "the text of the rules cannot be used: line 2, column 2: the key \"nn.Conv2d\" is given"
            + " twice in one object",
        message(() -> parse("{'nn.Conv2d': {},\n 'nn.Conv2d': null}")));
    assertEquals(
        "the text of the rules cannot be used: line 1, column 28: the key \"*\" is given twice in"
            + " one object",
        message(() -> parse("{'nn.Conv2d': {'*': null,  '*': {}}}")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"[] | a list", "5 | a number", "'nn.Conv2d' | a text", "true | a truth value"})
  void aTopLevelThatIsNoObject(String json, String found) {
    assertEquals(
        "the text of the rules must be an object that maps layer types to rules, or null; found "
            + found,
        message(() -> parse(json)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n", "\uFEFF"})
  void anEmptyText(String text) {
    assertEquals(
        "the text of the rules is empty; write {} for rules that freeze everything, null for none",
        message(() -> parse(text)));
  }

  @Test
  void textNestedTooDeep() {
    assertOneSentence(message(() -> parse("{'a': " + "[".repeat(5000))));
  }

  @Test
  void aFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("rules.json");
    Files.writeString(file, "\uFEFF{\"nn.Conv2d\": {}}");
    assertEquals(Rules.parse("{\"nn.Conv2d\": {}}"), Rules.read(file));
    Files.writeString(file, "{\n  \"nn.Conv2d\": }");
    String message = message(() -> Rules.read(file));
    assertTrue(message.startsWith(file + " is not JSON: line 2, column 16: "), message);
    assertOneSentence(message);
    Files.write(file, new byte[] {'{', '"', (byte) 0xff, '"', '}'});
    assertEquals(file + " is not JSON: it is not text in UTF-8", message(() -> Rules.read(file)));
    assertEquals(
        folder + " is a directory; name the rules file in it", message(() -> Rules.read(folder)));
    Path missing = folder.resolve("missing.json");
    assertEquals("there is no rules file " + missing, message(() -> Rules.read(missing)));
  }

  private static void assertWrong(String option, String value, String expected) {
    String message = refusal("{'nn.Conv2d': {'" + option + "': " + value + "}}");
    String start = "the value of \"" + option + "\" for nn.Conv2d must be " + expected + "; found ";
    assertTrue(message.startsWith(start), message);
  }

  private static void assertOneSentence(String message) {
    assertFalse(message.contains("\n"), message);
    assertFalse(
        message.contains("Source") || message.contains("code ") || message.contains("Feature"),
        message);
  }

  private static Rules parse(String json) {
    return Rules.parse(json.replace('\'', '"'));
  }

  private static ResolvedRules resolve(String json) {
    return parse(json).resolve(Types.ALL);
  }

  private static String refusal(String json) {
    Rules rules = parse(json);
    return message(() -> rules.resolve(Types.ALL));
  }

  private static String message(Executable refused) {
    RuntimeException e = assertThrows(RulesException.class, refused);
    assertInstanceOf(EspalierException.class, e);
    return String.valueOf(e.getMessage());
  }
}

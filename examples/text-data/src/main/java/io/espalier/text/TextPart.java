package io.espalier.text;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What an input of a network says of the tokens of a text, by the names that exporters give. */
enum TextPart {
  /** The id of each token. */
  IDS("input_ids", "inputids|inputwordids|tokenids|inputtokens|tokens|ids"),
  /** 1 for each token, 0 for what fills up. */
  MASK("attention_mask", "attentionmask|inputmask|tokenmask|mask"),
  /** Which of several texts a token belongs to. */
  TYPES("token_type_ids", "tokentypeids|inputtypeids|tokentypes|segmentids|typeids"),
  /** The place of each token, from 0. */
  POSITIONS("position_ids", "positionids|inputpositionids");

  private final String usualName;
  private final String names;

  /**
   * A part.
   *
   * @param names as a pattern of what names are without anything but letters
   */
  TextPart(String usualName, String names) {
    this.usualName = usualName;
    this.names = names;
  }

  /** The part that an input holds: {@code serving_default_inputIds:0} are ids. */
  static Optional<TextPart> of(String input) {
    String name =
        input
            .toLowerCase(Locale.ROOT)
            .replaceFirst(":0$", "")
            .replaceFirst("^serving_default_", "")
            .replaceAll("[^a-z0-9]", "");
    return Arrays.stream(values()).filter(part -> name.matches(part.names)).findFirst();
  }

  /** The name by which most models call it. */
  String usualName() {
    return usualName;
  }
}

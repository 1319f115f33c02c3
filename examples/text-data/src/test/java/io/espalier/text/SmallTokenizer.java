package io.espalier.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A WordPiece tokenizer of few words, and texts in these. */
final class SmallTokenizer {
  /** The tokens, in the order of their ids. */
  static final List<String> TOKENS =
      List.of(
          "[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "the", "cat", "dog", "run", "##s", "##ning",
          "on", "under", "red", "green", "tree", "house", "sit", "##ting", "and", "big", "small",
          ".", ",");

  private SmallTokenizer() {}

  /**
   * Writes its description.
   *
   * @param limits what it says of truncation and padding, as JSON
   */
  static Path save(Path file, String limits) throws IOException {
    List<String> words = new ArrayList<>();
    List<String> special = new ArrayList<>();
    for (int id = 0; id < TOKENS.size(); id++) {
      words.add("\"%s\": %d".formatted(TOKENS.get(id), id));
      if (TOKENS.get(id).startsWith("[")) {
        special.add(
            """
            {"id": %d, "content": "%s", "single_word": false, "lstrip": false, "rstrip": false,
             "normalized": false, "special": true}\
            """
                .formatted(id, TOKENS.get(id)));
      }
    }
    return Files.writeString(
        file,
        """
        {"version": "1.0", %s, "added_tokens": [%s],
         "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                        "strip_accents": null, "lowercase": true},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                      {"Sequence": {"id": "A", "type_id": 0}},
                      {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
           "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
           "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                              "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
         "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                   "max_input_chars_per_word": 100, "vocab": {%s}}}
        """
            .formatted(limits, String.join(",\n", special), String.join(", ", words)));
  }

  static Path save(Path file) throws IOException {
    return save(file, "\"truncation\": null, \"padding\": null");
  }

  /** So many lines of 1 to 12 words. */
  static Path texts(Path file, int count, long seed) throws IOException {
    Random random = new Random(seed);
    List<String> words = TOKENS.stream().filter(token -> token.matches("[a-z]+")).toList();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> line = new ArrayList<>();
      for (int j = random.nextInt(12); j >= 0; j--) {
        line.add(words.get(random.nextInt(words.size())));
      }
      lines.add(String.join(" ", line));
    }
    return Files.write(file, lines);
  }
}

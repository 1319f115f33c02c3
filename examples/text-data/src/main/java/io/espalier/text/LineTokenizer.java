package io.espalier.text;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.core.data.DataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns lines into tokens, with those that a model expects around them. */
final class LineTokenizer {
  /** How many tokens the usual encoder takes. */
  private static final int USUAL_LENGTH = 512;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** How tokenizers call what fills up; where none of these is a token, it has the id 0. */
  private static final List<String> FILLERS = List.of("[PAD]", "<pad>", "<|pad|>");

  private final HuggingFaceTokenizer tokenizer;
  private final long filler;
  private final List<Integer> specials;

  /**
   * The tokens of a line.
   *
   * @param ids the id of each
   * @param types the type of each, 0 for most tokenizers
   */
  @SuppressWarnings("ArrayRecordComponent") // read only, never compared
  record Tokens(long[] ids, long[] types) {
    int length() {
      return ids.length;
    }
  }

  private LineTokenizer(HuggingFaceTokenizer tokenizer, List<Integer> specials) {
    this.tokenizer = tokenizer;
    this.specials = List.copyOf(specials);
    this.filler = FILLERS.stream().mapToLong(this::id).filter(id -> id >= 0).findFirst().orElse(0);
  }

  /**
   * Opens the description of a tokenizer. Whatever it says of padding is left out.
   *
   * @param location a {@code tokenizer.json}
   * @param asked how many tokens of a line to read at most; 0 for as many as the tokenizer says
   * @param length how many tokens the model takes; 0 where that is left open
   * @throws DataException if it cannot be used
   */
  static LineTokenizer open(String location, int asked, int length) {
    byte[] json = read(location);
    int most = asked;
    if (most == 0) {
      try (HuggingFaceTokenizer own = load(location, json, Map.of("truncation", "false"))) {
        most = own.getMaxLength() > 0 ? own.getMaxLength() : USUAL_LENGTH;
      }
    }
    String limit = Integer.toString(length > 0 ? Math.min(most, length) : most);
    return new LineTokenizer(
        load(
            location,
            json,
            Map.of("truncation", "true", "maxLength", limit, "modelMaxLength", limit)),
        specials(json));
  }

  /** The ids of what a tokenizer adds that is no text: it was seen to be one. */
  private static List<Integer> specials(byte[] json) {
    List<Integer> ids = new ArrayList<>();
    try {
      for (JsonNode token : MAPPER.readTree(json).path("added_tokens")) {
        if (token.path("special").asBoolean() && token.path("id").canConvertToInt()) {
          ids.add(token.path("id").asInt());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ids;
  }

  private static byte[] read(String location) {
    try {
      Path file = Path.of(location);
      if (!Files.isRegularFile(file)) {
        throw new DataException(
            "there is no file " + location + "; give the tokenizer.json of the model");
      }
      return Files.readAllBytes(file);
    } catch (InvalidPathException | IOException e) {
      throw new DataException("the tokenizer " + location + " cannot be read; check the file", e);
    }
  }

  /** Natives are looked for with the loader of the thread, which need not be that of plugins. */
  private static HuggingFaceTokenizer load(
      String location, byte[] json, Map<String, String> options) {
    Map<String, String> all = new LinkedHashMap<>(options);
    all.put("padding", "false");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(HuggingFaceTokenizer.class.getClassLoader());
    try (InputStream in = new ByteArrayInputStream(json)) {
      return HuggingFaceTokenizer.newInstance(in, all);
    } catch (EngineException | LinkageError e) {
      throw new DataException(
          "the natives of ai.djl.huggingface:tokenizers cannot be loaded: "
              + reason(e)
              + "; see that its JAR has some for this machine",
          e);
    } catch (IOException | RuntimeException e) {
      throw new DataException(
          location
              + " describes no tokenizer: "
              + reason(e)
              + "; give the tokenizer.json of the model",
          e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static String reason(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message.lines().findFirst().orElse("");
  }

  /** The id of a token of its own; negative if there is none of this name. */
  private long id(String token) {
    Encoding encoding = tokenizer.encode(token, false, false);
    return Arrays.equals(encoding.getTokens(), new String[] {token}) ? encoding.getIds()[0] : -1;
  }

  /** The id of what fills up behind a line. */
  long filler() {
    return filler;
  }

  /** The ids of special tokens, such as those around a line. */
  List<Integer> specials() {
    return specials;
  }

  /** The tokens of a line, as many as it has and the limit allows. */
  Tokens tokens(String line) {
    Encoding encoding = tokenizer.encode(line, true, false);
    return new Tokens(encoding.getIds(), encoding.getTypeIds());
  }
}

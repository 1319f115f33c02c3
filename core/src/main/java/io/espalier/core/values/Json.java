package io.espalier.core.values;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reading and writing of JSON, with errors that say where. Internal: no promise is made. */
public final class Json {
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final ObjectWriter WRITER =
      MAPPER.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));

  /** What some editors write at the beginning of a file, to say that it is Unicode. */
  private static final String MARK = "\uFEFF";

  /** Characters of a value that a message shows. */
  private static final int LONGEST = 60;

  private Json() {}

  /** An empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** A node of any value that Jackson can convert. */
  public static JsonNode of(Object value) {
    return MAPPER.valueToTree(value);
  }

  /** A node of JSON text that is known to be right. */
  public static JsonNode any(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON of our own that cannot be read", e);
    }
  }

  /**
   * The list that a field holds.
   *
   * @throws IllegalArgumentException if there is no such field, or it holds something else
   */
  public static JsonNode list(JsonNode object, String field) {
    JsonNode list = object.required(field);
    if (!list.isArray()) {
      throw new IllegalArgumentException("\"" + field + "\" should be a list, not " + shown(list));
    }
    return list;
  }

  /** As {@link #list}; an empty one if there is no such field. */
  public static JsonNode listIfAny(JsonNode object, String field) {
    return object.has(field) ? list(object, field) : MAPPER.createArrayNode();
  }

  /**
   * The fields of the object that a field holds.
   *
   * @throws IllegalArgumentException if there is no such field, or it holds something else
   */
  public static Set<Map.Entry<String, JsonNode>> fields(JsonNode object, String field) {
    JsonNode fields = object.required(field);
    if (!fields.isObject()) {
      throw new IllegalArgumentException(
          "\"" + field + "\" should be an object, not " + shown(fields));
    }
    return fields.properties();
  }

  /**
   * A whole number. A fraction is no index, and a number that does not fit would become another
   * one.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static int integer(JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw new IllegalArgumentException(shown(value) + " should be a whole number below 2^31");
    }
    return value.intValue();
  }

  /**
   * A list of whole numbers.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static List<Integer> integers(JsonNode list) {
    List<Integer> values = new ArrayList<>(list.size());
    elements(list).forEach(value -> values.add(integer(value)));
    return values;
  }

  /**
   * A list of whole numbers of 64 bits.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static List<Long> longs(JsonNode list) {
    List<Long> values = new ArrayList<>(list.size());
    for (JsonNode value : elements(list)) {
      if (!value.isIntegralNumber() || !value.canConvertToLong()) {
        throw new IllegalArgumentException(shown(value) + " should be a whole number below 2^63");
      }
      values.add(value.longValue());
    }
    return values;
  }

  private static JsonNode elements(JsonNode list) {
    if (!list.isArray()) {
      throw new IllegalArgumentException(shown(list) + " should be a list of whole numbers");
    }
    return list;
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }

  /** Indented text, the same for the same content on every machine. */
  public static String print(JsonNode node) {
    try {
      return WRITER.writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON that cannot be written", e);
    }
  }

  /**
   * Parses an object.
   *
   * @param what how an error names the text
   */
  public static ObjectNode parse(String json, String what) {
    try {
      JsonNode node = MAPPER.readTree(json.startsWith(MARK) ? json.substring(1) : json);
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new EspalierException(
          what + " is not a JSON object; it must start with { and end with }");
    } catch (JsonProcessingException e) {
      throw new EspalierException(
          what
              + " is not JSON: "
              + where(e.getLocation())
              + e.getOriginalMessage()
                  .replaceAll(" \\([^(\\[]*\\[Source.*", ""), // where it is, again
          e);
    }
  }

  /** A text that is nested too deeply, or too long, has no place where it goes wrong. */
  private static String where(@Nullable JsonLocation location) {
    return location == null
        ? ""
        : "line " + location.getLineNr() + ", column " + location.getColumnNr() + ": ";
  }

  /** The text of a file. */
  public static String text(Path file, String what) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new EspalierException("there is no " + what + " file " + file + "; check the path", e);
    } catch (MalformedInputException e) {
      throw new EspalierException(what + " file " + file + " is not text; it must be JSON", e);
    } catch (IOException e) {
      throw new EspalierException(what + " file " + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}

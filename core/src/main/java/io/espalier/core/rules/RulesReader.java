package io.espalier.core.rules;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON as a tree, keeps the order of keys, refuses a key that is given twice, and says where
 * a mistake is.
 */
final class RulesReader {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION).build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final String source;

  /**
   * A reader.
   *
   * @param source what a message calls the text, such as the name of its file
   */
  RulesReader(String source) {
    this.source = source;
  }

  /** Reads a text that is an object, or null. */
  JsonNode read(String text) {
    try (JsonParser parser =
        FACTORY.createParser(text.startsWith("\uFEFF") ? text.substring(1) : text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new RulesException(
            source + " is empty; write {} for rules that freeze everything, null for none");
      }
      if (first != JsonToken.START_OBJECT && first != JsonToken.VALUE_NULL) {
        throw new RulesException(
            source
                + " must be an object that maps layer types to rules, or null; found "
                + found(first));
      }
      JsonNode root = value(parser, first);
      if (parser.nextToken() != null) {
        throw invalid(parser.currentTokenLocation(), "something follows the closing brace");
      }
      return root;
    } catch (JsonProcessingException e) {
      throw new RulesException(where(e.getLocation(), "is not JSON") + reason(e), e);
    } catch (IOException e) {
      throw new RulesException(source + " cannot be read: " + e.getMessage(), e);
    }
  }

  private JsonNode value(JsonParser parser, @Nullable JsonToken token) throws IOException {
    if (token == null) {
      throw invalid(parser.currentLocation(), "the text ends too early");
    }
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_NULL -> NODES.nullNode();
      case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(token == JsonToken.VALUE_TRUE);
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? NODES.numberNode(parser.getBigIntegerValue())
              : NODES.numberNode(parser.getLongValue());
      case VALUE_NUMBER_FLOAT -> Rule.number(parser.getDoubleValue());
      default -> NODES.textNode(parser.getText());
    };
  }

  private ObjectNode object(JsonParser parser) throws IOException {
    ObjectNode object = NODES.objectNode();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      if (object.has(name)) {
        throw invalid(
            parser.currentTokenLocation(),
            "the key " + Names.quote(name) + " is given twice in one object");
      }
      object.set(name, value(parser, parser.nextToken()));
    }
    return object;
  }

  private ArrayNode array(JsonParser parser) throws IOException {
    ArrayNode array = NODES.arrayNode();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      array.add(value(parser, token));
    }
    return array;
  }

  private RulesException invalid(JsonLocation location, String reason) {
    return new RulesException(where(location, "cannot be used") + reason);
  }

  private String where(@Nullable JsonLocation location, String what) {
    return location == null
        ? source + " " + what + ": "
        : source
            + " "
            + what
            + ": line "
            + location.getLineNr()
            + ", column "
            + location.getColumnNr()
            + ": ";
  }

  /** The parser's own words, without its notes on where and in which encoding. */
  private static String reason(JsonProcessingException e) {
    return e.getOriginalMessage()
        .lines()
        .findFirst()
        .orElse("")
        .replaceAll(
            " \\(code \\d+\\)| \\([^(\\[]*\\[Source.*|[:;] enable `.*| \\(not recognized as one .*\\)",
            "")
        .strip();
  }

  private static String found(JsonToken token) {
    return switch (token) {
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a text";
      case VALUE_TRUE, VALUE_FALSE -> "a truth value";
      default -> "a number";
    };
  }
}

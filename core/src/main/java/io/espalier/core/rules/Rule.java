package io.espalier.core.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rule gives the layers it holds for: options, or nothing at all. Values are checked when
 * the rules are resolved.
 *
 * <pre>{@code Rule.options().with("channels_ratio", List.of(0.5, 1)).with("channel_divisor", 16)}
 * </pre>
 */
public final class Rule {
  private static final Rule FROZEN = new Rule(JsonNodeFactory.instance.nullNode());

  private final JsonNode json;

  private Rule(JsonNode json) {
    this.json = json;
  }

  /** Freezes the layers: the {@code null} of a rules file. */
  public static Rule frozen() {
    return FROZEN;
  }

  /** Opens the layers, every option as it is by default: the <code>{}</code> of a rules file. */
  public static Rule options() {
    return new Rule(JsonNodeFactory.instance.objectNode());
  }

  /**
   * This rule with one more option.
   *
   * @param option the option's name
   * @param value a number, a list of numbers, a list of lists of numbers, or null, which stands for
   *     all
   * @throws RulesException if the option is given already, the layers are frozen, or the value is
   *     of another type
   */
  public Rule with(String option, @Nullable Object value) {
    if (!(json instanceof ObjectNode object)) {
      throw new RulesException(
          "a rule that freezes has no options; begin with Rule.options() to give "
              + Names.quote(option));
    }
    if (object.has(option)) {
      throw new RulesException("the option " + Names.quote(option) + " is given twice in one rule");
    }
    ObjectNode copy = object.deepCopy();
    copy.set(option, node(option, value));
    return new Rule(copy);
  }

  JsonNode json() {
    return json;
  }

  /**
   * Whether this rule, written without a glob, could be mistaken for globs: a null freezes there.
   */
  boolean mayLookLikeGlobs() {
    return json.properties().stream().anyMatch(entry -> entry.getValue().isNull());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rule rule && json.toString().equals(rule.json.toString());
  }

  @Override
  public int hashCode() {
    return json.toString().hashCode();
  }

  /** The rule as JSON. */
  @Override
  public String toString() {
    return json.toString();
  }

  /** A number in the one form that equal numbers share: 1.0 is 1. */
  static JsonNode number(double value) {
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
    return whole
        ? JsonNodeFactory.instance.numberNode((long) value)
        : JsonNodeFactory.instance.numberNode(value);
  }

  private static JsonNode node(String option, @Nullable Object value) {
    if (value == null) {
      return JsonNodeFactory.instance.nullNode();
    }
    if (value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte) {
      return JsonNodeFactory.instance.numberNode(((Number) value).longValue());
    }
    if (value instanceof BigInteger large) {
      return JsonNodeFactory.instance.numberNode(large);
    }
    if (value instanceof Number number) {
      return number(number.doubleValue());
    }
    if (value instanceof List<?> list) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      list.forEach(element -> array.add(node(option, element)));
      return array;
    }
    throw new RulesException(
        "the value of %s must be null, a number or a list of numbers; found a %s"
            .formatted(Names.quote(option), value.getClass().getName()));
  }
}

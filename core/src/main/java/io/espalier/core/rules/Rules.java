package io.espalier.core.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.spi.DynamicModule;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which layers are opened, and which choices they get, by layer type and by glob on the layer's
 * name.
 *
 * <p>A rule is options, such as <code>{"channels_ratio": [0.5, 1]}</code>, or globs with options,
 * or null, which freezes. Globs apply in order, and later ones override earlier ones option by
 * option; a null freezes, and what matches after it starts afresh. A type that the rules do not
 * name is frozen. No rules at all ({@link #everything}) open every layer with all its choices.
 *
 * <p>Rules are immutable. Two of them are equal if they are written alike; the order of the types
 * does not matter.
 */
public final class Rules {
  private static final Rules EVERYTHING = new Rules(Optional.empty());

  private final Optional<Map<RuleKey, JsonNode>> rules;

  private Rules(Optional<Map<RuleKey, JsonNode>> rules) {
    this.rules = rules;
  }

  static Rules of(Map<RuleKey, JsonNode> rules) {
    return new Rules(Optional.of(Collections.unmodifiableMap(new LinkedHashMap<>(rules))));
  }

  /** No rules: everything is open, kernels too. */
  public static Rules everything() {
    return EVERYTHING;
  }

  /** Begins rules that freeze whatever is not put in. */
  public static RulesBuilder builder() {
    return new RulesBuilder();
  }

  /**
   * Reads rules from JSON text; the text {@code null} stands for {@link #everything}.
   *
   * @throws RulesException if the text is not JSON, not an object, or gives a key twice
   */
  public static Rules parse(String json) {
    return parse(json, "the text of the rules");
  }

  /**
   * Reads rules from a JSON file in UTF-8.
   *
   * @throws RulesException if there is no such file, it cannot be read, or {@link #parse} refuses
   *     its text
   */
  public static Rules read(Path file) {
    if (Files.isDirectory(file)) {
      throw new RulesException(file + " is a directory; name the rules file in it");
    }
    try {
      return parse(Files.readString(file), file.toString());
    } catch (NoSuchFileException e) {
      throw new RulesException("there is no rules file " + file, e);
    } catch (CharacterCodingException e) {
      throw new RulesException(file + " is not JSON: it is not text in UTF-8", e);
    } catch (IOException e) {
      throw new RulesException("the rules file " + file + " cannot be read: " + e, e);
    }
  }

  private static Rules parse(String json, String source) {
    JsonNode root = new RulesReader(source).read(json);
    if (root.isNull()) {
      return EVERYTHING;
    }
    Map<RuleKey, JsonNode> rules = new LinkedHashMap<>();
    root.properties()
        .forEach(entry -> rules.put(new RuleKey.Named(entry.getKey()), entry.getValue()));
    return of(rules);
  }

  /** Whether these are no rules, so that everything is open. */
  public boolean isEverything() {
    return rules.isEmpty();
  }

  /**
   * Checks these rules against the layer types that exist.
   *
   * @param modules the modules of all layer types
   * @throws RulesException if the rules name a type or an option that does not exist, give a value
   *     that an option does not take, or speak of one type twice
   */
  public ResolvedRules resolve(Collection<? extends DynamicModule> modules) {
    Map<String, DynamicModule> known = new TreeMap<>();
    modules.forEach(module -> known.put(module.key(), module));
    if (rules.isEmpty()) {
      Map<String, TypeRule> open = new TreeMap<>();
      known.forEach((key, module) -> open.put(key, TypeRule.open(key, module.options())));
      return new ResolvedRules(this, open);
    }
    Map<RuleKey, JsonNode> named = new LinkedHashMap<>();
    Map<String, TypeRule> types = new TreeMap<>();
    rules
        .get()
        .forEach(
            (key, rule) -> {
              for (DynamicModule module : key.find(known)) {
                if (named.put(new RuleKey.Named(module.key()), rule) != null) {
                  throw new RulesException(
                      "the rules speak of " + module.key() + " twice; keep one of the two rules");
                }
                types.put(module.key(), new TypeRuleReader(module).read(rule));
              }
            });
    known.forEach((key, module) -> types.putIfAbsent(key, TypeRule.frozen(key, module.options())));
    return new ResolvedRules(of(named), types);
  }

  /**
   * These rules as JSON, one type to a line. {@link #parse} makes equal rules of it.
   *
   * @throws IllegalStateException if a type is given by its class: only {@link ResolvedRules#rules}
   *     knows its key
   */
  public String toJson() {
    return rules
        .map(
            map ->
                map.entrySet().stream()
                    .map(entry -> quoted(entry.getKey()) + ": " + entry.getValue())
                    .collect(Collectors.joining(",\n  ", "{\n  ", "\n}")))
        .map(text -> text.equals("{\n  \n}") ? "{}" : text)
        .orElse("null");
  }

  private static String quoted(RuleKey key) {
    if (key instanceof RuleKey.Named named) {
      return JsonNodeFactory.instance.textNode(named.key()).toString();
    }
    throw new IllegalStateException(
        key + " has no key before the rules are resolved; write resolve(...).rules()");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rules that && written().equals(that.written());
  }

  @Override
  public int hashCode() {
    return written().hashCode();
  }

  /** The rules, on one line. */
  @Override
  public String toString() {
    return rules.isEmpty() ? "everything" : rules.get().toString();
  }

  /** The rules as texts: nodes of JSON would be equal in whatever order their keys are. */
  private Optional<Map<RuleKey, String>> written() {
    return rules.map(
        map ->
            map.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().toString())));
  }

  static JsonNode object(Map<String, Rule> byGlob) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    byGlob.forEach((glob, rule) -> object.set(glob, rule.json()));
    return object;
  }
}

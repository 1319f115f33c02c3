package io.espalier.core.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.spi.DynamicModule;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Builds rules in code. A type of layer is given by its key, by its module, or by the class of its
 * module; the globs of a type apply in the order in which they are put.
 */
public final class RulesBuilder {
  private final Map<RuleKey, Map<String, Rule>> rules = new LinkedHashMap<>();

  RulesBuilder() {}

  /** A rule for all layers of a type. */
  public RulesBuilder put(String key, Rule rule) {
    return put(key, "*", rule);
  }

  /** A rule for the layers of a type whose name a glob matches. */
  public RulesBuilder put(String key, String glob, Rule rule) {
    return put(new RuleKey.Named(key), glob, rule);
  }

  /** A rule for all layers of a module's type. */
  public RulesBuilder put(DynamicModule module, Rule rule) {
    return put(module.key(), rule);
  }

  /** A rule for the layers of a module's type whose name a glob matches. */
  public RulesBuilder put(DynamicModule module, String glob, Rule rule) {
    return put(module.key(), glob, rule);
  }

  /**
   * A rule for all layers of the types whose modules are of a class; they are found when the rules
   * are resolved.
   */
  public RulesBuilder put(Class<? extends DynamicModule> type, Rule rule) {
    return put(type, "*", rule);
  }

  /** As {@link #put(Class, Rule)}, for the layers whose name a glob matches. */
  public RulesBuilder put(Class<? extends DynamicModule> type, String glob, Rule rule) {
    return put(new RuleKey.Typed(type), glob, rule);
  }

  /** The rules that were put in so far. */
  public Rules build() {
    Map<RuleKey, JsonNode> built = new LinkedHashMap<>();
    rules.forEach((key, byGlob) -> built.put(key, json(byGlob)));
    return Rules.of(built);
  }

  private RulesBuilder put(RuleKey key, String glob, Rule rule) {
    if (rules.computeIfAbsent(key, absent -> new LinkedHashMap<>()).putIfAbsent(glob, rule)
        != null) {
      throw new RulesException(
          "the rules for "
              + key
              + " give the glob "
              + Names.quote(glob)
              + " twice; keep one of the two rules");
    }
    return this;
  }

  private static JsonNode json(Map<String, Rule> byGlob) {
    Rule all = byGlob.get("*");
    return byGlob.size() > 1 || all == null || all.mayLookLikeGlobs()
        ? Rules.object(byGlob)
        : all.json();
  }
}

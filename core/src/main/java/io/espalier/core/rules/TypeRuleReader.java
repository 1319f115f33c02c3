package io.espalier.core.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.core.rules.TypeRule.Clause;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.RuleOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the rule of one type of layer, and refuses what its options do not allow. */
final class TypeRuleReader {
  private final String key;
  private final List<RuleOption> options;
  private final Map<String, RuleOption> byName = new LinkedHashMap<>();

  TypeRuleReader(DynamicModule module) {
    this.key = module.key();
    this.options = module.options();
    options.forEach(option -> byName.put(option.name(), option));
  }

  TypeRule read(JsonNode rule) {
    if (rule.isNull()) {
      return TypeRule.frozen(key, options);
    }
    if (!rule.isObject()) {
      throw new RulesException(
          "the rule for %s must be null, options or globs with options, in braces; found %s"
              .formatted(key, shown(rule)));
    }
    if (isFlat(rule)) {
      return new TypeRule(
          key, options, List.of(new Clause(Glob.of("*"), Optional.of(settings(rule, key)))));
    }
    List<Clause> clauses = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : rule.properties()) {
      clauses.add(new Clause(Glob.of(entry.getKey()), clause(entry.getKey(), entry.getValue())));
    }
    return new TypeRule(key, options, clauses);
  }

  /**
   * Whether a rule is options rather than globs; what is meant as options, but has an unknown one,
   * is refused here.
   */
  private boolean isFlat(JsonNode rule) {
    Set<Map.Entry<String, JsonNode>> entries = rule.properties();
    List<String> unknown =
        entries.stream().map(Map.Entry::getKey).filter(name -> !byName.containsKey(name)).toList();
    if (unknown.isEmpty()) {
      return true;
    }
    boolean holdsRules = entries.stream().anyMatch(entry -> entry.getValue().isObject());
    if (unknown.size() < entries.size()) {
      String option =
          entries.stream()
              .map(Map.Entry::getKey)
              .filter(byName::containsKey)
              .findFirst()
              .orElseThrow();
      if (holdsRules) {
        throw new RulesException(
            "the rule for %s has the option %s beside the glob %s; put the options under the glob \"*\""
                .formatted(key, Names.quote(option), Names.quote(unknown.get(0))));
      }
      throw unknownOption(unknown.get(0), key);
    }
    if (!holdsRules) {
      for (Map.Entry<String, JsonNode> entry : entries) {
        if (!entry.getValue().isNull() || resemblesOption(entry.getKey())) {
          throw unknownOption(entry.getKey(), key);
        }
      }
    }
    return false;
  }

  private boolean resemblesOption(String name) {
    return Glob.of(name).literal() && Names.nearest(name, byName.keySet()).isPresent();
  }

  private Optional<Map<String, Setting>> clause(String glob, JsonNode rule) {
    String where = key + " under " + Names.quote(glob);
    if (rule.isNull()) {
      return Optional.empty();
    }
    if (!rule.isObject()) {
      throw new RulesException(
          "the rule for %s must be null or options in braces; found %s"
              .formatted(where, shown(rule)));
    }
    return Optional.of(settings(rule, where));
  }

  private Map<String, Setting> settings(JsonNode rule, String where) {
    Map<String, Setting> settings = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : rule.properties()) {
      RuleOption option = byName.get(entry.getKey());
      if (option == null) {
        throw unknownOption(entry.getKey(), where);
      }
      Setting setting =
          Setting.read(option.kind(), entry.getValue())
              .orElseThrow(
                  () ->
                      new RulesException(
                          "the value of \"%s\" for %s must be %s; found %s"
                              .formatted(
                                  option.name(),
                                  where,
                                  Setting.expected(option.kind()),
                                  shown(entry.getValue()))));
      settings.put(option.name(), setting);
    }
    return settings;
  }

  private RulesException unknownOption(String name, String where) {
    return new RulesException(
        "unknown rule option "
            + Names.quote(name)
            + " for "
            + where
            + Names.hint(name, "options", byName.keySet()));
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }
}

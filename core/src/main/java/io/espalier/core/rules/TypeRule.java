package io.espalier.core.rules;

import io.espalier.spi.RuleOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the rules say of one type of layer.
 *
 * @param key the key of the type
 * @param options the options that the type has
 * @param clauses what holds under which glob, in order; none where the type is frozen
 */
record TypeRule(String key, List<RuleOption> options, List<Clause> clauses) {
  TypeRule {
    options = List.copyOf(options);
    clauses = List.copyOf(clauses);
  }

  /**
   * What a rule says of the layers that a glob matches.
   *
   * @param settings the options that it gives, by name; empty where it freezes
   */
  record Clause(Glob glob, Optional<Map<String, Setting>> settings) {}

  /** A type that is frozen. */
  static TypeRule frozen(String key, List<RuleOption> options) {
    return new TypeRule(key, options, List.of());
  }

  /** A type of which every layer has every choice. */
  static TypeRule open(String key, List<RuleOption> options) {
    Map<String, Setting> settings = new HashMap<>();
    options.forEach(option -> settings.put(option.name(), Setting.open(option.kind())));
    return new TypeRule(key, options, List.of(new Clause(Glob.of("*"), Optional.of(settings))));
  }

  /**
   * What holds for a layer: later clauses override earlier ones option by option, and one after a
   * null starts afresh.
   */
  Optional<LayerOptions> options(String layer) {
    Map<String, Setting> merged = new HashMap<>();
    boolean open = false;
    for (Clause clause : clauses) {
      if (clause.glob.matches(layer)) {
        open = clause.settings.isPresent();
        clause.settings.ifPresentOrElse(merged::putAll, merged::clear);
      }
    }
    if (!open) {
      return Optional.empty();
    }
    options.forEach(option -> merged.putIfAbsent(option.name(), Setting.unsaid(option.kind())));
    return Optional.of(new LayerOptions(key, layer, merged));
  }

  List<Glob> globs() {
    return clauses.stream().map(Clause::glob).toList();
  }

  List<String> optionNames() {
    return options.stream().map(RuleOption::name).toList();
  }
}

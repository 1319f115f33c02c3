package io.espalier.core.rules;

import io.espalier.spi.DynamicModule;
import java.util.List;
import java.util.Map;

/** What a rule is for: a type of layer, by its key or by the class of its module. */
sealed interface RuleKey {
  /**
   * The modules this speaks of; at least one.
   *
   * @param known all modules, by key
   * @throws RulesException if there is none
   */
  List<DynamicModule> find(Map<String, DynamicModule> known);

  /** A type by its key. */
  record Named(String key) implements RuleKey {
    @Override
    public List<DynamicModule> find(Map<String, DynamicModule> known) {
      DynamicModule module = known.get(key);
      if (module == null) {
        throw new RulesException(
            "unknown layer type "
                + this
                + " in the rules"
                + Names.hint(key, "types", known.keySet()));
      }
      return List.of(module);
    }

    @Override
    public String toString() {
      return Names.quote(key);
    }
  }

  /** All types whose module is of this class. */
  record Typed(Class<? extends DynamicModule> type) implements RuleKey {
    @Override
    public List<DynamicModule> find(Map<String, DynamicModule> known) {
      List<DynamicModule> modules = known.values().stream().filter(type::isInstance).toList();
      if (modules.isEmpty()) {
        throw new RulesException(
            "the rules speak of "
                + this
                + ", but the registry has no such module"
                + Names.listing("types", known.keySet()));
      }
      return modules;
    }

    @Override
    public String toString() {
      return type.getName();
    }
  }
}

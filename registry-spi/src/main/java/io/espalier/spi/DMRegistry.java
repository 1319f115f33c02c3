package io.espalier.spi;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The rules, modules and criteria an analysis works with. A registry is a value: immutable, made by
 * {@link #discover} from the class path or by {@link #of} from objects, and two of them may live
 * side by side. {@link #with} and {@link #without} make another registry of one:
 *
 * <pre>{@code
 * DMRegistry found = DMRegistry.discover(loader);
 * DMRegistry mine = found.without("nn.Linear").with(new MyLinear());
 * }</pre>
 */
public final class DMRegistry {
  /**
   * The version of this SPI. It grows when plugins have to be built anew; a JAR states the one that
   * it was built for in its manifest, as {@value #VERSION_ATTRIBUTE}, and is refused by others.
   */
  public static final int SPI_VERSION = 1;

  /** The attribute of a JAR's manifest that states the version of the SPI it was built for. */
  public static final String VERSION_ATTRIBUTE = "Espalier-Spi-Version";

  private final Map<OpId, OperatorRule> rules;
  private final Map<String, DynamicModule> modules;
  private final Map<String, ImportanceCriterion> criteria;
  private final Map<String, DataCriterion> dataCriteria;
  private final boolean strict;

  private DMRegistry(
      Map<OpId, OperatorRule> rules,
      Map<String, DynamicModule> modules,
      Map<String, ImportanceCriterion> criteria,
      Map<String, DataCriterion> dataCriteria,
      boolean strict) {
    this.rules = Collections.unmodifiableMap(new TreeMap<>(rules));
    this.modules = byKey(modules);
    this.criteria = byKey(criteria);
    this.dataCriteria = byKey(dataCriteria);
    this.strict = strict;
  }

  private static <T> Map<String, T> byKey(Map<String, T> entries) {
    Map<String, T> sorted = new LinkedHashMap<>();
    entries.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return Collections.unmodifiableMap(sorted);
  }

  /**
   * Finds every rule, module and criterion that is registered on a class loader's class path, or on
   * that of its parents. A class that plays several roles has an instance for each.
   *
   * @param loader where to look
   * @throws RegistryException if two entries claim the same operator or key, one class is
   *     registered by two JARs, a JAR was built for another version of this SPI, or a class cannot
   *     be loaded, because its constructor throws or something that it needs is missing
   * @throws PluginException if an entry throws when it is asked what it is for
   */
  public static DMRegistry discover(ClassLoader loader) {
    Discovery discovery = new Discovery(loader);
    return new Builder(of())
        .rules(discovery.load(OperatorRule.class))
        .modules(discovery.load(DynamicModule.class))
        .criteria(discovery.load(ImportanceCriterion.class))
        .dataCriteria(discovery.load(DataCriterion.class))
        .build();
  }

  /**
   * A registry of exactly these entries. An object that plays several roles is registered for each.
   *
   * @throws RegistryException if two entries claim the same operator or key
   */
  public static DMRegistry of(Object... entries) {
    return of(List.of(entries));
  }

  /** As {@link #of(Object...)}. */
  public static DMRegistry of(Collection<?> entries) {
    DMRegistry none = new DMRegistry(Map.of(), Map.of(), Map.of(), Map.of(), false);
    return entries.isEmpty() ? none : none.with(entries);
  }

  /**
   * This registry with more entries.
   *
   * @throws RegistryException if a new entry claims what an old one has; take that away with {@link
   *     #without(String...)} first
   */
  public DMRegistry with(Object... entries) {
    return with(List.of(entries));
  }

  /** As {@link #with(Object...)}. */
  public DMRegistry with(Collection<?> entries) {
    for (Object entry : entries) {
      if (!(entry instanceof OperatorRule
          || entry instanceof DynamicModule
          || entry instanceof ImportanceCriterion
          || entry instanceof DataCriterion)) {
        throw new RegistryException(
            Origin.describe(entry)
                + " is no OperatorRule, DynamicModule, ImportanceCriterion or DataCriterion and"
                + " cannot be registered");
      }
    }
    return new Builder(this)
        .rules(of(OperatorRule.class, entries))
        .modules(of(DynamicModule.class, entries))
        .criteria(of(ImportanceCriterion.class, entries))
        .dataCriteria(of(DataCriterion.class, entries))
        .build();
  }

  /**
   * This registry without the modules and criteria of some keys.
   *
   * @throws RegistryException if there is none of a key; the message lists those that exist
   */
  public DMRegistry without(String... keys) {
    Builder rest = new Builder(this);
    for (String key : keys) {
      DynamicModule module = rest.modules.remove(key);
      ImportanceCriterion criterion = rest.criteria.remove(key);
      DataCriterion ofData = rest.dataCriteria.remove(key);
      if (module == null && criterion == null && ofData == null) {
        Set<String> known = new HashSet<>(modules.keySet());
        known.addAll(criteria.keySet());
        known.addAll(dataCriteria.keySet());
        throw new RegistryException(
            "there is no module or criterion \""
                + key
                + "\" to leave out; there are "
                + known.stream().sorted().toList());
      }
    }
    return rest.build();
  }

  /**
   * This registry without the rules of some operators, which freeze then. A rule that types others
   * too stays for those.
   *
   * @throws RegistryException if an operator has no rule
   */
  public DMRegistry without(OpId... operators) {
    Builder rest = new Builder(this);
    for (OpId operator : operators) {
      if (rest.rules.remove(operator) == null) {
        throw new RegistryException("there is no rule of operator " + operator + " to leave out");
      }
    }
    return rest.build();
  }

  /**
   * This registry, with a plugin that throws being an error. Otherwise the layer that it throws on
   * is frozen, with a reason that names the plugin's class and JAR.
   */
  public DMRegistry strict() {
    return new DMRegistry(rules, modules, criteria, dataCriteria, true);
  }

  /** Whether a plugin that throws is an error. */
  public boolean isStrict() {
    return strict;
  }

  /** The rule of an operator, if there is one. */
  public Optional<OperatorRule> rule(OpId operator) {
    return Optional.ofNullable(rules.get(operator));
  }

  /** Every operator that has a rule. */
  public Collection<OpId> operators() {
    return rules.keySet();
  }

  /** The module of a key, if there is one. */
  public Optional<DynamicModule> module(String key) {
    return Optional.ofNullable(modules.get(key));
  }

  /**
   * The module that claims a layer, if there is one.
   *
   * @throws RegistryException if two modules claim it
   * @throws PluginException if a module throws when it is asked
   */
  public Optional<DynamicModule> module(Layer layer) {
    DynamicModule found = null;
    for (DynamicModule module : modules.values()) {
      if (PluginException.ask(module, () -> "layer " + layer.name(), () -> module.matches(layer))) {
        if (found != null) {
          throw clash("layer " + layer.name() + " (" + layer.type() + ")", found, module);
        }
        found = module;
      }
    }
    return Optional.ofNullable(found);
  }

  /** Every module, by key. */
  public Map<String, DynamicModule> modules() {
    return modules;
  }

  /** Every criterion, by key. */
  public Map<String, ImportanceCriterion> criteria() {
    return criteria;
  }

  /** The criteria that rank units by data, by key. */
  public Map<String, DataCriterion> dataCriteria() {
    return dataCriteria;
  }

  private static RegistryException clash(String what, Object first, Object second) {
    return new RegistryException(
        what
            + " is claimed by "
            + Origin.describe(first)
            + " and by "
            + Origin.describe(second)
            + "; remove one of them");
  }

  private static <T> List<T> of(Class<T> role, Collection<?> entries) {
    return entries.stream().filter(role::isInstance).map(role::cast).toList();
  }

  /** Registers entries, and asks each what it is for. */
  private static final class Builder {
    private final Map<OpId, OperatorRule> rules;
    private final Map<String, DynamicModule> modules;
    private final Map<String, ImportanceCriterion> criteria;
    private final Map<String, DataCriterion> dataCriteria;
    private final boolean strict;

    Builder(DMRegistry from) {
      this.rules = new TreeMap<>(from.rules);
      this.modules = new LinkedHashMap<>(from.modules);
      this.criteria = new LinkedHashMap<>(from.criteria);
      this.dataCriteria = new LinkedHashMap<>(from.dataCriteria);
      this.strict = from.strict;
    }

    Builder rules(List<OperatorRule> entries) {
      for (OperatorRule rule : entries) {
        Set<OpId> operators = asked(rule, "operators", rule::operators);
        if (operators.isEmpty()) {
          throw new RegistryException(Origin.describe(rule) + " names no operator that it types");
        }
        boolean givesWay = asked(rule, "givesWay", rule::givesWay);
        for (OpId operator : asked(rule, "operators", () -> new TreeSet<>(operators))) {
          OperatorRule before = rules.get(operator);
          if (before == null || before.givesWay() == givesWay) {
            claim(rules, operator, rule, "operator " + operator);
          } else if (before.givesWay()) {
            rules.put(operator, rule);
          }
        }
      }
      return this;
    }

    Builder modules(List<DynamicModule> entries) {
      for (DynamicModule module : sorted(entries, DynamicModule::key)) {
        String key = key(module, module::key);
        claim(modules, key, module, "key \"" + key + "\"");
        Set<String> names = new HashSet<>();
        List<RuleOption> options = asked(module, "options", module::options);
        for (RuleOption option : asked(module, "options", () -> List.copyOf(options))) {
          if (!names.add(option.name())) {
            throw new RegistryException(
                Origin.describe(module) + " has two options \"" + option.name() + "\"");
          }
        }
      }
      return this;
    }

    Builder criteria(List<ImportanceCriterion> entries) {
      for (ImportanceCriterion criterion : sorted(entries, ImportanceCriterion::key)) {
        String key = key(criterion, criterion::key);
        claim(criteria, key, criterion, "criterion \"" + key + "\"");
      }
      return this;
    }

    Builder dataCriteria(List<DataCriterion> entries) {
      for (DataCriterion criterion : sorted(entries, DataCriterion::key)) {
        String key = key(criterion, criterion::key);
        claim(dataCriteria, key, criterion, "criterion \"" + key + "\"");
        ImportanceCriterion other = criteria.get(key);
        if (other != null) {
          throw clash("criterion \"" + key + "\"", other, criterion);
        }
      }
      return this;
    }

    DMRegistry build() {
      return new DMRegistry(rules, modules, criteria, dataCriteria, strict);
    }

    private static <T> List<T> sorted(List<T> entries, Function<T, String> key) {
      List<T> sorted = new ArrayList<>(entries);
      sorted.sort(Comparator.comparing(entry -> key(entry, () -> key.apply(entry))));
      return sorted;
    }

    private static String key(Object entry, Supplier<String> key) {
      String found = asked(entry, "key", key);
      if (found.isBlank()) {
        throw new RegistryException(Origin.describe(entry) + " has an empty key");
      }
      return found;
    }

    private static <T> T asked(Object entry, String method, Supplier<T> question) {
      return PluginException.ask(
          entry,
          () -> "being registered",
          () -> {
            T answer = question.get();
            if (answer == null) {
              throw new NullPointerException(method + "() gave null");
            }
            return answer;
          });
    }

    private static <K, T> void claim(Map<K, T> registered, K key, T entry, String what) {
      T before = registered.putIfAbsent(key, entry);
      if (before != null && before != entry) {
        throw clash(what, before, entry);
      }
    }
  }
}

package io.espalier.spi;

import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The rules, modules and criteria an analysis works with. A registry is a value: immutable, made by
 * {@link #discover} from the class path or by {@link #of} from objects, and two of them may live
 * side by side.
 */
public final class DMRegistry {
  private final Map<OpId, OperatorRule> rules;
  private final Map<String, DynamicModule> modules;
  private final Map<String, ImportanceCriterion> criteria;

  private DMRegistry(
      Collection<? extends OperatorRule> rules,
      Collection<? extends DynamicModule> modules,
      Collection<? extends ImportanceCriterion> criteria) {
    Map<OpId, OperatorRule> byOperator = new TreeMap<>();
    for (OperatorRule rule : rules) {
      for (OpId operator : rule.operators()) {
        OperatorRule before = byOperator.get(operator);
        if (before == null || before.givesWay() == rule.givesWay()) {
          claim(byOperator, operator, rule, "operator " + operator);
        } else if (before.givesWay()) {
          byOperator.put(operator, rule);
        }
      }
    }
    Map<String, DynamicModule> byKey = new LinkedHashMap<>();
    for (DynamicModule module : sorted(modules, DynamicModule::key)) {
      claim(byKey, module.key(), module, "key \"" + module.key() + "\"");
    }
    Map<String, ImportanceCriterion> byName = new LinkedHashMap<>();
    for (ImportanceCriterion criterion : sorted(criteria, ImportanceCriterion::key)) {
      claim(byName, criterion.key(), criterion, "criterion \"" + criterion.key() + "\"");
    }
    this.rules = Collections.unmodifiableMap(byOperator);
    this.modules = Collections.unmodifiableMap(byKey);
    this.criteria = Collections.unmodifiableMap(byName);
  }

  /**
   * Finds every rule, module and criterion that is registered on a class loader's class path, or on
   * that of its parents. A class that plays several roles has an instance for each.
   *
   * @param loader where to look
   * @throws RegistryException if two entries claim the same operator or key, or one cannot be
   *     loaded, because something that it needs is missing for instance
   */
  public static DMRegistry discover(ClassLoader loader) {
    return new DMRegistry(
        load(OperatorRule.class, loader),
        load(DynamicModule.class, loader),
        load(ImportanceCriterion.class, loader));
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
    for (Object entry : entries) {
      if (!(entry instanceof OperatorRule
          || entry instanceof DynamicModule
          || entry instanceof ImportanceCriterion)) {
        throw new RegistryException(
            describe(entry)
                + " is no OperatorRule, DynamicModule or ImportanceCriterion and cannot be registered");
      }
    }
    return new DMRegistry(
        of(OperatorRule.class, entries),
        of(DynamicModule.class, entries),
        of(ImportanceCriterion.class, entries));
  }

  /**
   * This registry with more entries.
   *
   * @throws RegistryException if a new entry claims what an old one has
   */
  public DMRegistry with(Object... entries) {
    List<Object> all = new ArrayList<>(entries());
    all.addAll(List.of(entries));
    return of(all);
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
   */
  public Optional<DynamicModule> module(Layer layer) {
    DynamicModule found = null;
    for (DynamicModule module : modules.values()) {
      if (module.matches(layer)) {
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

  private Collection<Object> entries() {
    Set<Object> all = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Object> ordered = new ArrayList<>();
    for (Collection<?> role : List.of(rules.values(), modules.values(), criteria.values())) {
      for (Object entry : role) {
        if (all.add(entry)) {
          ordered.add(entry);
        }
      }
    }
    return ordered;
  }

  private static <K, T> void claim(Map<K, T> registered, K key, T entry, String what) {
    T before = registered.putIfAbsent(key, entry);
    if (before != null && before != entry) {
      throw clash(what, before, entry);
    }
  }

  private static RegistryException clash(String what, Object first, Object second) {
    return new RegistryException(
        what
            + " is claimed by "
            + describe(first)
            + " and by "
            + describe(second)
            + "; remove one of them");
  }

  private static String describe(Object entry) {
    CodeSource source = entry.getClass().getProtectionDomain().getCodeSource();
    String where =
        source == null || source.getLocation() == null
            ? ""
            : " in " + source.getLocation().getPath();
    return entry.getClass().getName() + where;
  }

  private static <T> List<T> of(Class<T> role, Collection<?> entries) {
    return entries.stream().filter(role::isInstance).map(role::cast).toList();
  }

  private static <T> List<T> sorted(
      Collection<? extends T> entries, Function<? super T, String> key) {
    List<T> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparing(key));
    return sorted;
  }

  private static <T> List<T> load(Class<T> role, ClassLoader loader) {
    List<T> found = new ArrayList<>();
    Recorder recorder = new Recorder(loader);
    try {
      for (T entry : ServiceLoader.load(role, recorder)) {
        found.add(entry);
      }
    } catch (ServiceConfigurationError e) {
      String cause = e.getCause() == null ? "" : ": " + e.getCause();
      throw new RegistryException("a plugin cannot be loaded: " + e.getMessage() + cause, e);
    } catch (LinkageError e) {
      throw new RegistryException(
          "a plugin cannot be loaded: "
              + recorder.last
              + " in "
              + loader.getResource(recorder.last.replace('.', '/') + ".class")
              + ": "
              + e
              + "; put what it needs on the class path, in the version it was built with",
          e);
    }
    return found;
  }

  /** Remembers the class that was asked for last: where one cannot be linked, no error names it. */
  private static final class Recorder extends ClassLoader {
    private String last = "";

    Recorder(ClassLoader parent) {
      super(parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      last = name;
      return super.loadClass(name, resolve);
    }
  }
}

package io.espalier.core;

import io.espalier.core.values.Backend;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.RegistryException;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * How one {@link EspalierModule} is set. Each that is installed in an injector adds its own, so
 * that two which differ can be told from one that is there twice.
 *
 * @param loader finds plugins and backends
 * @param strict whether a plugin that throws is an error
 */
record Wiring(ClassLoader loader, boolean strict) {
  /** The wiring of an injector. */
  static final class Chosen {
    private final Wiring wiring;

    /**
     * @throws RegistryException if there are several
     */
    @Inject
    Chosen(Set<Wiring> all) {
      this.wiring = all.iterator().next();
      if (all.size() > 1) {
        boolean loaders = all.stream().map(Wiring::loader).distinct().count() > 1;
        throw new RegistryException(
            "EspalierModule is installed "
                + all.size()
                + " times in one injector, "
                + (loaders ? "with different class loaders" : "as it is and strict")
                + "; install one of them, or each in an injector of its own");
      }
    }
  }

  /** The registry of what was found and what the application adds. */
  static final class Registry implements Provider<DMRegistry> {
    private final Wiring wiring;
    private final Set<Object> added = new LinkedHashSet<>();

    @Inject
    Registry(
        Chosen chosen,
        Set<OperatorRule> rules,
        Set<DynamicModule> modules,
        Set<ImportanceCriterion> criteria,
        Optional<ImportanceCriterion> ranking) {
      this.wiring = chosen.wiring;
      added.addAll(rules);
      added.addAll(modules);
      added.addAll(criteria);
      ranking.ifPresent(added::add);
    }

    @Override
    public DMRegistry get() {
      return DMRegistry.discover(wiring.loader()).with(added);
    }
  }

  /** The spaces of the backends that were found. */
  static final class Spaces implements Provider<SearchSpaces> {
    private final Wiring wiring;
    private final SearchSpaces all;

    @Inject
    Spaces(
        Chosen chosen,
        Set<Backend> backends,
        DMRegistry registry,
        Optional<ImportanceCriterion> ranking) {
      this.wiring = chosen.wiring;
      SearchSpaces spaces = new SearchSpaces(backends, registry);
      this.all = ranking.isPresent() ? spaces.rankedBy(ranking.get().key()) : spaces;
    }

    @Override
    public SearchSpaces get() {
      return wiring.strict() ? all.strict() : all;
    }
  }
}

package io.espalier.core;

import io.espalier.core.rules.Rules;
import io.espalier.core.values.Backend;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.EspalierException;
import io.espalier.trace.TrialSizes;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Opens networks with whatever backend is there, and generates their search spaces. */
public final class SearchSpaces {
  private static final String ARTIFACTS =
      "io.espalier:espalier-backend-onnx (ONNX files) or io.espalier:espalier-backend-djl (DJL"
          + " blocks)";

  private final List<Backend> backends;
  private final DMRegistry registry;
  private final String criterion;

  /**
   * With these backends and rules.
   *
   * @param backends the backends; their order does not matter
   * @param registry operator rules, modules and criteria
   */
  @Inject
  public SearchSpaces(Set<Backend> backends, DMRegistry registry) {
    this(backends, registry, SearchSpace.DEFAULT_CRITERION);
  }

  /**
   * With every backend, and the registry of all plugins, that a class loader finds: what {@link
   * EspalierModule} wires, for applications without Guice.
   *
   * @throws EspalierException if a backend cannot be loaded, because what it needs is missing for
   *     instance
   * @throws io.espalier.spi.RegistryException if plugins clash or cannot be loaded
   * @throws io.espalier.spi.PluginException if a plugin throws when it is asked what it is for
   */
  public static SearchSpaces discover(ClassLoader loader) {
    return new SearchSpaces(
        Set.copyOf(Services.load(Backend.class, loader)), DMRegistry.discover(loader));
  }

  private SearchSpaces(Collection<Backend> backends, DMRegistry registry, String criterion) {
    this.backends = backends.stream().sorted(Comparator.comparing(Backend::name)).toList();
    this.registry = registry;
    this.criterion = criterion;
  }

  /** The same backends with another registry. */
  public SearchSpaces withRegistry(DMRegistry other) {
    return new SearchSpaces(backends, other, criterion);
  }

  /** The same, with plugins besides those that it has. */
  public SearchSpaces with(Object... plugins) {
    return new SearchSpaces(backends, registry.with(plugins), criterion);
  }

  /**
   * The same, whose spaces are ranked by another criterion.
   *
   * @param key the key of an {@link io.espalier.spi.ImportanceCriterion} in the registry; opening a
   *     space fails if there is none
   */
  public SearchSpaces rankedBy(String key) {
    return new SearchSpaces(backends, registry, key);
  }

  /**
   * The same, with a plugin that throws being an error. Otherwise the layer that it throws on is
   * frozen, with a reason that names the plugin's class and JAR.
   */
  public SearchSpaces strict() {
    return new SearchSpaces(backends, registry.strict(), criterion);
  }

  /** The registry that networks are analysed with. */
  public DMRegistry registry() {
    return registry;
  }

  /**
   * Opens a network.
   *
   * @param source a path of an ONNX file, its bytes (an array that nobody changes from then on), or
   *     whatever else the backends on the class path know
   * @throws EspalierException if there is no backend, none knows the source, or the network cannot
   *     be opened
   */
  public TracedModel open(Object source) {
    return opened(source).spelledOut(op -> registry.rule(op).isPresent());
  }

  private TracedModel opened(@Nullable Object source) {
    if (source == null) {
      throw new EspalierException(
          "there is no network to open: the source is null"
              + (backends.isEmpty() ? "" : "; " + known()));
    }
    if (source instanceof TracedModel model) {
      return model;
    }
    if (backends.isEmpty()) {
      throw new EspalierException(
          "there is no backend on the class path to open " + source + " with; add " + ARTIFACTS);
    }
    for (Backend backend : backends) {
      Optional<TracedModel> model = backend.open(source);
      if (model.isPresent()) {
        return model.get();
      }
    }
    throw new EspalierException(
        "no backend can open " + source + " (a " + source.getClass().getName() + "); " + known());
  }

  private String known() {
    Set<String> known = new TreeSet<>();
    backends.forEach(backend -> known.add(backend.name() + " opens " + backend.opens()));
    return String.join(", ", known) + (known.size() > 1 ? "" : "; for others add " + ARTIFACTS);
  }

  /** Opens a network and generates its search space under rules. */
  public SearchSpace generate(Object source, Rules rules) {
    return generate(source, rules, TrialSizes.automatic());
  }

  /**
   * Opens a network and generates its search space under rules.
   *
   * @param sizes lengths for dimensions that the model leaves open
   * @throws EspalierException if the network cannot be opened, or the rules do not fit it
   */
  public SearchSpace generate(Object source, Rules rules, TrialSizes sizes) {
    TracedModel model = open(source);
    SearchSpace space =
        ranked(new SearchSpace(model, Analysis.of(model, registry, sizes), registry, sizes));
    space.generate(rules);
    return space;
  }

  /** Opens a network and restores a saved space of it. */
  public SearchSpace restore(Object source, SavedSpace saved) {
    return restore(source, saved, TrialSizes.automatic());
  }

  /**
   * Opens a network and restores a saved space of it.
   *
   * @param sizes the lengths that it was generated with, for dimensions that the model leaves open
   * @throws EspalierException if the network cannot be opened, or the space was saved from another
   */
  public SearchSpace restore(Object source, SavedSpace saved, TrialSizes sizes) {
    SearchSpace space = ranked(new SearchSpace(open(source), null, registry, sizes));
    space.restore(saved);
    return space;
  }

  private SearchSpace ranked(SearchSpace space) {
    if (!criterion.equals(SearchSpace.DEFAULT_CRITERION)) {
      space.setCriterion(criterion);
    }
    return space;
  }
}

package io.espalier.core;

import com.google.inject.AbstractModule;
import com.google.inject.Key;
import com.google.inject.Module;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import io.espalier.core.values.Backend;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.OperatorRule;
import jakarta.inject.Qualifier;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Wires Espalier for Guice: {@link SearchSpaces}, the {@link DMRegistry} of all plugins on the
 * class path, and the backends on the class path, each of which contributes a Guice module of its
 * own through {@link ServiceLoader}.
 *
 * <p>An application adds to it and overrides it by binding:
 *
 * <ul>
 *   <li>elements of {@code Multibinder}s of {@link OperatorRule}, {@link DynamicModule} and {@link
 *       ImportanceCriterion} join the registry, besides what the class path holds;
 *   <li>an {@code OptionalBinder} of {@link ImportanceCriterion} sets the criterion that spaces are
 *       ranked by, and adds it to the registry;
 *   <li>an {@code OptionalBinder} of {@link DMRegistry} takes the place of the registry as a whole.
 * </ul>
 *
 * <p>It works under {@code requireExplicitBindings}, in child injectors, and in several injectors
 * at once; one that is installed twice counts once. Two that differ, one of them {@link #strict()}
 * for instance, are refused in one injector, in a sentence that says so.
 */
public final class EspalierModule extends AbstractModule {
  private final ClassLoader loader;
  private final boolean strict;

  /** With everything on the class path of this thread. */
  public EspalierModule() {
    this(contextLoader());
  }

  /** With everything that a class loader finds. */
  public EspalierModule(ClassLoader loader) {
    this(loader, false);
  }

  private EspalierModule(ClassLoader loader, boolean strict) {
    this.loader = loader;
    this.strict = strict;
  }

  /**
   * The same, with a plugin that throws being an error. Otherwise the layer that it throws on is
   * frozen, with a reason that names the plugin's class and JAR.
   */
  public EspalierModule strict() {
    return new EspalierModule(loader, true);
  }

  private static ClassLoader contextLoader() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context != null ? context : EspalierModule.class.getClassLoader();
  }

  @Override
  protected void configure() {
    Multibinder.newSetBinder(binder(), Backend.class);
    Multibinder.newSetBinder(binder(), OperatorRule.class);
    Multibinder.newSetBinder(binder(), DynamicModule.class);
    Multibinder.newSetBinder(binder(), ImportanceCriterion.class);
    OptionalBinder.newOptionalBinder(binder(), ImportanceCriterion.class);
    OptionalBinder.newOptionalBinder(binder(), DMRegistry.class)
        .setDefault()
        .to(Key.get(DMRegistry.class, Discovered.class));
    Multibinder.newSetBinder(binder(), Wiring.class)
        .addBinding()
        .toInstance(new Wiring(loader, strict));
    bind(Wiring.Chosen.class).asEagerSingleton();
    bind(Wiring.Registry.class);
    bind(Wiring.Spaces.class);
    bind(Key.get(DMRegistry.class, Discovered.class))
        .toProvider(Wiring.Registry.class)
        .in(Singleton.class);
    bind(SearchSpaces.class).toProvider(Wiring.Spaces.class).in(Singleton.class);
    // last, so that nothing else is missing where one of them cannot be loaded
    for (Module module : backendModules()) {
      install(module);
    }
  }

  /** Marks the registry of what was found and what the application adds. */
  @Qualifier
  @Retention(RetentionPolicy.RUNTIME)
  private @interface Discovered {}

  /**
   * Only modules that say they are backends': an application may register Guice modules for
   * purposes of its own.
   */
  private List<Module> backendModules() {
    List<Module> found = new ArrayList<>();
    for (Module module : Services.load(Module.class, loader)) {
      if (module instanceof BackendModule) {
        found.add(module);
      }
    }
    return found;
  }

  /** Equal modules are installed once. */
  @Override
  public boolean equals(Object other) {
    return other instanceof EspalierModule that
        && that.loader.equals(loader)
        && that.strict == strict;
  }

  @Override
  public int hashCode() {
    return loader.hashCode();
  }
}

package io.espalier.core;

import com.google.inject.AbstractModule;
import com.google.inject.Module;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import io.espalier.spi.DMRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Wires Espalier for Guice: {@link SearchSpaces}, the {@link DMRegistry} of all plugins on the
 * class path, and the backends on the class path, each of which contributes a Guice module of its
 * own through {@link ServiceLoader}.
 */
public final class EspalierModule extends AbstractModule {
  private final ClassLoader loader;

  /** With everything on the class path of this thread. */
  public EspalierModule() {
    this(contextLoader());
  }

  /** With everything that a class loader finds. */
  public EspalierModule(ClassLoader loader) {
    this.loader = loader;
  }

  private static ClassLoader contextLoader() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context != null ? context : EspalierModule.class.getClassLoader();
  }

  @Override
  protected void configure() {
    Multibinder.newSetBinder(binder(), Backend.class);
    for (Module module : backendModules()) {
      install(module);
    }
    bind(SearchSpaces.class).in(Singleton.class);
  }

  /**
   * Only modules that say they are backends': an application may register Guice modules for
   * purposes of its own.
   */
  private List<Module> backendModules() {
    List<Module> found = new ArrayList<>();
    for (Module module : ServiceLoader.load(Module.class, loader)) {
      if (module instanceof BackendModule) {
        found.add(module);
      }
    }
    return found;
  }

  @Provides
  @Singleton
  DMRegistry registry() {
    return DMRegistry.discover(loader);
  }
}

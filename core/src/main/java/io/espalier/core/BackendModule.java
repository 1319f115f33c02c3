package io.espalier.core;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import io.espalier.core.values.Backend;

/**
 * The Guice module by which a backend's JAR joins in. Register a subclass with
 * {@code @AutoService(com.google.inject.Module.class)}.
 */
public abstract class BackendModule extends AbstractModule {
  private final Class<? extends Backend> backend;

  /** A module that contributes one backend, made by its constructor. */
  protected BackendModule(Class<? extends Backend> backend) {
    this.backend = backend;
  }

  @Override
  protected void configure() {
    bind(backend);
    Multibinder.newSetBinder(binder(), Backend.class).addBinding().to(backend);
  }
}

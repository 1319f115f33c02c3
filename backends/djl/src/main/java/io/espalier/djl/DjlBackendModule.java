package io.espalier.djl;

import com.google.auto.service.AutoService;
import com.google.inject.Module;
import io.espalier.core.BackendModule;

/** By this the DJL backend joins in as soon as its JAR is on the class path. */
@AutoService(Module.class)
public final class DjlBackendModule extends BackendModule {
  public DjlBackendModule() {
    super(DjlBackend.class);
  }
}

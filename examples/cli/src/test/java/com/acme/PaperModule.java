package com.acme;

import io.espalier.core.BackendModule;

/** By this the backend joins in. */
public final class PaperModule extends BackendModule {
  public PaperModule() {
    super(PaperBackend.class);
  }
}

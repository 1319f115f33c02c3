package io.espalier.onnx;

import com.google.auto.service.AutoService;
import com.google.inject.Module;
import io.espalier.core.BackendModule;

/** By this the ONNX backend joins in as soon as its JAR is on the class path. */
@AutoService(Module.class)
public final class OnnxBackendModule extends BackendModule {
  public OnnxBackendModule() {
    super(OnnxBackend.class);
  }
}

package io.espalier.onnx;

import com.google.auto.service.AutoService;
import io.espalier.core.values.Backend;
import io.espalier.core.values.TracedModel;
import io.espalier.onnx.file.OnnxModel;
import java.nio.file.Path;
import java.util.Optional;

/** Opens ONNX files, and models in memory; an array belongs to the network from then on. */
@AutoService(Backend.class)
public final class OnnxBackend implements Backend {
  @Override
  public String name() {
    return "onnx";
  }

  @Override
  public String opens() {
    return "ONNX files (a java.nio.file.Path, or their bytes)";
  }

  @Override
  public Optional<TracedModel> open(Object source) {
    if (source instanceof Path path) {
      return Optional.of(OnnxNetwork.read(path));
    }
    if (source instanceof byte[] bytes) {
      return Optional.of(OnnxNetwork.of(OnnxModel.of(bytes), "the model in memory"));
    }
    return source instanceof OnnxModel model
        ? Optional.of(
            OnnxNetwork.of(model, model.path().map(Path::toString).orElse("a model in memory")))
        : Optional.empty();
  }
}

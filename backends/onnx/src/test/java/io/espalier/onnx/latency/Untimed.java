package io.espalier.onnx.latency;

import io.espalier.core.values.Cut;
import io.espalier.core.values.Prover;
import io.espalier.core.values.TracedModel;
import io.espalier.trace.Graph;
import java.nio.file.Path;

/** A network of a backend that cannot time it. */
record Untimed(TracedModel network) implements TracedModel {
  @Override
  public Graph graph() {
    return network.graph();
  }

  @Override
  public String fingerprint() {
    return network.fingerprint();
  }

  @Override
  public String description() {
    return network.description();
  }

  @Override
  public TracedModel carve(Cut cut, Prover prover) {
    return network.carve(cut, prover);
  }

  @Override
  public void save(Path file) {
    network.save(file);
  }
}

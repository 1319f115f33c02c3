package io.espalier.core.values;

import io.espalier.spi.EspalierException;
import java.util.Optional;

/**
 * Opens networks of one kind. Backends are found on the class path; two never claim the same
 * source. Register one with {@code @AutoService(Backend.class)}, and its {@code BackendModule} for
 * applications that use Guice.
 */
public interface Backend {
  /** The backend's name, such as {@code onnx}. */
  String name();

  /** What it opens, as a message says it: {@code an ONNX file (a java.nio.file.Path)}. */
  String opens();

  /**
   * Opens a network.
   *
   * @param source a path, a block, or whatever else the backend knows
   * @return empty if this is no source of this backend
   * @throws EspalierException if it is, but cannot be opened
   */
  Optional<TracedModel> open(Object source);
}

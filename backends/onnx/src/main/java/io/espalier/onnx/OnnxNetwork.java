package io.espalier.onnx;

import io.espalier.core.Cut;
import io.espalier.core.Model;
import io.espalier.core.Prover;
import io.espalier.onnx.carve.OnnxCarver;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.trace.OnnxTracer;
import io.espalier.onnx.trace.TracedOnnx;
import io.espalier.trace.Graph;
import java.nio.file.Path;

/**
 * An ONNX model that was opened and traced. Immutable, so that several threads may cut sub-networks
 * from it.
 */
public final class OnnxNetwork implements Model {
  private final TracedOnnx traced;
  private final OnnxEdit content;
  private final String description;

  private OnnxNetwork(OnnxModel model, OnnxEdit content, String description) {
    this.traced = OnnxTracer.trace(model);
    this.content = content;
    this.description = description;
  }

  /**
   * Opens an ONNX file.
   *
   * @throws io.espalier.onnx.file.OnnxFileException if it cannot be read
   */
  public static OnnxNetwork read(Path file) {
    return of(OnnxModel.read(file), file.toString());
  }

  /** A network of a model in memory. */
  public static OnnxNetwork of(OnnxModel model, String description) {
    return new OnnxNetwork(model, new OnnxEdit(model), description);
  }

  /** The model as it stands in its file. */
  public OnnxModel model() {
    return traced.model();
  }

  /** What each part of the traced network stands for in the file. */
  public TracedOnnx traced() {
    return traced;
  }

  @Override
  public Graph graph() {
    return traced.graph();
  }

  @Override
  public String fingerprint() {
    return model().fingerprint();
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public OnnxNetwork carve(Cut cut, Prover prover) {
    OnnxEdit edit = OnnxCarver.carve(traced, cut);
    OnnxNetwork carved =
        new OnnxNetwork(edit.toModel(), edit, "a network carved from " + description);
    prover.prove(carved.graph());
    return carved;
  }

  @Override
  public void save(Path file) {
    content.write(file);
  }
}

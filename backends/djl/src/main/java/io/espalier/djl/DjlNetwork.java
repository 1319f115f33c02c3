package io.espalier.djl;

import io.espalier.core.Cut;
import io.espalier.core.EspalierException;
import io.espalier.core.Model;
import io.espalier.core.Prover;
import io.espalier.djl.export.OnnxExport;
import io.espalier.djl.trace.BlockTracer;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.trace.Graph;
import java.nio.file.Path;

/** A block that was opened and traced. It reads the block's parameters, and never changes them. */
public final class DjlNetwork implements Model {
  private final TracedBlock traced;
  private final String description;

  private DjlNetwork(TracedBlock traced, String description) {
    this.traced = traced;
    this.description = description;
  }

  /**
   * Traces a block.
   *
   * @throws io.espalier.trace.TraceException if it cannot be traced
   */
  public static DjlNetwork of(DjlBlock source) {
    return new DjlNetwork(
        BlockTracer.trace(source), "block " + source.block().getClass().getName());
  }

  /** What each part of the traced network stands for in the block. */
  public TracedBlock traced() {
    return traced;
  }

  @Override
  public Graph graph() {
    return traced.graph();
  }

  /** A hash over the structure, and over the values that the parameters have now. */
  @Override
  public String fingerprint() {
    return Fingerprint.of(traced);
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public Model carve(Cut cut, Prover prover) {
    throw new EspalierException(
        description + " can be searched, but carving blocks is not there yet");
  }

  /** Writes the network as ONNX, to a name that ends in {@code .onnx}. */
  @Override
  public void save(Path file) {
    if (file.toString().endsWith(".onnx")) {
      OnnxExport.write(traced, file);
      return;
    }
    throw new EspalierException("saving blocks is not there yet; save " + description + " by DJL");
  }
}

package io.espalier.core.values;

import io.espalier.spi.EspalierException;
import io.espalier.spi.OpId;
import io.espalier.trace.Graph;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A network that a backend has opened. Immutable, so that several threads may cut sub-networks from
 * it. One that was carved may hold memory outside the heap, which {@link #close} gives back.
 */
public interface TracedModel extends AutoCloseable {
  /** The traced network. */
  Graph graph();

  /** What tells this network from others: a hash over its structure and weights. */
  String fingerprint();

  /** How a message names this network, such as its file. */
  String description();

  /** How many bytes its parts take. */
  default FileSizes sizes() {
    return FileSizes.plain(graph());
  }

  /**
   * Why this network cannot be cut so, where its graph does not show it; empty if it can. Widths
   * that it objects to are frozen.
   */
  default Optional<String> objection(Cut cut) {
    return Optional.empty();
  }

  /**
   * This network with what it defines itself spelled out: a node that calls a function of the
   * network gives way to the nodes of the function.
   *
   * @param known whether an operator is understood as it is; calls of such stay
   */
  default TracedModel spelledOut(Predicate<OpId> known) {
    return this;
  }

  /**
   * Makes the smaller network that a cut describes.
   *
   * @param cut what is kept
   * @param prover checks the result; it is called with the traced result before anything is
   *     returned
   */
  TracedModel carve(Cut cut, Prover prover);

  /**
   * This network, to be written with its weights in fewer bits, as will be what is cut from it.
   * Only what is written changes: it is analysed, cut, repaired and proved as it is.
   *
   * @throws EspalierException if its backend cannot write it so, or nothing in it can be
   */
  default TracedModel writtenAs(Precision precision) {
    throw new EspalierException(
        description()
            + " cannot be written as "
            + precision
            + " by its backend; export it to an .onnx file, and quantise that");
  }

  /** Which weights are written in fewer bits. */
  default Quantisation quantisation() {
    return Quantisation.NONE;
  }

  /**
   * Gives back the memory that was taken for this network alone, and makes it useless if there was
   * any. A network that was opened stays what it is: its memory is its owner's.
   */
  @Override
  default void close() {}

  /**
   * Writes the network to a file, whole or not at all.
   *
   * @throws EspalierException if the file cannot be written
   */
  void save(Path file);

  /**
   * Writes the network to a stream, in the format that its source has, and leaves the stream open.
   *
   * @throws IOException if the stream does
   * @throws EspalierException if this network can only be written to files
   */
  default void save(OutputStream out) throws IOException {
    throw new EspalierException(description() + " can only be written to a file");
  }

  /**
   * Writes the network to a file that appears together with others, with what belongs beside it.
   *
   * @throws EspalierException if the file cannot be written
   */
  default void save(Path file, StagedFiles files) {
    Path staged;
    try {
      staged = files.stage(file);
    } catch (IOException e) {
      throw new EspalierException(WholeFile.unwritten(file, e), e);
    }
    save(staged);
  }
}

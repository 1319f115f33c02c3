package io.espalier.onnx.file;

import java.util.List;

/**
 * A model in memory without its large tensors, and these tensors: quick to make, and quick to load.
 */
public final class SplitModel {
  private final byte[] skeleton;
  private final List<TensorSource> tensors;

  SplitModel(byte[] skeleton, List<TensorSource> tensors) {
    this.skeleton = skeleton;
    this.tensors = tensors;
  }

  /**
   * The serialised model; it refers to the tensors as external data of a file that does not exist.
   */
  public byte[] skeleton() {
    return skeleton.clone();
  }

  /** The tensors that are missing in it, by their names. */
  public List<TensorSource> tensors() {
    return tensors;
  }
}

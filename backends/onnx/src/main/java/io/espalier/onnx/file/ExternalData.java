package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.util.List;

/** Where the elements are of tensors that only refer to them. */
interface ExternalData {
  /** How error messages name the model. */
  String model();

  /**
   * A tensor with its elements.
   *
   * @param header what it says of itself
   * @param reference where it says they are
   * @throws OnnxFileException if they are not there, or not as many as the header says
   */
  OnnxTensor tensor(TensorHeader header, List<StringStringEntryProto> reference);
}

package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;

/**
 * The tensors that a model was split from, in the order in which it refers to them. Their elements
 * are put together when they are first asked for.
 */
final class SplitTensors implements ExternalData {
  private final String model;
  private final Iterator<TensorSource> tensors;

  SplitTensors(String model, SplitModel split) {
    this.model = model;
    this.tensors = split.tensors().iterator();
  }

  @Override
  public String model() {
    return model;
  }

  @Override
  public OnnxTensor tensor(TensorHeader header, List<StringStringEntryProto> reference) {
    TensorSource source = tensors.next();
    return header.raw(source.byteSize(), () -> elements(source));
  }

  private ByteBuffer elements(TensorSource source) {
    try {
      return source.toDirectBuffer();
    } catch (IOException e) {
      throw new OnnxFileException(
          model + ": tensor '" + source.name() + "' cannot be read: " + e.getMessage(), e);
    }
  }
}

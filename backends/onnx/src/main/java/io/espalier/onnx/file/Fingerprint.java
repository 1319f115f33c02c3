package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.GraphProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;

/**
 * A hash of a model's structure and weights; what it covers is said at {@link
 * OnnxModel#fingerprint()}.
 */
final class Fingerprint {
  private static final int SAMPLE = 1 << 16;
  private static final int BLOCK = 64;

  private final MessageDigest digest;
  private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String of(OnnxModel model) {
    Fingerprint fingerprint = new Fingerprint();
    ModelSkeleton skeleton = model.skeleton();
    Iterator<OnnxTensor> tensors = model.tensors().iterator();
    for (Field field : skeleton.modelFields()) {
      if (!field.equals(skeleton.graph())) {
        fingerprint.add(skeleton.bytes(), field);
      }
    }
    for (Field field : skeleton.graphFields()) {
      boolean weight = field.number() == GraphProto.INITIALIZER_FIELD_NUMBER;
      if (!weight || !fingerprint.add(tensors.next())) {
        fingerprint.add(skeleton.bytes(), field);
      }
    }
    return HexFormat.of().formatHex(fingerprint.digest.digest());
  }

  private void add(ByteBuffer bytes, Field field) {
    digest.update(bytes.slice(field.start(), field.end() - field.start()));
  }

  /** Adds a weight, unless it holds strings. */
  private boolean add(OnnxTensor tensor) {
    if (tensor.dataType() == DataTypes.STRING) {
      return false;
    }
    byte[] name = tensor.name().getBytes(StandardCharsets.UTF_8);
    add(name.length);
    digest.update(name);
    add(tensor.dataType());
    add(tensor.rank());
    for (long dim : tensor.dims()) {
      add(dim);
    }
    add(tensor.byteSize());
    if (tensor.byteSize() > 0) {
      addSample(tensor.bytes());
    }
    return true;
  }

  private void addSample(ByteBuffer bytes) {
    if (bytes.remaining() <= SAMPLE) {
      digest.update(bytes);
      return;
    }
    int blocks = SAMPLE / BLOCK;
    long last = (long) bytes.remaining() - BLOCK;
    for (int i = 0; i < blocks; i++) {
      digest.update(bytes.slice((int) (last * i / (blocks - 1)), BLOCK));
    }
  }

  private void add(long value) {
    number.clear();
    digest.update(number.putLong(value).flip());
  }
}

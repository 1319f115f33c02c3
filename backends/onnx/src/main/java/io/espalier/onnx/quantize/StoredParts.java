package io.espalier.onnx.quantize;

import io.espalier.onnx.file.ByteSink;
import io.espalier.onnx.file.OnnxFileException;
import io.espalier.onnx.file.TensorSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What is stored in the place of one weight.
 *
 * @param tensors its integers, its scales and, of a matrix, its zero points
 */
public record StoredParts(List<TensorSource> tensors) {
  public StoredParts {
    tensors = List.copyOf(tensors);
  }

  TensorSource integers() {
    return tensors.get(0);
  }

  TensorSource scales() {
    return tensors.get(1);
  }

  /** The zero points of a matrix. */
  TensorSource zeros() {
    return tensors.get(2);
  }

  /** The hash of all of them, one after the other, in hex. */
  public String sha256() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest);
      ByteSink sink = new ByteSink(Channels.newChannel(out));
      for (TensorSource tensor : tensors) {
        tensor.writeTo(sink);
      }
      sink.flush();
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new OnnxFileException("a weight cannot be read: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

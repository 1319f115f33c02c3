package io.espalier.djl;

import io.espalier.djl.trace.TracedBlock;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A hash over the structure of a traced block and the values of its parameters. */
final class Fingerprint {
  private final MessageDigest digest;

  private Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String of(TracedBlock traced) {
    Fingerprint fingerprint = new Fingerprint();
    Graph graph = traced.graph();
    for (Tensor tensor : graph.tensors()) {
      fingerprint.add(tensor.name() + " " + traced.type(tensor.id()) + " " + tensor.declared());
      if (tensor.constant() != null) {
        fingerprint.add(tensor.constant());
      }
    }
    for (GraphNode node : graph.nodes()) {
      fingerprint.add(node.op() + " " + node.inputs() + " " + node.outputs());
      fingerprint.add(node.attributes().toString());
    }
    fingerprint.add(graph.inputs() + " " + graph.outputs());
    return HexFormat.of().formatHex(fingerprint.digest.digest());
  }

  private void add(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private void add(Constant constant) {
    for (long dim : constant.dims()) {
      add(Long.toString(dim));
    }
    if (constant.integer()) {
      for (long value : constant.longs()) {
        add(Long.toString(value));
      }
      return;
    }
    FloatBuffer values = constant.floats().duplicate();
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    while (values.hasRemaining()) {
      bytes.clear();
      while (values.hasRemaining() && bytes.remaining() >= Float.BYTES) {
        bytes.putFloat(values.get());
      }
      digest.update(bytes.flip());
    }
  }
}

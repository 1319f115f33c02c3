package io.espalier.cli;

import io.espalier.onnx.build.OnnxGraphBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A small network of three products, and data for it and its like. */
final class SmallData {
  /** What the network reads of a sample. */
  static final int WIDTH = 6;

  private SmallData() {}

  /** The network: two hidden layers of 32 and 24, three outputs. */
  static Path model(Path file) {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("mlp", 17);
    String x = builder.input("x", "N", WIDTH);
    String hidden = builder.node("MatMul", "/a", List.of(x, builder.weights("w1", WIDTH, 32)));
    hidden = builder.node("Relu", "/r", List.of(hidden));
    hidden = builder.node("MatMul", "/b", List.of(hidden, builder.weights("w2", 32, 24)));
    hidden = builder.node("Relu", "/s", List.of(hidden));
    String y = builder.node("MatMul", "/c", List.of(hidden, builder.weights("w3", 24, 3)));
    return Cli.save(builder.output("y", y, "N", 3).build(), file);
  }

  /**
   * Writes normal numbers.
   *
   * @param first what the first number is
   */
  static Path npy(Path file, int samples, int width, float first) throws IOException {
    String header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + samples + ", " + width + "), }\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + header.length() + Float.BYTES * width * samples)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) 1).put((byte) 0).putShort((short) header.length());
    bytes.put(header.getBytes(StandardCharsets.US_ASCII));
    Random random = new Random(samples);
    bytes.putFloat(first);
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) random.nextGaussian());
    }
    return Files.write(file, bytes.array());
  }
}

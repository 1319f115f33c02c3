package io.espalier.onnx.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.SharedData;
import io.espalier.spi.DMRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the reference computed on one of the six recorded models. */
record Golden(String name, Path folder) {
  static final List<String> NAMES =
      List.of("chain", "concat", "depth", "depthwise", "mlp", "residual");
  static final List<String> RECORDS =
      List.of("cfg0", "cfg1", "cfg2", "sorted_min", "sorted_max", "unsorted_min", "unsorted_rand");

  static Golden of(String name) {
    return new Golden(name, SharedData.path("golden/" + name));
  }

  JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(file + ".json").toFile());
  }

  /** Our search space of the recorded model, under the recorded rules. */
  SearchSpace space() throws IOException {
    SearchSpaces spaces =
        new SearchSpaces(
            Set.of(new OnnxBackend()), DMRegistry.discover(Golden.class.getClassLoader()));
    return spaces.generate(
        folder.resolve("original.onnx"), Rules.parse(json("README").get("rules").toString()));
  }

  /** A recorded value as a choice of ours. */
  static Choice choice(JsonNode value) {
    if (value.isInt()) {
      return Choice.of(value.intValue());
    }
    List<Integer> sizes = new ArrayList<>();
    value.forEach(size -> sizes.add(size.intValue()));
    return Choice.of(sizes);
  }

  /** The float32 elements of a .npy file in row-major order. */
  float[] floats(String file) throws IOException {
    ByteBuffer bytes = npy(file);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  /** The dimensions of a .npy file. */
  long[] shape(String file) throws IOException {
    byte[] all = Files.readAllBytes(folder.resolve(file));
    String header = new String(all, 10, headerLength(all), StandardCharsets.US_ASCII);
    String dims = header.substring(header.indexOf('(') + 1, header.indexOf(')'));
    return java.util.Arrays.stream(dims.split(",", -1))
        .map(String::strip)
        .filter(dim -> !dim.isEmpty())
        .mapToLong(Long::parseLong)
        .toArray();
  }

  private ByteBuffer npy(String file) throws IOException {
    byte[] all = Files.readAllBytes(folder.resolve(file));
    int start = 10 + headerLength(all);
    return ByteBuffer.wrap(all, start, all.length - start).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int headerLength(byte[] all) {
    return (all[8] & 0xff) | (all[9] & 0xff) << 8;
  }
}

package io.espalier.onnx.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that the runtime reads where they stand. */
class InPlaceTest {
  private static final int WIDTH = 32;

  @TempDir private Path folder = Path.of("");

  /** Of odd lengths, so that what stands in the file stands anywhere. */
  private ModelProto model() {
    OnnxGraphBuilder graph = new OnnxGraphBuilder("odd", 17);
    String x = graph.input("x", 1, WIDTH);
    for (int i = 0; i < 4; i++) {
      String weight = graph.weights("w".repeat(i + 1), WIDTH, WIDTH);
      x = graph.node("MatMul", "/m" + i, List.of(x, weight));
    }
    graph.output("y", x, 1, WIDTH);
    return graph.toProto();
  }

  private static float[] run(OnnxModel model, SessionSettings settings) {
    float[] ones = new float[WIDTH];
    Arrays.fill(ones, 1);
    try (OnnxSession session = OnnxSession.open(model, settings)) {
      return Objects.requireNonNull(
              session.run(Map.of("x", Tensor.ofFloats(ones, 1, WIDTH))).get("y"))
          .floats();
    }
  }

  private static void assertSame(OnnxModel model) {
    assertTrue(model.inPlace().length < 2_000, "weights are copied");
    assertArrayEquals(
        run(model, SessionSettings.plain()), run(model, SessionSettings.sparing()), 1e-4f);
  }

  @Test
  void standInTheModel() throws IOException {
    assertSame(OnnxModel.read(Files.write(folder.resolve("m.onnx"), model().toByteArray())));
  }

  @Test
  void standBesideIt() throws IOException {
    ModelProto.Builder model = model().toBuilder();
    ByteString data = ByteString.EMPTY;
    for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
      entry(tensor, "location", "weights.bin");
      entry(tensor, "offset", Integer.toString(data.size()));
      data = data.concat(tensor.getRawData());
      tensor.clearRawData().setDataLocation(TensorProto.DataLocation.EXTERNAL);
    }
    Files.write(folder.resolve("weights.bin"), data.toByteArray());
    Path file = Files.write(folder.resolve("m.onnx"), model.build().toByteArray());
    assertSame(OnnxModel.read(file));
  }

  private static void entry(TensorProto.Builder tensor, String key, String value) {
    tensor.addExternalData(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
  }
}

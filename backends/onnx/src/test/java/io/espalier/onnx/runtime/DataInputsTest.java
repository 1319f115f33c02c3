package io.espalier.onnx.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSources;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What data for a model have to be like, and how a model is run on them. */
class DataInputsTest {
  private static OnnxModel embedding() {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("embedding", 17);
    String ids = builder.typedInput("ids", DataTypes.INT64, "N", "S");
    String table = builder.weights("table", 5, 3);
    String rows = builder.node("Gather", "/gather", List.of(table, ids));
    return builder.output("rows", rows, "N", "S", 3).build();
  }

  @Test
  void idsStayBelowTheRowsOfTheirTable() {
    OnnxModel model = embedding();
    List<InputSpec> inputs = DataInputs.of(model, Map.of("ids", List.of(1L, 40L)));
    assertEquals(List.of(-1L, -1L), inputs.get(0).shape());
    assertEquals(List.of(1L, 40L), inputs.get(0).trial());
    assertEquals(ElementType.INT64, inputs.get(0).type());
    Samples samples =
        DataSources.discover(DataSources.class.getClassLoader())
            .open(new DataRequest("random", inputs, Map.of(), 8, 1));
    try (Samples.Batches batches = samples.read(SampleDraw.all(8), 8);
        OnnxSession session = OnnxSession.open(model, SessionSettings.plain())) {
      Batch batch = batches.next().orElseThrow();
      DataArray ids = batch.array("ids");
      assertEquals(4, IntStream.range(0, ids.size()).mapToDouble(ids::number).max().orElseThrow());
      DataArray rows = Objects.requireNonNull(session.runArrays(batch.arrays()).get("rows"));
      assertArrayEquals(new long[] {8, 40, 3}, rows.shape());
      assertEquals(ElementType.FLOAT32, rows.type());
    }
  }

  @Test
  void openSizesGetUsualOnes() {
    assertEquals(List.of(1L, 16L), DataInputs.of(embedding(), Map.of()).get(0).trial());
    OnnxGraphBuilder builder = new OnnxGraphBuilder("image", 17);
    String x = builder.input("x", "N", 3, "H", "H");
    OnnxModel image = builder.output("y", builder.node("Relu", "/r", List.of(x)), "N").build();
    InputSpec input = DataInputs.of(image, Map.of()).get(0);
    assertEquals(List.of(-1L, 3L, -1L, -1L), input.shape());
    assertEquals(List.of(1L, 3L, 64L, 64L), input.trial());
    assertTrue(
        assertThrows(OnnxRunException.class, () -> DataInputs.of(image, Map.of("z", List.of(1L))))
            .toString()
            .contains("has no input 'z'"));
    assertTrue(
        assertThrows(OnnxRunException.class, () -> DataInputs.of(image, Map.of("x", List.of(1L))))
            .toString()
            .contains("4 dimensions"));
  }
}

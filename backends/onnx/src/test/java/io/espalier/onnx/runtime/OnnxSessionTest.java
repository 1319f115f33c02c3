package io.espalier.onnx.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.onnx.SharedData;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxSessionTest {
  @TempDir Path folder;

  @Test
  void runsAModelFromItsFileAndFromMemory() {
    OnnxModel model = sum();
    Path file = folder.resolve("m.onnx");
    new OnnxEdit(model).write(file);
    Map<String, Tensor> inputs = Map.of("x", Tensor.ofFloats(new float[] {1, 2, 3, 4}, 2, 2));

    try (OnnxSession memory = OnnxSession.open(model, SessionSettings.fast());
        OnnxSession disk = OnnxSession.open(OnnxModel.read(file), SessionSettings.plain())) {
      assertEquals("[x: float32[-1, 2]]", memory.inputSpecs().toString());
      assertEquals("[y: float32[-1, 2]]", memory.outputSpecs().toString());
      Tensor y = Objects.requireNonNull(memory.run(inputs).get("y"));
      assertArrayEquals(new float[] {11, 22, 13, 24}, y.floats());
      assertArrayEquals(new long[] {2, 2}, y.shape());
      assertEquals(0, y.relativeError(Objects.requireNonNull(disk.run(inputs).get("y"))));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 6, 7, 9, 10, 11, 16})
  void everyElementTypeGoesInAndOut(int dataType) {
    OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17);
    String x = b.typedInput("x", dataType, "N");
    OnnxModel model =
        b.typedOutput("y", b.node("Identity", "id", List.of(x)), dataType, "N").build();
    Tensor ones =
        DataTypes.isFloating(dataType)
            ? Tensor.ofFloats(new float[] {0, 1}, 2)
            : Tensor.ofLongs(new long[] {0, 1}, 2);

    try (OnnxSession session = OnnxSession.open(model, SessionSettings.plain())) {
      Tensor y = Objects.requireNonNull(session.run(Map.of("x", ones)).get("y"));
      assertEquals(dataType, y.dataType());
      assertArrayEquals(new float[] {0, 1}, y.floats());
    }
  }

  @Test
  void inputsThatDoNotFitAreExplained() {
    Tensor floats = Tensor.ofFloats(new float[2], 1, 2);
    try (OnnxSession session = OnnxSession.open(sum(), SessionSettings.plain())) {
      assertRefused(session, Map.of(), "needs a value for its input x: float32[-1, 2]");
      assertRefused(
          session, Map.of("x", floats, "z", floats), "has no input 'z'; its inputs are [x");
      assertRefused(
          session,
          Map.of("x", Tensor.ofLongs(new long[2], 1, 2)),
          "cannot be made from int64[1, 2]");
      assertRefused(
          session,
          Map.of("x", Tensor.ofFloats(new float[3], 1, 3)),
          "check the shapes of its inputs");
    }
  }

  @Test
  void modelsThatDoNotLoadAreExplained() throws IOException {
    OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17);
    String y = b.node("NoSuchOperator", "n", List.of(b.input("x", 1)));
    OnnxModel model = b.output("y", y, 1).build();
    OnnxRunException e =
        assertThrows(
            OnnxRunException.class, () -> OnnxSession.open(model, SessionSettings.plain()));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("ONNX Runtime cannot load the model in memory: "), message);
    assertTrue(message.contains("NoSuchOperator"), message);
    assertEquals(-1, message.indexOf('\n'));

    Path file = Files.writeString(folder.resolve("text.onnx"), "no model");
    assertThrows(OnnxRunException.class, () -> OnnxSession.open(file, SessionSettings.plain()));
  }

  @Test
  void closingTwiceIsFine() {
    OnnxSession session = OnnxSession.open(sum(), SessionSettings.plain());
    session.close();
    session.close();
  }

  @Test
  void everyModelOfTheZooRuns() {
    for (Path file : SharedData.zoo()) {
      try (OnnxSession session = OnnxSession.open(file, SessionSettings.plain())) {
        Map<String, Tensor> inputs =
            RandomInputs.seeded(3).forModel(session, trialShapes(session.inputSpecs()));
        for (Map.Entry<String, Tensor> output : session.run(inputs).entrySet()) {
          assertEquals(0, output.getValue().relativeError(output.getValue()), file + " " + output);
        }
      }
    }
  }

  @Test
  void editsRunWithoutBeingWritten() {
    for (Path file : SharedData.zoo()) {
      OnnxModel model = OnnxModel.read(file);
      OnnxEdit edit = new OnnxEdit(model);
      try (OnnxSession whole = OnnxSession.open(file, SessionSettings.plain());
          OnnxSession candidate = OnnxSession.open(edit, SessionSettings.plain())) {
        Map<String, Tensor> inputs =
            RandomInputs.seeded(3).forModel(whole, trialShapes(whole.inputSpecs()));
        Map<String, Tensor> expected = whole.run(inputs);
        Map<String, Tensor> actual = candidate.run(inputs);
        assertEquals(expected.keySet(), actual.keySet());
        for (String output : expected.keySet()) {
          Tensor reference = Objects.requireNonNull(expected.get(output));
          assertEquals(
              0,
              Objects.requireNonNull(actual.get(output)).relativeError(reference),
              file + output);
        }
      }
    }
  }

  @Test
  void latencyIsTheMedian() {
    try (OnnxSession session = OnnxSession.open(sum(), SessionSettings.plain())) {
      Map<String, Tensor> inputs = Map.of("x", Tensor.ofFloats(new float[2], 1, 2));
      assertTrue(Latency.measure(session, inputs, 2, 5) > 0);
      assertThrows(IllegalArgumentException.class, () -> Latency.measure(session, inputs, 0, 0));
    }
  }

  @Test
  void probeTellsShapesOfInnerValues() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("g", 17);
    String h =
        b.node("Transpose", "t", List.of(b.input("x", "N", 3)), Map.of("perm", new long[] {1, 0}));
    String s = b.node("Shape", "s", List.of(h));
    OnnxModel model =
        b.output("y", b.node("Relu", "r", List.of(h)), 3, "N")
            .typedOutput("s", s, DataTypes.INT64, 2)
            .build();

    Map<String, ValueSpec> shapes =
        ShapeProbe.probe(
            model, Map.of("x", Tensor.ofFloats(new float[15], 5, 3)), List.of("s", h, "y"));

    assertEquals(
        Map.of(
            h,
            new ValueSpec(h, DataTypes.FLOAT, List.of(3L, 5L)),
            "y",
            new ValueSpec("y", DataTypes.FLOAT, List.of(3L, 5L)),
            "s",
            new ValueSpec("s", DataTypes.INT64, List.of(2L))),
        shapes);
    assertThrows(
        OnnxRunException.class, () -> ShapeProbe.probe(model, Map.of(), List.of("no such value")));
  }

  /** The model's own dimensions; where it leaves one open, 2 in front and 16 elsewhere. */
  private static Map<String, long[]> trialShapes(List<ValueSpec> inputs) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (ValueSpec input : inputs) {
      long[] shape = input.shape();
      for (int axis = 0; axis < shape.length; axis++) {
        shape[axis] = shape[axis] >= 0 ? shape[axis] : axis == 0 ? 2 : 16;
      }
      shapes.put(input.name(), shape);
    }
    return shapes;
  }

  private static void assertRefused(
      OnnxSession session, Map<String, Tensor> inputs, String reason) {
    OnnxRunException e = assertThrows(OnnxRunException.class, () -> session.run(inputs));
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e.getMessage());
  }

  /** y = x + [10, 20] for x [N, 2]. */
  private static OnnxModel sum() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("sum", 17);
    String bias = b.floats("bias", new float[] {10, 20}, 2);
    return b.output("y", b.node("Add", "add", List.of(b.input("x", "N", 2), bias)), "N", 2).build();
  }
}

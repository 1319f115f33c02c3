package io.espalier.djl.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.espalier.core.calibration.Place;
import io.espalier.core.calibration.Places;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.ChannelMoments;
import io.espalier.core.moments.DataModel;
import io.espalier.core.moments.Measured;
import io.espalier.core.moments.Moments;
import io.espalier.core.moments.Probe;
import io.espalier.core.rules.Rules;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.SymMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Moments that are taken in DJL are those that ONNX Runtime takes of the exported block. */
class BlockMeasuringTest {
  private static final int SAMPLES = 9;
  private static final List<int[]> FOLDS = List.of(new int[] {0, 2, 3, 7}, new int[] {1, 4, 5, 8});

  @TempDir private Path folder = Path.of("");

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray numbers(Shape shape) {
    manager.getEngine().setRandomSeed(5);
    return manager.randomNormal(shape);
  }

  @TestFactory
  Stream<DynamicTest> areThoseOfTheExportedBlock() {
    Map<String, BiFunction<NDManager, Long, DjlBlock>> nets =
        Map.of("convolutions", Nets::convolutions, "mlp", Nets::mlp, "sequence", Nets::sequence);
    Map<String, Shape> shapes =
        Map.of(
            "convolutions",
            new Shape(SAMPLES, 3, 10, 10),
            "mlp",
            new Shape(SAMPLES, 12),
            "sequence",
            new Shape(SAMPLES, 5, 8));
    return nets.keySet().stream()
        .sorted()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () ->
                        check(
                            Objects.requireNonNull(nets.get(name)),
                            numbers(Objects.requireNonNull(shapes.get(name))))));
  }

  private void check(BiFunction<NDManager, Long, DjlBlock> net, NDArray array) {
    DjlNetwork reference = DjlNetwork.of(net.apply(manager, 1L));
    DjlNetwork observed = DjlNetwork.of(net.apply(manager, 2L));
    SymMap map =
        Blocks.spaces()
            .generate(observed.traced().source(), Rules.everything())
            .map()
            .orElseThrow();
    Samples data = BlockSamples.of(observed, array);
    OnnxNetwork one = onnx(reference, "reference");
    OnnxNetwork other = onnx(observed, "observed");
    for (int step : new int[] {1, 3}) {
      Probe.Request request = request(map, observed, step);
      same(
          one.measure(other, request, data, FOLDS),
          reference.measure(observed, request, data, FOLDS));
    }
  }

  private OnnxNetwork onnx(DjlNetwork network, String name) {
    Path file = folder.resolve(name + ".onnx");
    network.save(file);
    return OnnxNetwork.read(file);
  }

  /** Of every place: channels, and windows or channels with what is missing. */
  private static Probe.Request request(SymMap map, DataModel model, int step) {
    Graph graph = map.graph();
    List<Probe> probes = new ArrayList<>();
    List<Probe.Pair> pairs = new ArrayList<>();
    for (Place place : Places.of(map).places()) {
      GraphNode node = graph.nodes().get(place.node());
      String output = graph.tensor(node.outputs().get(0)).name();
      int rank = Objects.requireNonNull(map.input(node.index(), place.form().data())).size();
      int outputRank = Objects.requireNonNull(map.tensor(node.outputs().get(0))).size();
      int axis = place.form().dataAxis();
      int data = place.form().data();
      Probe.Aim aim =
          new Probe.Aim(
              output, outputRank, place.form().outputAxis(), null, probes.size() % 2 == 1);
      if (place.form().groups() == 1) {
        probes.add(new Probe(output, data, rank, axis, false, 1, null, "", 1));
      }
      if (model.hasWindows(output)) {
        int groups = place.form().groups();
        probes.add(new Probe(output, data, rank, axis, true, groups, aim, "", step));
      } else {
        probes.add(new Probe(output, data, rank, axis, false, 1, aim, "", step));
      }
      int end = place.chain().isEmpty() ? node.index() : place.chain().get(0);
      String to = graph.tensor(graph.nodes().get(end).outputs().get(0)).name();
      pairs.add(new Probe.Pair(output, to, outputRank, place.form().outputAxis(), ""));
    }
    assertFalse(probes.isEmpty());
    return new Probe.Request(probes, pairs);
  }

  private static void same(Measured expected, Measured actual) {
    for (int i = 0; i < expected.moments().size(); i++) {
      for (int fold = 0; fold < FOLDS.size(); fold++) {
        same(expected.moments().get(i).get(fold), actual.moments().get(i).get(fold));
      }
    }
    for (int i = 0; i < expected.pairs().size(); i++) {
      ChannelMoments one = expected.pairs().get(i);
      ChannelMoments other = actual.pairs().get(i);
      assertEquals(one.rows(), other.rows());
      near(one.x(), other.x());
      near(one.y(), other.y());
      near(one.xx(), other.xx());
      near(one.xy(), other.xy());
      near(one.yy(), other.yy());
    }
  }

  private static void same(Moments expected, Moments actual) {
    assertEquals(expected.columns(), actual.columns());
    assertEquals(expected.outputs(), actual.outputs());
    assertEquals(expected.groups(), actual.groups());
    assertEquals(expected.rows(), actual.rows());
    for (int g = 0; g < expected.groups(); g++) {
      near(expected.gram(g), actual.gram(g));
      near(expected.cross(g), actual.cross(g));
      near(expected.squares(g), actual.squares(g));
    }
  }

  private static void near(double[] expected, double[] actual) {
    double most = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertArrayEquals(expected, actual, 1e-5 * most + 1e-6);
  }

  @Test
  void outputsAreThoseOfTheExportedBlock() {
    DjlNetwork network = DjlNetwork.of(Nets.convolutions(manager, 1));
    Samples data = BlockSamples.of(network, numbers(new Shape(SAMPLES, 3, 10, 10)));
    int[] some = {0, 3, 4, 8};
    List<float[]> outputs = new ArrayList<>();
    for (DataModel model : List.of(network, onnx(network, "network"))) {
      model.run(
          data,
          some,
          (batch, named) -> {
            float[] numbers = new float[4 * 5];
            Objects.requireNonNull(named.get("output")).floats().get(numbers);
            outputs.add(numbers);
            assertArrayEquals(some, batch.samples());
          });
    }
    assertEquals(2, outputs.size());
    assertArrayEquals(outputs.get(1), outputs.get(0), 1e-4f);
  }

  @Test
  void otherValuesMakeAnotherBlockAndLeaveThisOne() {
    DjlNetwork network = DjlNetwork.of(Nets.mlp(manager, 1));
    String name = "linear_1.weight";
    float[] zeros = new float[32 * 12];
    byte[] before = bytes(network, name);
    DjlNetwork other = network.withValues(Map.of(name, zeros));
    assertArrayEquals(before, bytes(network, name));
    assertArrayEquals(new byte[4 * zeros.length], bytes(other, name));
    for (String kept : List.of("linear_1.bias", "linear_4.weight")) {
      assertArrayEquals(bytes(network, kept), bytes(other, kept));
    }
    assertEquals(
        network.graph().tensors().stream().map(tensor -> tensor.name()).toList(),
        other.graph().tensors().stream().map(tensor -> tensor.name()).toList());
  }

  private static byte[] bytes(DjlNetwork network, String parameter) {
    byte[] bytes = new byte[network.stored(parameter).remaining()];
    network.stored(parameter).get(bytes);
    return bytes;
  }

  @Test
  void samplesAreRowsOfTheArray() {
    DjlNetwork network = DjlNetwork.of(Nets.mlp(manager, 1));
    NDArray array = numbers(new Shape(SAMPLES, 12));
    Samples data = BlockSamples.of(network, array);
    assertEquals(SAMPLES, data.count());
    try (Samples.Batches batches = data.read(IntStream.of(1, 2, 7).toArray(), 2)) {
      assertArrayEquals(new int[] {1, 2}, batches.next().orElseThrow().samples());
      float[] row = new float[12];
      batches.next().orElseThrow().arrays().values().iterator().next().floats().get(row);
      assertArrayEquals(array.get(7).toFloatArray(), row);
      assertFalse(batches.next().isPresent());
    }
  }
}

package io.espalier.onnx.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.calibration.SampleSize;
import io.espalier.core.cost.MacsCost;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.pruning.DataPruning;
import io.espalier.core.pruning.OutputError;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.pruning.Pruned;
import io.espalier.core.rotation.Rotation;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Budget;
import io.espalier.core.search.Limit;
import io.espalier.core.values.Choice;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.SymMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Units of attention are mixed within each head, so that a few of them carry what all do. */
class MixedUnitsTest {
  private static final DMRegistry REGISTRY =
      DMRegistry.discover(MixedUnitsTest.class.getClassLoader());
  private static final SearchSpaces SPACES = new SearchSpaces(Set.of(new OnnxBackend()), REGISTRY);

  private static final int WIDTH = 16;
  private static final int HEADS = 2;
  private static final int DIM = 8;
  private static final int HELD = 2;
  private static final int SAMPLES = 60;
  private static final int[] ALL = SampleDraw.all(SAMPLES);

  /** What stands on the ways of attention, beside what has to. */
  private enum Beside {
    NOTHING,
    A_SHIFT_OF_VALUES,
    A_TABLE_OVER_QUERIES,
    A_RECTIFIER_BEHIND_VALUES,
    AN_OUTPUT_OF_VALUES
  }

  /** A matrix whose heads hold two directions each, which no pair of columns is. */
  private static float[] directions(long seed) {
    Random random = new Random(seed);
    float[] weight = new float[WIDTH * HEADS * DIM];
    for (int head = 0; head < HEADS; head++) {
      double[][] in = new double[WIDTH][HELD];
      double[][] out = new double[HELD][DIM];
      for (double[][] part : List.of(in, out)) {
        for (double[] row : part) {
          for (int i = 0; i < row.length; i++) {
            row[i] = random.nextGaussian() / 2;
          }
        }
      }
      for (int row = 0; row < WIDTH; row++) {
        for (int column = 0; column < DIM; column++) {
          for (int held = 0; held < HELD; held++) {
            weight[(row * HEADS + head) * DIM + column] +=
                (float) (in[row][held] * out[held][column]);
          }
        }
      }
    }
    return weight;
  }

  private static final class Parts {
    private final OnnxGraphBuilder b = new OnnxGraphBuilder("attention", 17, 5);
    private final String x = b.input("x", "N", "T", WIDTH);

    String node(String op, String name, String... inputs) {
      return b.node(op, "/attn/" + name, List.of(inputs));
    }

    /** A product, perhaps a shift, and the heads. */
    String projection(String name, boolean shifted) {
      String weight = b.floats("attn." + name + ".weight", directions(name.hashCode()), 16, 16);
      String y = node("MatMul", name + "/MatMul", x, weight);
      if (shifted) {
        y = node("Add", name + "/Add", y, b.random("attn." + name + ".bias", 0, 0.3, 16));
      }
      String shape = b.longs(name + "_shape", new long[] {0, 0, HEADS, DIM}, 4);
      String split = node("Reshape", name + "_heads", y, shape);
      return b.node(
          "Transpose",
          "/attn/" + name + "_order",
          List.of(split),
          Map.of("perm", new long[] {0, 2, name.equals("k") ? 3 : 1, name.equals("k") ? 1 : 3}));
    }
  }

  private static OnnxNetwork attention(Beside beside) {
    Parts p = new Parts();
    String query = p.projection("q", false);
    if (beside == Beside.A_TABLE_OVER_QUERIES) {
      query = p.node("Mul", "turned", query, p.b.random("table", 1, 0.3, DIM));
    }
    String scale = p.b.floats("scale", new float[] {0.5f});
    query = p.node("Mul", "scaled", query, scale);
    String scores = p.node("MatMul", "scores", query, p.projection("k", false));
    String weights = p.b.node("Softmax", "/attn/softmax", List.of(scores), Map.of("axis", -1));
    String values = p.projection("v", beside == Beside.A_SHIFT_OF_VALUES);
    String y = p.node("MatMul", "mix", weights, values);
    if (beside == Beside.A_RECTIFIER_BEHIND_VALUES) {
      y = p.node("Relu", "relu", y);
    }
    y = p.b.node("Transpose", "/attn/back", List.of(y), Map.of("perm", new long[] {0, 2, 1, 3}));
    y = p.node("Reshape", "merge", y, p.b.longs("merged", new long[] {0, 0, HEADS * DIM}, 3));
    y = p.node("MatMul", "proj/MatMul", y, p.b.weights("attn.proj.weight", 16, WIDTH));
    y = p.node("Add", "proj/Add", y, p.b.random("attn.proj.bias", 0, 0.1, WIDTH));
    y = p.node("Add", "sum", y, p.x);
    p.b.output("y", y, "N", "T", WIDTH);
    if (beside == Beside.AN_OUTPUT_OF_VALUES) {
      p.b.output("z", values, "N", HEADS, "T", DIM);
    }
    return OnnxNetwork.of(p.b.build(), "attention");
  }

  private static InMemory data(OnnxNetwork network, long seed) {
    return InMemory.random(network.inputs(), Map.of("x", new long[] {1, 9, WIDTH}), SAMPLES, seed);
  }

  private static Rotation rotation(OnnxNetwork network) {
    SearchSpace space = SPACES.generate(network, Rules.everything());
    return Rotation.of(network, space.map().orElseThrow(), symbol -> true, data(network, 1), ALL);
  }

  private static double error(OnnxNetwork original, OnnxNetwork other) {
    return new OutputError(original, data(original, 2), ALL).of(other);
  }

  private static OnnxNetwork narrow(SearchSpace space) {
    for (String width : List.of("attn.qk_dim", "attn.v_dim")) {
      space.hparam(width).setActive(Choice.of(HELD));
    }
    return (OnnxNetwork) space.export();
  }

  @Test
  void twoUnitsOfEachHeadHoldWhatTwoDirectionsDo() {
    OnnxNetwork network = attention(Beside.NOTHING);
    OnnxNetwork mixed = network.withValues(rotation(network).values());
    assertEquals(0, error(network, mixed), 1e-10);

    SearchSpace space = SPACES.generate(network, Rules.everything());
    assertTrue(error(network, narrow(space)) > 0.01);
    assertEquals(0, error(network, narrow(space.over(mixed))), 1e-6);
  }

  @Test
  void whatIsPrunedIsACutOfTheOriginalWithOtherValues() {
    OnnxNetwork network = attention(Beside.A_SHIFT_OF_VALUES);
    SearchSpace space = SPACES.generate(network, Rules.everything());
    Budget budget =
        Budget.of(List.of(Limit.part(new MacsCost(), 0.45))).withDivisor(1).withFloor(0);
    Pruned pruned =
        DataPruning.run(space, PruneOptions.of(budget), data(network, 1), ALL, step -> {});
    OnnxNetwork small = (OnnxNetwork) pruned.model();
    assertTrue(error(network, small) < 1e-3, pruned.costs()::toString);
    assertTrue(space.macs() <= 0.45 * pruned.costs().originalMacs());
    assertTrue(
        pruned.manifest().compensated().stream()
            .anyMatch(entry -> entry.initializer().equals("attn.v.weight")));
    Verification verified = Verifier.verify(network.model(), small.model(), pruned.manifest());
    assertEquals(Verification.Verdict.PROVED, verified.verdict(), verified::toString);
  }

  @Test
  void whatTellsUnitsApartLeavesThemAsTheyAre() {
    Set<String> queries = Set.of("attn.q.weight", "attn.k.weight");
    Set<String> values = Set.of("attn.v.weight", "attn.proj.weight");
    assertEquals(values, rotation(attention(Beside.A_TABLE_OVER_QUERIES)).values().keySet());
    assertEquals(queries, rotation(attention(Beside.A_RECTIFIER_BEHIND_VALUES)).values().keySet());
    assertEquals(queries, rotation(attention(Beside.AN_OUTPUT_OF_VALUES)).values().keySet());
    Rotation both = rotation(attention(Beside.A_SHIFT_OF_VALUES));
    assertTrue(both.values().containsKey("attn.v.bias"));
    assertTrue(both.values().keySet().containsAll(queries));
    assertTrue(both.values().keySet().containsAll(values));
    assertEquals(1, both.rankings().size());
  }

  @Test
  void widthsThatAreNotWantedStayAsTheyAre() {
    OnnxNetwork network = attention(Beside.NOTHING);
    SearchSpace space = SPACES.generate(network, Rules.everything());
    Rotation none =
        Rotation.of(network, space.map().orElseThrow(), symbol -> false, data(network, 1), ALL);
    assertTrue(none.values().isEmpty());
    assertFalse(rotation(network).values().isEmpty());
  }

  @Test
  void samplesAreAsLargeAsTheyAre() {
    OnnxNetwork network = attention(Beside.NOTHING);
    SearchSpace space = SPACES.generate(network, Rules.everything());
    SymMap map = space.map().orElseThrow();
    int input = map.graph().inputs().get(0);
    double places = Objects.requireNonNull(map.tensor(input)).get(1).extent();
    assertEquals(9 / places, SampleSize.of(map, data(network, 1), ALL), 1e-12);
  }
}

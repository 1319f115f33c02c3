package io.espalier.onnx.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.calibration.Calibration;
import io.espalier.core.compensation.Compensation;
import io.espalier.core.compensation.Effort;
import io.espalier.core.compensation.RepairMemory;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DMRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Repairs of networks that are cut alike up to some layer. */
class RepairMemoryTest {
  private static final int SAMPLES = 30;

  private final SearchSpace space =
      new SearchSpaces(
              Set.of(new OnnxBackend()),
              DMRegistry.discover(RepairMemoryTest.class.getClassLoader()))
          .generate(model(), Rules.everything());
  private final OnnxNetwork original = (OnnxNetwork) space.model();
  private final Counted data =
      new Counted(InMemory.random(original.inputs(), Map.of(), SAMPLES, 1));
  private final List<int[]> folds = SampleDraw.folds(SampleDraw.all(SAMPLES), 5, 0);
  private final Calibration calibration =
      Calibration.measure(original, space.map().orElseThrow(), data, folds);

  /** Samples that count how often they are read. */
  private static final class Counted implements Samples {
    private final Samples samples;
    private int reads;

    Counted(Samples samples) {
      this.samples = samples;
    }

    @Override
    public int count() {
      return samples.count();
    }

    @Override
    public Batches read(int[] wanted, int size) {
      reads++;
      return samples.read(wanted, size);
    }
  }

  /** Four convolutions, the third of which ends in a sum with what the first gives. */
  private static OnnxModel model() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("net", 17, 3);
    String x = b.input("x", "N", 3, 8, 8);
    String a = b.node("Relu", "ra", List.of(conv(b, "a", x, 16, 3)));
    String inner = b.node("Relu", "rb", List.of(conv(b, "b", a, 12, 16)));
    String sum = b.node("Add", "sum", List.of(a, conv(b, "c", inner, 16, 12)));
    String last = b.node("Relu", "rd", List.of(conv(b, "d", sum, 8, 16)));
    return b.output("y", conv(b, "e", last, 4, 8), "N", 4, 8, 8).build();
  }

  private static String conv(OnnxGraphBuilder b, String name, String x, int to, int from) {
    return b.node(
        "Conv",
        name,
        List.of(x, b.weights("w" + name, to, from, 3, 3), b.random("b" + name, 0, 1, to)),
        Map.of("pads", new long[] {1, 1, 1, 1}));
  }

  private Config config(int stream, int inner, int late) {
    Map<Integer, Integer> widths = Map.of(16, stream, 12, inner, 8, late);
    Map<String, Choice> choices = new HashMap<>();
    for (Hparam hparam : space.configurableHparams().values()) {
      Choice whole = hparam.original();
      int width = whole.sizes() ? 0 : widths.getOrDefault(whole.number(), whole.number());
      choices.put(
          hparam.name(),
          hparam.choices().stream()
              .filter(choice -> !choice.sizes() && choice.number() == width)
              .findFirst()
              .orElse(whole));
    }
    return Config.of(choices);
  }

  private Compensation.Result repaired(Config config, RepairMemory memory) {
    return Compensation.sequential(
        original,
        space.cut(config),
        (OnnxNetwork) space.export(config),
        calibration,
        data,
        folds,
        new Effort(1, SAMPLES),
        memory);
  }

  /** How often data are read, after a comparison with a repair that remembers nothing. */
  private int reads(Config config, RepairMemory memory) {
    data.reads = 0;
    Compensation.Result result = repaired(config, memory);
    int reads = data.reads;
    Compensation.Result alone = repaired(config, new RepairMemory(space.map().orElseThrow()));
    assertEquals(alone.values().keySet(), result.values().keySet());
    alone
        .values()
        .forEach((name, values) -> assertArrayEquals(values, result.values().get(name), name));
    assertEquals(
        ((OnnxNetwork) alone.model()).fingerprint(), ((OnnxNetwork) result.model()).fingerprint());
    return reads;
  }

  @Test
  void layersAreSolvedOnceForAllNetworksThatAreCutAlikeUpToThem() {
    space.sortParameters();
    RepairMemory memory = new RepairMemory(space.map().orElseThrow());
    int whole = reads(config(8, 6, 4), memory);
    assertEquals(0, reads(config(8, 6, 4), memory));
    int late = reads(config(8, 6, 2), memory);
    assertTrue(0 < late && late < whole, () -> late + " of " + whole);
    int inner = reads(config(8, 4, 4), memory);
    assertTrue(late < inner && inner < whole, () -> inner + " of " + whole);
    assertEquals(whole, reads(config(4, 6, 4), memory));
  }

  @Test
  void unitsCountAndNotOnlyHowManyThereAre() {
    RepairMemory memory = new RepairMemory(space.map().orElseThrow());
    int whole = reads(config(8, 6, 4), memory);
    space.sortParameters();
    assertEquals(whole, reads(config(8, 6, 4), memory));
  }
}

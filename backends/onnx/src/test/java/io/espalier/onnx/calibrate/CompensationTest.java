package io.espalier.onnx.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.calibration.Calibration;
import io.espalier.core.compensation.Compensation;
import io.espalier.core.compensation.Effort;
import io.espalier.core.compensation.RepairMemory;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.CurveSearch;
import io.espalier.core.values.Cut;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.build.SampleNetwork;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DMRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks that are cut to half their widths and repaired, on data that were not looked at. */
class CompensationTest {
  private static final DMRegistry REGISTRY =
      DMRegistry.discover(CompensationTest.class.getClassLoader());
  private static final SearchSpaces SPACES = new SearchSpaces(Set.of(new OnnxBackend()), REGISTRY);

  /** Relative squared errors of the outputs without and with repair. */
  private record Outcome(double cut, double repaired, Compensation.Result result) {}

  /** Every width to half of what it may be; kernels too, unless the order is that of the data. */
  private static Outcome halve(
      OnnxModel model, Map<String, long[]> shapes, int samples, boolean byData) {
    return cut(model, shapes, samples, byData, 0.5);
  }

  private static Outcome cut(
      OnnxModel model, Map<String, long[]> shapes, int samples, boolean byData, double part) {
    SearchSpace space = SPACES.generate(model, Rules.everything());
    OnnxNetwork original = (OnnxNetwork) space.model();
    InMemory data = InMemory.random(original.inputs(), shapes, samples, 1);
    InMemory fresh = InMemory.random(original.inputs(), shapes, Math.min(samples, 40), 99);
    List<int[]> folds = SampleDraw.folds(SampleDraw.all(samples), 5, 0);
    Calibration calibration = Calibration.measure(original, space.map().orElseThrow(), data, folds);
    space.sortParameters();
    if (byData) {
      CurveSearch.order(
          space,
          calibration.rank(Objects.requireNonNull(REGISTRY.dataCriteria().get("reconstruction"))));
    }
    space.sample(
        choices ->
            byData && choices.get(0).sizes()
                ? choices.get(choices.size() - 1)
                : choices.get((int) ((choices.size() - 1) * part)));
    Cut cut = space.cut();
    OnnxNetwork carved = (OnnxNetwork) space.export();
    Effort effort = new Effort(1, samples);
    Compensation.Result result =
        Compensation.sequential(
            original,
            cut,
            carved,
            calibration,
            data,
            folds,
            byData ? effort : effort.withoutRounds(),
            new RepairMemory(cut.map()));
    return new Outcome(
        error(original, carved, fresh),
        error(original, (OnnxNetwork) result.model(), fresh),
        result);
  }

  private static double error(OnnxNetwork original, OnnxNetwork other, InMemory data) {
    int[] all = SampleDraw.all(data.count());
    List<Map<String, DataArray>> expected = new ArrayList<>();
    original.run(data, all, (batch, outputs) -> expected.add(outputs));
    List<Map<String, DataArray>> actual = new ArrayList<>();
    other.run(data, all, (batch, outputs) -> actual.add(outputs));
    double missing = 0;
    double squares = 0;
    for (int i = 0; i < expected.size(); i++) {
      for (Map.Entry<String, DataArray> output : expected.get(i).entrySet()) {
        DataArray now = Objects.requireNonNull(actual.get(i).get(output.getKey()));
        for (int j = 0; j < now.size(); j++) {
          double wanted = output.getValue().number(j);
          missing += Math.pow(wanted - now.number(j), 2);
          squares += wanted * wanted;
        }
      }
    }
    return missing / squares;
  }

  /**
   * The second half of 16 channels, each of which is a mixture of the first half; by one channel
   * alone where channels are duplicated.
   */
  private static float[] redundant(int fanIn, boolean duplicated, long seed) {
    Random random = new Random(seed);
    float[] weight = new float[16 * fanIn];
    for (int o = 0; o < 16; o++) {
      for (int from = 0; o >= 8 && from < 8; from++) {
        double factor = duplicated ? (from == o - 8 ? 1 : 0) : random.nextGaussian() / 3;
        for (int i = 0; i < fanIn; i++) {
          weight[o * fanIn + i] += (float) (factor * weight[from * fanIn + i]);
        }
      }
      for (int i = 0; o < 8 && i < fanIn; i++) {
        weight[o * fanIn + i] = (float) (random.nextGaussian() / Math.sqrt(fanIn));
      }
    }
    return weight;
  }

  private static OnnxGraphBuilder builder() {
    return new OnnxGraphBuilder("net", 17, 3);
  }

  private static Map<String, ?> padded(long groups) {
    return Map.of("pads", new long[] {1, 1, 1, 1}, "group", groups);
  }

  private static String conv(OnnxGraphBuilder b, String name, String x, String w) {
    return b.node("Conv", name, List.of(x, w), padded(1));
  }

  @Test
  void duplicatedChannelsAreNotMissed() {
    OnnxGraphBuilder b = builder();
    String x = b.input("x", "N", 3, 8, 8);
    String y = conv(b, "a", x, b.floats("wa", redundant(27, true, 1), 16, 3, 3, 3));
    String r = b.node("Relu", "r", List.of(y));
    String z = conv(b, "b", r, b.weights("wb", 6, 16, 3, 3));
    Outcome outcome = halve(b.output("y", z, "N", 6, 8, 8).build(), Map.of(), 60, true);
    assertTrue(outcome.cut() > 0.05, outcome::toString);
    assertTrue(outcome.repaired() < 1e-4, outcome::toString);
  }

  @Test
  void channelsThatAreMixturesOfOthersAreNotMissed() {
    OnnxGraphBuilder b = builder();
    String x = b.input("x", "N", 3, 8, 8);
    String y = conv(b, "a", x, b.floats("wa", redundant(27, false, 2), 16, 3, 3, 3));
    String z = conv(b, "b", y, b.weights("wb", 6, 16, 3, 3));
    Outcome outcome = halve(b.output("y", z, "N", 6, 8, 8).build(), Map.of(), 60, true);
    assertTrue(outcome.cut() > 0.05, outcome::toString);
    assertTrue(outcome.repaired() < 1e-4, outcome::toString);
  }

  private static Map<String, OnnxModel> cases() {
    return Map.of(
        "norm behind a convolution", normed(),
        "depthwise and grouped", grouped(),
        "residual sum", residual(),
        "transposed weight", transposed(),
        "products of tokens, biases added, a norm over tokens behind", tokens());
  }

  private static String norm(OnnxGraphBuilder b, String name, String x, int channels) {
    return b.node(
        "BatchNormalization",
        name,
        List.of(
            x,
            b.random(name + ".s", 3, 1, channels),
            b.random(name + ".b", 0, 1, channels),
            b.random(name + ".m", 0, 1, channels),
            b.floats(name + ".v", ones(channels), channels)));
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    java.util.Arrays.fill(ones, 1);
    return ones;
  }

  private static OnnxModel normed() {
    OnnxGraphBuilder b = builder();
    String x = b.input("x", 8, 3, 8, 8);
    String y = conv(b, "a", x, b.weights("wa", 16, 3, 3, 3));
    String r = b.node("Relu", "r", List.of(norm(b, "na", y, 16)));
    String z = norm(b, "nb", conv(b, "b", r, b.weights("wb", 6, 16, 3, 3)), 6);
    return b.output("y", z, 8, 6, 8, 8).build();
  }

  private static OnnxModel shared() {
    OnnxGraphBuilder b = builder();
    String x = b.input("x", "N", 3, 8, 8);
    String r = b.node("Relu", "r", List.of(conv(b, "a", x, b.weights("wa", 16, 3, 3, 3))));
    String w = b.weights("wb", 16, 16, 3, 3);
    String once = norm(b, "n1", conv(b, "b1", r, w), 16);
    String twice = norm(b, "n2", conv(b, "b2", once, w), 16);
    String z = conv(b, "c", twice, b.weights("wc", 6, 16, 3, 3));
    return b.output("y", z, "N", 6, 8, 8).build();
  }

  private static OnnxModel grouped() {
    OnnxGraphBuilder b = builder();
    String x = b.input("x", "N", 3, 8, 8);
    String r = b.node("Relu", "r", List.of(conv(b, "a", x, b.weights("wa", 16, 3, 3, 3))));
    String d = b.node("Conv", "d", List.of(r, b.weights("wd", 16, 1, 3, 3)), padded(16));
    String g = b.node("Conv", "g", List.of(d, b.weights("wg", 16, 4, 3, 3)), padded(4));
    String z = conv(b, "c", b.node("Relu", "s", List.of(g)), b.weights("wc", 6, 16, 3, 3));
    return b.output("y", z, "N", 6, 8, 8).build();
  }

  private static OnnxModel residual() {
    OnnxGraphBuilder b = builder();
    String x = b.input("x", "N", 3, 8, 8);
    String a = conv(b, "a", x, b.weights("wa", 16, 3, 3, 3));
    String r = b.node("Relu", "r", List.of(a));
    String c = norm(b, "n", conv(b, "b", r, b.weights("wb", 16, 16, 3, 3)), 16);
    String s = b.node("Relu", "s", List.of(b.node("Add", "sum", List.of(r, c))));
    String z = conv(b, "c", s, b.weights("wc", 6, 16, 3, 3));
    return b.output("y", z, "N", 6, 8, 8).build();
  }

  private static OnnxModel transposed() {
    OnnxGraphBuilder b = builder();
    String x = b.input("x", "N", 12);
    String w = b.node("Transpose", "t", List.of(b.weights("wa", 32, 12)));
    String r = b.node("Relu", "r", List.of(b.node("MatMul", "a", List.of(x, w))));
    String g =
        b.node(
            "Gemm",
            "g",
            List.of(r, b.weights("wg", 16, 32), b.random("bg", 0, 1, 16)),
            Map.of("transB", 1L));
    String v = b.node("Transpose", "u", List.of(b.weights("wb", 5, 16)));
    String z = b.node("MatMul", "b", List.of(b.node("Relu", "s", List.of(g)), v));
    return b.output("y", z, "N", 5).build();
  }

  private static OnnxModel tokens() {
    OnnxGraphBuilder b = builder();
    String x = b.input("x", "N", 6, 12);
    String a = b.node("MatMul", "a", List.of(x, b.weights("wa", 12, 16)));
    String r =
        b.node("Relu", "r", List.of(b.node("Add", "p", List.of(a, b.random("ba", 0, 1, 16)))));
    String c = b.node("MatMul", "b", List.of(r, b.weights("wb", 16, 6)));
    String z = norm(b, "n", b.node("Add", "q", List.of(c, b.random("bb", 0, 1, 6))), 6);
    return b.output("y", z, "N", 6, 6).build();
  }

  private static Set<String> names() {
    return cases().keySet();
  }

  @ParameterizedTest
  @MethodSource("names")
  void whatIsRepairedComesNearerToTheOriginal(String name) {
    OnnxModel model = Objects.requireNonNull(cases().get(name));
    Outcome outcome = halve(model, Map.of(), 80, true);
    assertTrue(outcome.cut() > 0, outcome::toString);
    assertTrue(outcome.repaired() < 0.95 * outcome.cut(), outcome::toString);
    assertEquals(Map.of(), outcome.result().left());
    sameAgain(model, outcome);
  }

  private static void sameAgain(OnnxModel model, Outcome outcome) {
    Outcome again = halve(model, Map.of(), 80, true);
    assertEquals(outcome.repaired(), again.repaired());
    outcome
        .result()
        .values()
        .forEach(
            (weight, values) ->
                assertArrayEquals(values, again.result().values().get(weight), weight));
    assertEquals(
        ((OnnxNetwork) outcome.result().model()).fingerprint(),
        ((OnnxNetwork) again.result().model()).fingerprint());
  }

  @Test
  void aWeightThatIsReadTwiceWithNormsBehindItIsLeftAlone() {
    Outcome outcome = halve(shared(), Map.of(), 40, true);
    assertEquals(Set.of("b1_output_0", "b2_output_0"), outcome.result().left().keySet());
    assertTrue(outcome.repaired() < outcome.cut(), outcome::toString);
  }

  @Test
  void whereAWindowHasTooManyColumnsChannelsStandForIt() {
    OnnxGraphBuilder b = builder();
    String x = b.input("x", "N", 3, 4, 4);
    String y = conv(b, "a", x, b.weights("wa", 300, 3, 3, 3));
    String z = conv(b, "b", b.node("Relu", "r", List.of(y)), b.weights("wb", 4, 300, 3, 3));
    OnnxModel model = b.output("y", z, "N", 4, 4, 4).build();
    Outcome outcome = cut(model, Map.of(), 60, true, 0.9);
    assertEquals(Map.of(), outcome.result().left());
    assertTrue(outcome.result().values().containsKey("wb"), outcome::toString);
    assertTrue(outcome.repaired() < 0.8 * outcome.cut(), outcome::toString);
  }

  private static List<SampleNetwork> samples() {
    return SampleNetworks.all();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void noSampleGetsWorse(SampleNetwork sample) {
    Outcome outcome = halve(sample.model(), sample.trialShapes(), 25, false);
    assertTrue(outcome.repaired() <= 1.01 * outcome.cut() + 1e-12, outcome::toString);
    outcome.result().left().forEach((node, why) -> assertTrue(!why.isEmpty(), node));
  }
}

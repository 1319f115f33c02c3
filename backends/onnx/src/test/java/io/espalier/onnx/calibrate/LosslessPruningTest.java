package io.espalier.onnx.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.pruning.LosslessPruning;
import io.espalier.core.rules.Rules;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.calibrate.Planted.Width;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import io.espalier.spi.DMRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Units that contribute nothing are found, no others, and the network computes what it did. */
class LosslessPruningTest {
  private static final int SEEDS = 50;
  private static final SearchSpaces SPACES =
      new SearchSpaces(
          Set.of(new OnnxBackend()),
          DMRegistry.discover(LosslessPruningTest.class.getClassLoader()));

  private static final Map<String, Object> PADDED = Map.of("pads", new long[] {1, 1, 1, 1});

  /** Convolutions with a norm, of which one ends in a sum. */
  private static OnnxModel residual(Planted p) {
    p.random("wa", 16, 3, 3, 3).random("sa", 16).random("ba", 16).random("ma", 16).ones("va", 16);
    p.random("wb", 12, 16, 3, 3).random("bb", 12).random("wc", 16, 12, 3, 3).random("bc", 16);
    p.random("wd", 4, 16, 3, 3);
    p.plant(
        new Width(
            16, List.of("wa", "wc"), List.of("ba", "ma", "bc"), List.of("sa"), List.of("wb", "wd")),
        new Width(12, List.of("wb"), List.of("bb"), List.of(), List.of("wc")));
    OnnxGraphBuilder b = new OnnxGraphBuilder("net", 17, 1);
    String x = b.input("x", "N", 3, 6, 6);
    String y = b.node("Conv", "a", List.of(x, p.add(b, "wa")), PADDED);
    y =
        b.node(
            "BatchNormalization",
            "na",
            List.of(y, p.add(b, "sa"), p.add(b, "ba"), p.add(b, "ma"), p.add(b, "va")));
    String a = b.node("Relu", "ra", List.of(y));
    y = b.node("Conv", "b", List.of(a, p.add(b, "wb"), p.add(b, "bb")), PADDED);
    y = b.node("Relu", "rb", List.of(y));
    y = b.node("Conv", "c", List.of(y, p.add(b, "wc"), p.add(b, "bc")), PADDED);
    y = b.node("Relu", "rc", List.of(b.node("Add", "sum", List.of(a, y))));
    return b.output("y", b.node("Conv", "d", List.of(y, p.add(b, "wd")), PADDED), "N", 4, 6, 6)
        .build();
  }

  /** A depthwise convolution, and another way that is joined to it. */
  private static OnnxModel depthwise(Planted p) {
    p.random("wa", 12, 3, 1, 1).random("ba", 12).random("wd", 12, 1, 3, 3).random("bd", 12);
    p.random("we", 10, 3, 3, 3).random("be", 10).random("wf", 4, 22, 1, 1);
    p.plant(
        new Width(12, List.of("wa", "wd"), List.of("ba", "bd"), List.of(), List.of("wf")),
        new Width(10, List.of("we"), List.of("be"), List.of(), List.of("wf")).from(12));
    OnnxGraphBuilder b = new OnnxGraphBuilder("net", 17, 1);
    String x = b.input("x", "N", 3, 6, 6);
    String y = b.node("Conv", "a", List.of(x, p.add(b, "wa"), p.add(b, "ba")));
    y = b.node("Relu", "ra", List.of(y));
    y =
        b.node(
            "Conv",
            "d",
            List.of(y, p.add(b, "wd"), p.add(b, "bd")),
            Map.of("pads", new long[] {1, 1, 1, 1}, "group", 12L));
    String left = b.node("Relu", "rd", List.of(y));
    y = b.node("Conv", "e", List.of(x, p.add(b, "we"), p.add(b, "be")), PADDED);
    String right = b.node("Relu", "re", List.of(y));
    String both = b.node("Concat", "both", List.of(left, right), Map.of("axis", 1L));
    return b.output("y", b.node("Conv", "f", List.of(both, p.add(b, "wf"))), "N", 4, 6, 6).build();
  }

  /** Two feed-forward layers of a transformer, one with its weight transposed. */
  private static OnnxModel tokens(Planted p) {
    p.random("wa", 8, 32).random("ba", 32).random("wb", 32, 8);
    p.random("wc", 8, 24).random("bc", 24).random("wd", 5, 24);
    p.plant(
        new Width(32, List.of("wa"), List.of("ba"), List.of(), List.of("wb")).columns(),
        new Width(24, List.of("wc"), List.of("bc"), List.of(), List.of("wd")).columnsToRows());
    OnnxGraphBuilder b = new OnnxGraphBuilder("net", 20, 1);
    String x = b.input("x", "N", 6, 8);
    String y = b.node("MatMul", "a", List.of(x, p.add(b, "wa")));
    y = b.node("Gelu", "ga", List.of(b.node("Add", "pa", List.of(y, p.add(b, "ba")))));
    y = b.node("Add", "sum", List.of(x, b.node("MatMul", "b", List.of(y, p.add(b, "wb")))));
    y = b.node("MatMul", "c", List.of(y, p.add(b, "wc")));
    y = b.node("Relu", "rc", List.of(b.node("Add", "pc", List.of(y, p.add(b, "bc")))));
    String turned = b.node("Transpose", "t", List.of(p.add(b, "wd")));
    return b.output("y", b.node("MatMul", "d", List.of(y, turned)), "N", 6, 5).build();
  }

  /** A network with units planted into it. */
  private interface Architecture {
    OnnxModel model(Planted planted);
  }

  static Stream<Arguments> architectures() {
    return Stream.of(
        Arguments.of("residual", (Architecture) LosslessPruningTest::residual),
        Arguments.of("depthwise", (Architecture) LosslessPruningTest::depthwise),
        Arguments.of("tokens", (Architecture) LosslessPruningTest::tokens));
  }

  private static SearchSpace space(OnnxModel model) {
    return SPACES.generate(model, Rules.everything());
  }

  private static LosslessPruning.Result pruned(SearchSpace space) {
    OnnxNetwork original = (OnnxNetwork) space.model();
    return LosslessPruning.run(space, () -> InMemory.random(original.inputs(), Map.of(), 3, 1));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void whatWasPlantedIsFoundAndNothingElse(String name, Architecture architecture) {
    for (int seed = 0; seed < SEEDS; seed++) {
      Planted planted = new Planted(seed);
      OnnxModel model = architecture.model(planted);
      SearchSpace space = space(model);
      LosslessPruning.Result result = pruned(space);
      String what = name + ", seed " + seed + ": " + planted;
      assertEquals(planted.widths(), widths(space, planted), what);
      assertEquals(planted.doubles(), result.doubles(), what);
      assertEquals(planted.removed(), result.removed(), what);
      OnnxModel small = ((OnnxNetwork) result.model()).model();
      assertTrue(difference((OnnxNetwork) space.model(), result) < 1e-6, what);
      Verification proof = Verifier.verify(model, small, result.manifest());
      assertEquals(Verification.Verdict.PROVED, proof.verdict(), () -> what + ": " + proof);
    }
  }

  private static List<Integer> widths(SearchSpace space, Planted planted) {
    List<Integer> widths = new ArrayList<>();
    for (int whole : planted.originals()) {
      widths.add(
          space.configurableHparams().values().stream()
              .filter(h -> !h.original().sizes() && h.original().number() == whole)
              .mapToInt(h -> h.active().number())
              .findFirst()
              .orElseThrow());
    }
    return widths;
  }

  /** The farthest that an output is off, as a part of the largest. */
  private static double difference(OnnxNetwork original, LosslessPruning.Result result) {
    InMemory data = InMemory.random(original.inputs(), Map.of(), 4, 9);
    List<DataArray> expected = outputs(original, data);
    List<DataArray> actual = outputs((OnnxNetwork) result.model(), data);
    double largest = 0;
    double off = 0;
    for (int i = 0; i < expected.size(); i++) {
      for (int j = 0; j < expected.get(i).size(); j++) {
        double wanted = expected.get(i).number(j);
        largest = Math.max(largest, Math.abs(wanted));
        off = Math.max(off, Math.abs(wanted - actual.get(i).number(j)));
      }
    }
    return off / largest;
  }

  private static List<DataArray> outputs(OnnxNetwork network, InMemory data) {
    List<DataArray> all = new ArrayList<>();
    network.run(
        data, SampleDraw.all(data.count()), (batch, outputs) -> all.addAll(outputs.values()));
    return all;
  }

  /** Two linear layers with something between, of which the second unit is made otherwise. */
  private static int removed(String between, float[] maker, float[] bias, float[] reader) {
    OnnxGraphBuilder b = new OnnxGraphBuilder("net", 20, 1);
    String x = b.input("x", "N", 2);
    String y = b.node("Gemm", "a", List.of(x, b.floats("w", maker, 2, 3), b.floats("b", bias, 3)));
    List<String> inputs =
        between.equals("LayerNormalization")
            ? List.of(y, b.floats("s", new float[] {1, 1, 1}, 3))
            : List.of(y);
    y = b.node("Gemm", "c", List.of(b.node(between, "m", inputs), b.floats("v", reader, 3, 2)));
    return pruned(space(b.output("y", y, "N", 2).build())).removed();
  }

  @Test
  void onlyWhatIsZeroIsTakenForZero() {
    float[] some = {1, 2, 3, 4, 5, 6};
    float[] bias = {1, 2, 3};
    assertEquals(0, removed("Relu", some, bias, some));
    assertEquals(1, removed("Relu", some, bias, new float[] {1, 2, 0, 0, 5, 6}));
    assertEquals(0, removed("Relu", some, bias, new float[] {1, 2, 1e-30f, 0, 5, 6}));
    float[] dead = {1, 0, 3, 4, 0, 6};
    assertEquals(1, removed("Relu", dead, new float[] {1, -2, 3}, some));
    assertEquals(0, removed("Relu", dead, new float[] {1, 2, 3}, some)); // a constant, not zero
    assertEquals(1, removed("Tanh", dead, new float[] {1, 0, 3}, some));
    assertEquals(0, removed("Sigmoid", dead, new float[] {1, 0, 3}, some)); // is 0.5 at 0
    float[] twins = {1, 1, 3, 4, 4, 6};
    assertEquals(1, removed("Sigmoid", twins, new float[] {1, 1, 3}, some));
    assertEquals(0, removed("Sigmoid", twins, new float[] {1, 1.0001f, 3}, some));
  }

  @Test
  void whereALayerNormalisesOverUnitsNoneGoes() {
    float[] some = {1, 2, 3, 4, 5, 6};
    float[] unread = {1, 2, 0, 0, 5, 6};
    assertEquals(0, removed("LayerNormalization", some, new float[] {1, 2, 3}, unread));
    assertEquals(0, removed("Softmax", some, new float[] {1, 2, 3}, unread));
  }

  private static float[] counted(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = i + 1;
    }
    return numbers;
  }

  @Test
  void oneThatGoesMayLeaveOthersUnread() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("net", 17, 1);
    String x = b.input("x", "N", 2);
    float[] first = counted(2 * 6);
    float[] second = counted(6 * 5);
    float[] third = counted(5 * 2);
    IntStream.range(0, 5).filter(i -> i != 3).forEach(i -> second[2 * 5 + i] = 0);
    third[3 * 2] = 0; // the only unit that reads the third of the first layer is read by none
    third[3 * 2 + 1] = 0;
    String y =
        b.node("Relu", "r", List.of(b.node("Gemm", "a", List.of(x, b.floats("u", first, 2, 6)))));
    y = b.node("Relu", "s", List.of(b.node("Gemm", "c", List.of(y, b.floats("v", second, 6, 5)))));
    y = b.node("Gemm", "d", List.of(y, b.floats("w", third, 5, 2)));
    assertEquals(2, pruned(space(b.output("y", y, "N", 2).build())).removed());
  }

  @Test
  void unitsThatAreFlattenedBesideOthersAreToldApart() {
    Planted p = new Planted(5).random("wa", 4, 3, 1, 1).random("wb", 5, 3, 1, 1);
    p.random("wc", 36, 6);
    p.plant(new Width(4, List.of("wa"), List.of(), List.of(), List.of()));
    OnnxGraphBuilder b = new OnnxGraphBuilder("net", 17, 1);
    String x = b.input("x", "N", 3, 2, 2);
    String left = b.node("Relu", "ra", List.of(b.node("Conv", "a", List.of(x, p.add(b, "wa")))));
    String right = b.node("Relu", "rb", List.of(b.node("Conv", "b", List.of(x, p.add(b, "wb")))));
    String both = b.node("Concat", "both", List.of(left, right), Map.of("axis", 1L));
    String flat = b.node("Flatten", "flat", List.of(both), Map.of("axis", 1L));
    OnnxModel model =
        b.output("y", b.node("Gemm", "c", List.of(flat, p.add(b, "wc"))), "N", 6).build();
    SearchSpace space = space(model);
    LosslessPruning.Result result = pruned(space);
    assertEquals(p.dead() + p.doubles(), result.removed(), p::toString);
    assertTrue(result.removed() > 0, p::toString);
    assertTrue(difference((OnnxNetwork) space.model(), result) < 1e-6, p::toString);
  }

  @Test
  void aWeightThatIsReadTwiceJoinsNothing() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("net", 17, 1);
    String x = b.input("x", "N", 2);
    float[] twins = {1, 1, 3, 4, 4, 6};
    String y =
        b.node("Relu", "r", List.of(b.node("Gemm", "a", List.of(x, b.floats("u", twins, 2, 3)))));
    String w = b.floats("w", new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
    String once = b.node("Gemm", "c", List.of(y, w));
    String twice = b.node("MatMul", "d", List.of(y, w));
    OnnxModel model = b.output("y", once, "N", 2).output("z", twice, "N", 2).build();
    assertEquals(0, pruned(space(model)).removed());
  }

  @Test
  void whereNothingIsIdleTheNetworkStaysWhatItIs() {
    Planted none = new Planted(0).without();
    SearchSpace space = space(residual(none));
    LosslessPruning.Result result = pruned(space);
    assertEquals(0, result.removed());
    assertEquals(space.model().fingerprint(), result.model().fingerprint());
    for (Hparam hparam : space.configurableHparams().values()) {
      assertEquals(hparam.original(), hparam.active());
    }
    assertTrue(Objects.requireNonNull(result.manifest()).compensated().isEmpty());
  }
}

package io.espalier.onnx.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.data.DataArray;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.KeptSamples;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.ChannelMoments;
import io.espalier.core.moments.Measured;
import io.espalier.core.moments.Moments;
import io.espalier.core.moments.Probe;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Moments taken inside ONNX Runtime, against sums over the tensors themselves. */
class OnnxMeasuringTest {
  private static final int SAMPLES = 5;
  private static final List<int[]> FOLDS = List.of(new int[] {0, 2, 3}, new int[] {1, 4});
  private static final String AIM = "layer_output_0";

  private static Map<String, Tensor> run(OnnxModel model, InMemory data) {
    Map<String, Tensor> inputs = new HashMap<>();
    data.all().forEach((name, array) -> inputs.put(name, Tensor.of(array)));
    try (OnnxSession session = OnnxSession.open(model, SessionSettings.fast())) {
      return session.run(inputs);
    }
  }

  /** The only output. */
  private static Tensor only(OnnxModel model, InMemory data) {
    return run(model, data).values().iterator().next();
  }

  private static Measured measure(
      OnnxModel reference, OnnxModel observed, Probe probe, Samples data, List<int[]> folds) {
    return OnnxMeasuring.measure(
        reference,
        observed,
        new Probe.Request(List.of(probe), List.of()),
        data,
        folds,
        SAMPLES,
        batch -> true);
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

  /** An image of 8 channels, 7 x 7, and a convolution of it. */
  private static OnnxModel convolution(Unrolled shape, long opset, long seed, int outputs) {
    OnnxGraphBuilder b = new OnnxGraphBuilder("convolution", opset, seed);
    String x = b.input("x", "N", 8, 7, 7);
    String w = b.weights("w", outputs, 8 / shape.groups(), shape.window()[0], shape.window()[1]);
    long pad = shape.pad();
    String y =
        b.node(
            "Conv",
            "layer",
            List.of(x, w),
            Map.of(
                "group",
                (long) shape.groups(),
                "strides",
                new long[] {shape.stride(), shape.stride()},
                "pads",
                new long[] {pad, pad, pad, pad},
                "dilations",
                new long[] {shape.dilation(), shape.dilation()}));
    return b.output(AIM, y, "N", outputs, "H", "W").build();
  }

  private static Probe probe(Unrolled shape, boolean rectified, int step) {
    Probe.Aim aim = new Probe.Aim(AIM, 4, 1, null, rectified);
    return new Probe(AIM, 0, 4, 1, true, shape.groups(), aim, "", step);
  }

  private static void check(Unrolled shape, long opset, boolean rectified, int step) {
    OnnxModel reference = convolution(shape, opset, 1, 8);
    OnnxModel observed = convolution(shape, opset, 2, 8);
    InMemory data = new InMemory(SAMPLES).normal("x", 3, 8, 7, 7);
    List<int[]> all = List.of(new int[] {0, 1, 2, 3, 4});
    Measured measured =
        measure(reference, observed, probe(shape, rectified, step), data, step == 1 ? FOLDS : all);
    Tensor wanted = only(reference, data);
    Tensor now = only(observed, data);
    Tensor x = Tensor.of(data.of("x"));
    Moments expected =
        shape.moments(
            x.floats(), x.shape(), wanted.floats(), now.floats(), now.shape(), rectified, step);
    same(expected, Moments.sum(measured.moments().get(0)));
  }

  private static Stream<Unrolled> convolutions() {
    int[] three = {3, 3};
    return Stream.of(
        new Unrolled(three, 1, 1, 1, 1),
        new Unrolled(three, 2, 1, 1, 1),
        new Unrolled(three, 2, 0, 1, 1),
        new Unrolled(three, 1, 2, 2, 1),
        new Unrolled(new int[] {1, 3}, 1, 1, 1, 1),
        new Unrolled(new int[] {1, 1}, 2, 0, 1, 1),
        new Unrolled(new int[] {1, 1}, 1, 1, 1, 1),
        new Unrolled(three, 1, 1, 1, 4),
        new Unrolled(three, 2, 1, 1, 8),
        new Unrolled(new int[] {1, 1}, 1, 0, 1, 2));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void patchesOfConvolutionsAreWhatTheirWindowsCover(Unrolled shape) {
    check(shape, 17, false, 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {8, 11, 13})
  void olderOperatorSetsSayTheSame(long opset) {
    check(new Unrolled(new int[] {3, 3}, 2, 1, 1, 2), opset, true, 1);
  }

  @Test
  void whereOnlyPositivePartsCountNothingIsMissingBelow() {
    check(new Unrolled(new int[] {3, 3}, 1, 1, 1, 1), 17, true, 1);
    check(new Unrolled(new int[] {3, 3}, 1, 1, 1, 8), 17, true, 1);
  }

  @Test
  void everySoManiethRowIsEnough() {
    check(new Unrolled(new int[] {3, 3}, 1, 1, 1, 1), 17, false, 3);
    check(new Unrolled(new int[] {3, 3}, 1, 1, 1, 4), 11, false, 5);
    check(new Unrolled(new int[] {3, 3}, 2, 1, 1, 1), 9, false, 3);
    check(new Unrolled(new int[] {1, 1}, 1, 0, 1, 1), 8, false, 3);
  }

  @Test
  void everySoManiethTokenIsEnough() {
    Moments[] sums = new Moments[2];
    for (int i = 0; i < 2; i++) {
      OnnxGraphBuilder b = new OnnxGraphBuilder("rows", i == 0 ? 8 : 17, 1);
      String y = b.node("MatMul", "layer", List.of(b.input("x", "N", 4, 6), b.weights("w", 6, 5)));
      OnnxModel model = b.output(AIM, y, "N", 4, 5).build();
      Probe probe = new Probe(AIM, 0, 3, 2, false, 1, null, "", 3);
      InMemory data = new InMemory(SAMPLES).normal("x", 3, 4, 6);
      List<int[]> all = List.of(new int[] {0, 1, 2, 3, 4});
      sums[i] = measure(model, model, probe, data, all).moments().get(0).get(0);
    }
    assertEquals(7, sums[0].rows());
    same(sums[1], sums[0]);
  }

  /** An image of 3 channels, 6 x 7, and a convolution that says in some way what it pads. */
  private static OnnxModel padded(Map<String, Object> attributes, String h, String w) {
    OnnxGraphBuilder b = new OnnxGraphBuilder("padded", 13, 1);
    String x = b.input("x", "N", 3, 6, 7);
    String y = b.node("Conv", "layer", List.of(x, b.weights("w", 4, 3, 2, 3)), attributes);
    return b.output(AIM, y, "N", 4, h, w).build();
  }

  @ParameterizedTest
  @CsvSource({
    "SAME_UPPER, 1, '0,1,1,1'",
    "SAME_LOWER, 1, '1,1,0,1'",
    "VALID, 1, '0,0,0,0'",
    "SAME_UPPER, 2, '0,1,0,1'",
    "SAME_LOWER, 2, '0,1,0,1'"
  })
  void padsThatFollowFromTheSizeAreSpelledOut(String automatic, long stride, String pads) {
    long[] strides = {stride, stride};
    long[] numbers = Stream.of(pads.split(",")).mapToLong(Long::parseLong).toArray();
    OnnxModel told = padded(Map.of("pads", numbers, "strides", strides), "H", "W");
    OnnxModel self = padded(Map.of("auto_pad", automatic, "strides", strides), "H", "W");
    InMemory data = new InMemory(SAMPLES).normal("x", 3, 3, 6, 7);
    Probe.Aim aim = new Probe.Aim(AIM, 4, 1, null, false);
    Probe probe = new Probe(AIM, 0, 4, 1, true, 1, aim, "", 1);
    same(
        Moments.sum(measure(told, told, probe, data, FOLDS).moments().get(0)),
        Moments.sum(measure(self, self, probe, data, FOLDS).moments().get(0)));
  }

  @Test
  void severalProbesMayHaveOneAim() {
    Unrolled shape = new Unrolled(new int[] {3, 3}, 1, 1, 1, 1);
    OnnxModel reference = convolution(shape, 17, 1, 8);
    OnnxModel observed = convolution(shape, 17, 2, 8);
    InMemory data = new InMemory(SAMPLES).normal("x", 3, 8, 7, 7);
    Probe plain = probe(shape, false, 1);
    Probe rectified = probe(shape, true, 1);
    Measured both =
        OnnxMeasuring.measure(
            reference,
            observed,
            new Probe.Request(List.of(plain, rectified), List.of()),
            data,
            FOLDS,
            SAMPLES,
            batch -> true);
    for (int i = 0; i < 2; i++) {
      Probe one = i == 0 ? plain : rectified;
      same(
          Moments.sum(measure(reference, observed, one, data, FOLDS).moments().get(0)),
          Moments.sum(both.moments().get(i)));
    }
  }

  @Test
  void whatTheModelToBeMatchedComputesIsRememberedWithTheData() {
    Unrolled shape = new Unrolled(new int[] {3, 3}, 1, 1, 1, 1);
    OnnxModel observed = convolution(shape, 17, 2, 8);
    InMemory data = new InMemory(SAMPLES).normal("x", 3, 8, 7, 7);
    Samples kept = new KeptSamples(data, 1_000_000);
    List<OnnxModel> references =
        List.of(convolution(shape, 17, 1, 8), convolution(shape, 17, 3, 8));
    for (int again = 0; again < 2; again++) {
      for (OnnxModel reference : references) {
        for (int step : new int[] {1, 2}) {
          Probe.Aim aim = new Probe.Aim(AIM, 4, 1, null, false);
          Probe probe = new Probe(AIM, 0, 4, 1, true, 1, aim, "", step);
          same(
              Moments.sum(measure(reference, observed, probe, data, FOLDS).moments().get(0)),
              Moments.sum(measure(reference, observed, probe, kept, FOLDS).moments().get(0)));
        }
      }
    }
  }

  @Test
  void batchesShrinkWhereWindowsTakeMuchMemory() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("wide", 11, 1);
    String x = b.input("x", "N", 1, 114, 114);
    String y = b.node("Conv", "layer", List.of(x, b.weights("w", 2, 1, 15, 15)), Map.of());
    OnnxModel model = b.output(AIM, y, "N", 2, 100, 100).build();
    InMemory data = new InMemory(20).normal("x", 3, 1, 114, 114);
    List<Integer> sizes = new ArrayList<>();
    Samples watched =
        new Samples() {
          @Override
          public int count() {
            return data.count();
          }

          @Override
          public Batches read(int[] samples, int size) {
            sizes.add(size);
            return data.read(samples, size);
          }
        };
    int[] all = IntStream.range(0, 20).toArray();
    for (int step : new int[] {1, 7}) {
      Probe probe = new Probe(AIM, 0, 4, 1, true, 1, null, "", step);
      Measured measured =
          OnnxMeasuring.measure(
              model,
              model,
              new Probe.Request(List.of(probe), List.of()),
              watched,
              List.of(all),
              20,
              batch -> true);
      assertEquals(20 * ((10_000 + step - 1) / step), measured.moments().get(0).get(0).rows());
    }
    // one sample to see, then as many as fit: 10,000 places by 225 columns take 27 MB with copies
    assertEquals(List.of(1, 14, 1, 20), sizes);
  }

  @Test
  void foldsAreAddedUpApart() {
    Unrolled shape = new Unrolled(new int[] {1, 1}, 1, 0, 1, 1);
    OnnxModel model = convolution(shape, 17, 1, 8);
    InMemory data = new InMemory(SAMPLES).normal("x", 3, 8, 7, 7);
    List<Moments> folds =
        measure(model, model, probe(shape, false, 1), data, FOLDS).moments().get(0);
    assertEquals(3 * 49, folds.get(0).rows());
    assertEquals(2 * 49, folds.get(1).rows());
    Moments second =
        measure(model, model, probe(shape, false, 1), data, List.of(FOLDS.get(1)))
            .moments()
            .get(0)
            .get(0);
    same(second, folds.get(1));
    assertTrue(Arrays.stream(second.squares(0)).allMatch(square -> square == 0));
  }

  @Test
  void aimsLoseTheChannelsThatTheObservedNetworkHasLost() {
    Unrolled shape = new Unrolled(new int[] {3, 3}, 1, 1, 1, 1);
    int[] kept = {1, 4, 6};
    OnnxModel reference = convolution(shape, 17, 1, 8);
    OnnxModel observed = convolution(shape, 17, 2, 3);
    InMemory data = new InMemory(SAMPLES).normal("x", 3, 8, 7, 7);
    Probe.Aim aim = new Probe.Aim(AIM, 4, 1, kept, false);
    Probe probe = new Probe(AIM, 0, 4, 1, true, 1, aim, "", 1);
    Measured measured = measure(reference, observed, probe, data, FOLDS);
    Tensor now = only(observed, data);
    float[] whole = only(reference, data).floats();
    float[] wanted = new float[now.floats().length];
    for (int image = 0; image < SAMPLES; image++) {
      for (int c = 0; c < 3; c++) {
        System.arraycopy(whole, (image * 8 + kept[c]) * 49, wanted, (image * 3 + c) * 49, 49);
      }
    }
    Tensor x = Tensor.of(data.of("x"));
    same(
        shape.moments(x.floats(), x.shape(), wanted, now.floats(), now.shape(), false, 1),
        Moments.sum(measured.moments().get(0)));
  }

  /** Tokens [N, 4, 6] with a mask, and a product with a matrix, perhaps in half precision. */
  private static OnnxModel tokens(long seed, boolean half) {
    OnnxGraphBuilder b = new OnnxGraphBuilder("tokens", 17, seed);
    String x = b.input("x", "N", 4, 6);
    b.typedInput("mask", DataTypes.INT64, "N", 4);
    String w = b.weights("w", 6, 5);
    String y;
    if (half) {
      Map<String, Long> to = Map.of("to", (long) DataTypes.FLOAT16);
      String data = b.node("Cast", "half", List.of(x), to);
      String weight = b.node("Cast", "halves", List.of(w), to);
      String product = b.node("MatMul", "layer", List.of(data, weight));
      y = b.node("Cast", "back", List.of(product), Map.of("to", 1L));
    } else {
      y = b.node("MatMul", "layer", List.of(x, w));
    }
    return b.output(half ? "y" : AIM, y, "N", 4, 5).build();
  }

  private static InMemory masked() {
    double[] mask = {1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0};
    return new InMemory(SAMPLES).normal("x", 5, 4, 6).put("mask", ElementType.INT64, mask, 4);
  }

  private static Moments ofTokens(OnnxModel reference, OnnxModel observed, InMemory data) {
    float[] x = Tensor.of(data.of("x")).floats();
    DataArray mask = data.of("mask");
    float[] wanted = only(reference, data).floats();
    float[] now = only(observed, data).floats();
    Moments moments = new Moments(7, 5, 1);
    for (int row = 0; row < SAMPLES * 4; row++) {
      if (mask.number(row) != 0) {
        double[] read = new double[7];
        double[] missing = new double[5];
        for (int i = 0; i < 6; i++) {
          read[i] = x[row * 6 + i];
        }
        read[6] = 1;
        for (int o = 0; o < 5; o++) {
          missing[o] = wanted[row * 5 + o] - now[row * 5 + o];
        }
        Unrolled.add(moments, 0, read, missing);
      }
    }
    return moments;
  }

  private static Probe ofTokens() {
    Probe.Aim aim = new Probe.Aim(AIM, 3, 2, null, false);
    return new Probe(AIM, 0, 3, 2, false, 1, aim, "mask", 1);
  }

  @Test
  void tokensThatAreMaskedCountForNothing() {
    InMemory data = masked();
    Measured measured = measure(tokens(1, false), tokens(2, false), ofTokens(), data, FOLDS);
    same(
        ofTokens(tokens(1, false), tokens(2, false), data), Moments.sum(measured.moments().get(0)));
  }

  @Test
  void halfPrecisionIsAddedUpInSinglePrecision() {
    InMemory data = masked();
    Measured measured = measure(tokens(1, true), tokens(2, true), ofTokens(), data, FOLDS);
    Moments expected = ofTokens(tokens(1, true), tokens(2, true), data);
    Moments actual = Moments.sum(measured.moments().get(0));
    assertEquals(expected.rows(), actual.rows());
    double most = Arrays.stream(expected.gram(0)).map(Math::abs).max().orElse(0);
    // what is read is rounded to half precision first
    assertArrayEquals(expected.gram(0), actual.gram(0), 2e-3 * most);
    near(expected.squares(0), actual.squares(0));
  }

  @Test
  void pairsAreAddedUpByChannel() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("pair", 11, 1);
    String x = b.input("x", "N", 3, 2, 2);
    String scale = b.floats("scale", new float[] {2, -1, 0}, 3, 1, 1);
    String y = b.node("Mul", "scaled", List.of(x, scale));
    OnnxModel model = b.output("y", y, "N", 3, 2, 2).build();
    InMemory data = new InMemory(SAMPLES).normal("x", 3, 3, 2, 2);
    Probe.Pair pair = new Probe.Pair("x", "y", 4, 1, "");
    ChannelMoments moments =
        OnnxMeasuring.measure(
                model,
                model,
                new Probe.Request(List.of(), List.of(pair)),
                data,
                FOLDS,
                2,
                batch -> true)
            .pairs()
            .get(0);
    assertEquals(SAMPLES * 4, moments.rows());
    assertEquals(2, moments.slope(0), 1e-5);
    assertEquals(-1, moments.slope(1), 1e-5);
    assertEquals(0, moments.slope(2), 1e-5);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void dataThatAreNotFiniteAreRefused(double bad) {
    Unrolled shape = new Unrolled(new int[] {3, 3}, 1, 1, 1, 1);
    OnnxModel model = convolution(shape, 17, 1, 8);
    double[] values = new double[SAMPLES * 8 * 49];
    values[1234] = bad;
    InMemory data = new InMemory(SAMPLES).put("x", ElementType.FLOAT32, values, 8, 7, 7);
    for (Probe probe :
        List.of(
            probe(shape, false, 1),
            probe(shape, true, 1),
            new Probe(AIM, 0, 4, 1, false, 1, null, "", 1))) {
      assertThrows(OnnxRunException.class, () -> measure(model, model, probe, data, FOLDS));
    }
  }

  @Test
  void aLayerThatIsNotThereIsRefused() {
    Unrolled shape = new Unrolled(new int[] {1, 1}, 1, 0, 1, 1);
    OnnxModel model = convolution(shape, 17, 1, 8);
    InMemory data = new InMemory(SAMPLES).normal("x", 3, 8, 7, 7);
    Probe probe = new Probe("nothing", 0, 4, 1, false, 1, null, "", 1);
    assertThrows(IllegalArgumentException.class, () -> measure(model, model, probe, data, FOLDS));
  }
}

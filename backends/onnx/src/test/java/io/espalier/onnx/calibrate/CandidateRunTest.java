package io.espalier.onnx.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.pruning.LocalRunner;
import io.espalier.core.pruning.OutputError;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.PredictedError;
import io.espalier.core.search.WidthErrors;
import io.espalier.core.values.Config;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.ResNet;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.spi.DMRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What candidates of a search are judged by, whether they are run or not. */
class CandidateRunTest {
  private static final int SAMPLES = 6;

  private final SearchSpace space =
      new SearchSpaces(
              Set.of(new OnnxBackend()),
              DMRegistry.discover(CandidateRunTest.class.getClassLoader()))
          .generate(
              SampleNetworks.resnet(new ResNet(true, 16, List.of(2, 2), 10, 32, false)),
              Rules.everything());

  private InMemory data() {
    return InMemory.random(((OnnxNetwork) space.model()).inputs(), Map.of(), SAMPLES, 1);
  }

  /** The original, and some others. */
  private List<Config> configs() {
    Dials dials = space.dials(List.of());
    List<Config> configs = new ArrayList<>(List.of(dials.config(dials.original())));
    for (int seed = 0; seed < 4; seed++) {
      configs.add(space.draw(new Random(seed)));
    }
    return configs;
  }

  /** Weights beside the skeleton of a candidate are those that stand in its file. */
  @Test
  void aCandidateComputesWhatItsFileDoes() throws IOException {
    for (Config config : configs()) {
      try (OnnxNetwork carved = (OnnxNetwork) space.export(config)) {
        assertComputesWhatItsFileDoes(carved);
        String weight =
            carved.model().initializers().keySet().stream()
                .filter(name -> name.endsWith("weight"))
                .findFirst()
                .orElseThrow();
        float[] values = new float[carved.stored(weight).remaining() / Float.BYTES];
        for (int i = 0; i < values.length; i++) {
          values[i] = (i % 7 - 3) / 8f;
        }
        assertComputesWhatItsFileDoes(carved.withValues(Map.of(weight, values)));
      }
    }
  }

  private void assertComputesWhatItsFileDoes(OnnxNetwork network) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    network.save(file);
    List<Map<String, DataArray>> outputs = new ArrayList<>();
    SessionSettings settings = SessionSettings.fast().withThreads(1);
    try (OnnxSession session = OnnxSession.open(file.toByteArray(), settings)) {
      network.runOnOneThread(
          data(),
          SampleDraw.all(SAMPLES),
          (batch, found) -> {
            Map<String, DataArray> expected = session.runArrays(batch.arrays());
            expected.forEach(
                (name, array) ->
                    assertArrayEquals(bits(array), bits(Objects.requireNonNull(found.get(name)))));
            outputs.add(found);
          });
    }
    assertTrue(!outputs.isEmpty());
  }

  private static long[] bits(DataArray array) {
    long[] bits = new long[array.size()];
    Arrays.setAll(bits, i -> Double.doubleToRawLongBits(array.number(i)));
    return bits;
  }

  @Test
  void aRunnerSaysTheSameOnAnyNumberOfThreads() {
    int[] all = SampleDraw.all(SAMPLES);
    double[] scores = LocalRunner.ofOutputs(space, data(), all, 1).scores(configs());
    assertArrayEquals(scores, LocalRunner.ofOutputs(space, data(), all, 3).scores(configs()));
    assertEquals(0, scores[0]);
    OutputError judge = new OutputError((OnnxNetwork) space.model(), data(), all);
    for (int i = 0; i < scores.length; i++) {
      try (OnnxNetwork carved = (OnnxNetwork) space.export(configs().get(i))) {
        assertEquals(judge.of(carved), scores[i], 1e-4 * scores[i]);
      }
    }
    assertEquals(0, LocalRunner.ofOutputs(space, data(), all, 1).scores(List.of()).length);
  }

  /** Each dial adds what it alone is said to lose; what is no width is asked for once. */
  @Test
  void predictedErrorsAddUp() {
    space.sortParameters();
    List<Config> asked = new ArrayList<>();
    PredictedError predicted =
        PredictedError.of(
            space,
            WidthErrors.byImportance(space),
            others -> {
              asked.addAll(others);
              double[] errors = new double[others.size()];
              Arrays.setAll(errors, i -> 10 + i);
              return errors;
            });
    Dials dials = space.dials(List.of());
    int others = 0;
    for (int dial = 0; dial < dials.size(); dial++) {
      others += dials.kind(dial) == Dials.Kind.WIDTH ? 0 : dials.choices(dial).size() - 1;
    }
    assertEquals(others, asked.size());
    for (int i = 0; i < asked.size(); i++) {
      assertEquals(10 + i, predicted.of(asked.get(i)));
    }
    int[] original = dials.original();
    assertEquals(0, predicted.of(dials.config(original)));
    for (Config config : configs()) {
      int[] setting = dials.setting(config);
      double sum = 0;
      for (int dial = 0; dial < setting.length; dial++) {
        int[] alone = original.clone();
        alone[dial] = setting[dial];
        sum += predicted.of(dials.config(alone));
      }
      assertEquals(sum, predicted.of(config), 1e-9 * (1 + sum));
    }
  }
}

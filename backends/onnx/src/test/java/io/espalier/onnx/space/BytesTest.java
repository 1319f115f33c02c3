package io.espalier.onnx.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.cost.BytesCost;
import io.espalier.core.rules.Rules;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.spi.DMRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that are predicted without carving, against those that are written. */
class BytesTest {
  private static final int DRAWS = 3;

  /** What a network without computed shapes may differ by. */
  private static final long CLOSE = 100;

  /** What shapes that have to be said may add, and those of blocks that went may leave. */
  private static final long OF_SHAPES = 20_000;

  private final SearchSpaces spaces =
      new SearchSpaces(
          Set.of(new OnnxBackend()), DMRegistry.discover(BytesTest.class.getClassLoader()));

  /** Random widths; kernels and depths, too, where they are asked for. */
  private static int[] draw(Dials dials, Random random, boolean all) {
    int[] setting = dials.original();
    for (int i = 0; i < setting.length; i++) {
      if (all || dials.kind(i) == Dials.Kind.WIDTH) {
        setting[i] = random.nextInt(setting[i] + 1);
      }
    }
    return setting;
  }

  private static long written(SearchSpace space, Dials dials, int[] setting) throws IOException {
    space.select(dials.config(setting));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    space.export().save(out);
    return out.size();
  }

  @Test
  void theWholeNetworkTakesWhatItsFileTakes(@TempDir Path folder) throws IOException {
    SearchSpace space = spaces.generate(SampleNetworks.thinResnet(), Rules.everything());
    Dials dials = space.dials(List.of(new BytesCost()));
    Path file = folder.resolve("whole.onnx");
    space.export().save(file);
    assertEquals(Files.size(file), dials.cost(dials.original(), 0));
  }

  @Test
  void widthsAndDepthsOfAResidualNetworkArePredictedToAFewBytes() throws IOException {
    SearchSpace space = spaces.generate(SampleNetworks.thinResnet(), Rules.everything());
    Dials dials = space.dials(List.of(new BytesCost()));
    Random random = new Random(1);
    for (int draw = 0; draw < 2 * DRAWS; draw++) {
      int[] setting = draw(dials, random, draw >= DRAWS);
      long written = written(space, dials, setting);
      long predicted = dials.cost(setting, 0);
      assertTrue(Math.abs(predicted - written) <= CLOSE, () -> predicted + " for " + written);
    }
  }

  @Test
  void theZooStaysWithinTheBoundThatIsStated() throws IOException {
    for (Path file : SharedData.zoo()) {
      SearchSpace space = spaces.generate(file, Rules.everything());
      Dials dials = space.dials(List.of(new BytesCost()));
      Random random = new Random(1);
      for (int draw = 0; draw < DRAWS; draw++) {
        int[] setting = draw(dials, random, draw == DRAWS - 1);
        long written = written(space, dials, setting);
        long predicted = dials.cost(setting, 0);
        assertTrue(
            Math.abs(predicted - written) <= OF_SHAPES,
            () -> file + ": " + predicted + " for " + written);
      }
    }
  }
}

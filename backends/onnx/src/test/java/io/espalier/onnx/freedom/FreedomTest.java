package io.espalier.onnx.freedom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.build.SampleNetwork;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.fuzz.RandomNetwork;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.TrialSizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What may change of every parameter of many networks, as golden files: freedom is not lost without
 * anybody noticing. {@code -Despalier.write} writes them, but refuses to where an axis that was
 * free is no longer.
 */
class FreedomTest {
  private static final String WRITE = "espalier.write";
  private static final Path FOLDER = Path.of("src", "test", "resources", "freedom");
  private static final int SEEDS = 200;
  private static final DMRegistry REGISTRY =
      DMRegistry.discover(FreedomTest.class.getClassLoader());
  private static final SearchSpaces SPACES = new SearchSpaces(Set.of(new OnnxBackend()), REGISTRY);

  /** Networks in which axes are rightly frozen that were free before, each with the reason. */
  private static final Map<String, String> EXCEPTIONS = Map.of();

  @Test
  void filesOfTheZoo() throws IOException {
    check("zoo.txt", files(SharedData.zoo()));
  }

  @Test
  void casesThatWentWrong() throws IOException {
    check("cases.txt", files(SharedData.models(SharedData.path("cases"))));
  }

  private static FreedomTable files(List<Path> files) {
    FreedomTable table = new FreedomTable();
    for (Path file : files) {
      String name = file.getFileName().toString();
      table.add(name, edges(OnnxModel.read(file), TrialSizes.automatic()));
    }
    return table;
  }

  @Test
  void networksBuiltInCode() throws IOException {
    FreedomTable table = new FreedomTable();
    for (SampleNetwork network : SampleNetworks.all()) {
      table.add(network.name(), edges(network.model(), TrialSizes.automatic()));
    }
    check("built.txt", table);
  }

  @Test
  void randomNetworks() throws IOException {
    FreedomTable table = new FreedomTable();
    for (int seed = 0; seed < SEEDS; seed++) {
      RandomNetwork network = RandomNetwork.of(seed);
      TrialSizes sizes = network.sized() ? TrialSizes.of(network.shapes()) : TrialSizes.automatic();
      table.addShort("seed " + seed, edges(network.model(), sizes));
    }
    check("random.txt", table);
  }

  private static List<Freedom.Edge> edges(OnnxModel model, TrialSizes sizes) {
    SearchSpace space = SPACES.generate(model, Rules.everything(), sizes);
    return Freedom.of(space.model(), space.map().orElseThrow(), REGISTRY);
  }

  private static void check(String file, FreedomTable table) throws IOException {
    Path golden = FOLDER.resolve(file);
    if (System.getProperty(WRITE) != null) {
      if (Files.exists(golden)) {
        List<String> lost = FreedomTable.lost(Files.readAllLines(golden), table.lines());
        lost.removeIf(line -> EXCEPTIONS.keySet().stream().anyMatch(line::startsWith));
        assertEquals(List.of(), lost, "was free, or had a reason");
      }
      Files.createDirectories(FOLDER);
      Files.write(golden, table.lines());
    }
    assertEquals(
        String.join("\n", Files.readAllLines(golden)),
        String.join("\n", table.lines()),
        golden + " is out of date; -D" + WRITE + " writes it where no freedom is lost");
  }
}

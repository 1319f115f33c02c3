package io.espalier.benchmarks;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.build.VisionTransformer;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.spi.DMRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * ViT-B/16 at full size, 86 million parameters with seeded weights, in a file of 346 MB that the
 * system has just written and so holds in memory.
 */
@State(Scope.Benchmark)
public class VisionTransformerBase {
  private static final VisionTransformer SHAPE = new VisionTransformer(768, 12, 12, 16, 1000, 224);

  private final Path folder;
  private final OnnxNetwork network;
  private final SearchSpaces spaces =
      new SearchSpaces(
          Set.of(new OnnxBackend()),
          DMRegistry.discover(VisionTransformerBase.class.getClassLoader()));

  public VisionTransformerBase() {
    try {
      folder = Files.createTempDirectory("espalier-benchmarks");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path file = folder.resolve("vit_b.onnx");
    new OnnxEdit(SampleNetworks.visionTransformer(SHAPE)).write(file);
    network = OnnxNetwork.read(file);
  }

  /** The space that opens everything. */
  SearchSpace space() {
    return spaces.generate(network, Rules.everything());
  }

  /** That space, sorted, with half of every width selected and all twelve layers. */
  SearchSpace halved() {
    SearchSpace space = space();
    space.sortParameters();
    Map<String, Function<List<Choice>, Choice>> selected = new LinkedHashMap<>();
    selected.put("*", VisionTransformerBase::half);
    selected.put("*.depth", choices -> choices.get(choices.size() - 1));
    space.sample(selected);
    return space;
  }

  private static Choice half(List<Choice> choices) {
    return choices.get((choices.size() - 1) / 2);
  }

  @TearDown
  public void delete() throws IOException {
    Folders.delete(folder);
  }
}

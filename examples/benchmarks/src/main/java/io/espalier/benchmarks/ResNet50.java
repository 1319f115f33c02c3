package io.espalier.benchmarks;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.spi.DMRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * ResNet-50 at full size, 25.6 million parameters with seeded weights, in a file of 102 MB that the
 * system has just written and so holds in memory.
 */
@State(Scope.Benchmark)
public class ResNet50 {
  final Path folder;
  final Path file;
  final DMRegistry registry = DMRegistry.discover(ResNet50.class.getClassLoader());
  final SearchSpaces spaces = new SearchSpaces(Set.of(new OnnxBackend()), registry);
  final OnnxNetwork network;

  public ResNet50() {
    try {
      folder = Files.createTempDirectory("espalier-benchmarks");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    file = folder.resolve("resnet50.onnx");
    new OnnxEdit(SampleNetworks.resnet50()).write(file);
    network = OnnxNetwork.read(file);
  }

  /** The space that opens everything. */
  SearchSpace space() {
    return spaces.generate(network, Rules.everything());
  }

  /**
   * That space, sorted, with half of every width selected and all kernels as they are. Weights are
   * random, and so the units that stay are scattered over each axis.
   */
  SearchSpace halved() {
    SearchSpace space = space();
    space.sortParameters();
    space.sample(choices -> choices.get(0).sizes() ? last(choices) : half(choices));
    return space;
  }

  private static Choice last(List<Choice> choices) {
    return choices.get(choices.size() - 1);
  }

  private static Choice half(List<Choice> choices) {
    return choices.get(choices.size() / 2 - 1);
  }

  @TearDown
  public void delete() throws IOException {
    Folders.delete(folder);
  }
}

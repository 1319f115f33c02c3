package io.espalier.djl.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Cut;
import io.espalier.core.values.FrozenAxis;
import io.espalier.core.values.Prover;
import io.espalier.core.values.TracedModel;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.LayerCases;
import io.espalier.trace.Graph;
import io.espalier.trace.LayerNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The ONNX file has the search space of the block, under the same names. */
class LayerNamesTest {
  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> networksOfTheModelZoo() {
    return Stream.of(
        network("Mlp", Blocks::mlp),
        network("LeNet", Blocks::leNet),
        network("ResNetV1-18", manager -> Blocks.resNet(manager, 18, 64)),
        network("ResNetV1-50", manager -> Blocks.resNet(manager, 50, 64)),
        network("MobileNetV2", Blocks::mobileNet),
        network("SqueezeNet", Blocks::squeezeNet),
        network("VGG", Blocks::vgg),
        network("AlexNet", Blocks::alexNet),
        network("transformer encoder", Blocks::encoder),
        network("BERT", Blocks::bert),
        network("LSTM classifier", Blocks::lstmClassifier));
  }

  @TestFactory
  Stream<DynamicTest> layersByThemselves() {
    return LayerCases.all().entrySet().stream()
        .map(entry -> network(entry.getKey(), entry.getValue()));
  }

  @TestFactory
  Stream<DynamicTest> depths() {
    return Stream.of(
        network(
            "dropout between residual blocks",
            manager ->
                Blocks.initialized(
                    manager,
                    new SequentialBlock()
                        .add(Linear.builder().setUnits(8).build())
                        .add(
                            new SequentialBlock()
                                .add(residual())
                                .add(Dropout.builder().build())
                                .add(residual()))
                        .add(Linear.builder().setUnits(3).build()),
                    new Shape(1, 6))));
  }

  private static Block residual() {
    return new ParallelBlock(
        lists -> new NDList(lists.get(0).head().add(lists.get(1).head())),
        List.of(
            new SequentialBlock().add(Activation::relu).add(Linear.builder().setUnits(8).build()),
            ai.djl.nn.Blocks.identityBlock()));
  }

  /** Depths and widths of attention that the code of a block holds are listed, with a reason. */
  @TestFactory
  Stream<DynamicTest> whatOnlyTheFileCanChange() {
    Map<String, Function<NDManager, DjlBlock>> networks =
        Map.of(
            "transformer encoder", Blocks::encoder, "ResNetV1-18", m -> Blocks.resNet(m, 18, 64));
    return networks.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () -> {
                      try (NDManager manager = NDManager.newBaseManager()) {
                        assertListed(entry.getValue().apply(manager));
                      }
                    }));
  }

  private void assertListed(DjlBlock source) {
    Path file = folder.resolve("network.onnx");
    SearchSpace ofBlock = Blocks.spaces().generate(source, Rules.everything());
    ofBlock.model().save(file);
    SearchSpace ofFile = Blocks.spaces().generate(file, Rules.everything());
    Map<String, FrozenAxis> listed = new HashMap<>();
    ofBlock.frozen().forEach(axis -> listed.put(axis.layer() + "." + axis.axis(), axis));
    int seen = 0;
    for (Hparam hparam : ofFile.configurableHparams().values()) {
      String name = hparam.name();
      if (name.endsWith(".depth") || name.endsWith(".qk_dim") || name.endsWith(".v_dim")) {
        seen++;
        Hparam own = ofBlock.namedHparams().get(name);
        FrozenAxis frozen = listed.get(name);
        assertTrue(
            frozen != null || (own != null && own.choices().equals(hparam.choices())),
            name + " is neither a choice of the block nor listed");
        assertTrue(frozen == null || !frozen.cause().contains(". "), String.valueOf(frozen));
      }
    }
    assertTrue(seen > 0);
  }

  private DynamicTest network(String name, Function<NDManager, DjlBlock> make) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          try (NDManager manager = NDManager.newBaseManager()) {
            check(make.apply(manager));
          }
        });
  }

  private void check(DjlBlock source) {
    Path file = folder.resolve("network.onnx");
    SearchSpace ofBlock = Blocks.spaces().generate(new Drawing(source), Rules.everything());
    ofBlock.model().save(file);
    SearchSpace ofFile = Blocks.spaces().generate(file, Rules.everything());
    assertEquals(layers(ofBlock.model().graph()), layers(ofFile.model().graph()));
    assertEquals(hparams(ofBlock), hparams(ofFile));
    assertEquals(ofBlock.params(), ofFile.params());
    assertEquals(ofBlock.macs(), ofFile.macs());
  }

  /** A block that has no objections, since a file does not know what stands in its code. */
  private static final class Drawing implements TracedModel {
    private final DjlNetwork network;

    Drawing(DjlBlock source) {
      this.network = DjlNetwork.of(source);
    }

    @Override
    public Graph graph() {
      return network.graph();
    }

    @Override
    public String fingerprint() {
      return network.fingerprint();
    }

    @Override
    public String description() {
      return network.description();
    }

    @Override
    public TracedModel carve(Cut cut, Prover prover) {
      return network.carve(cut, prover);
    }

    @Override
    public void save(Path path) {
      network.save(path);
    }
  }

  private static String layers(Graph graph) {
    List<String> lines = new ArrayList<>();
    describe(graph.layers(), "", lines);
    return String.join("\n", lines);
  }

  private static void describe(List<LayerNode> layers, String indent, List<String> lines) {
    for (LayerNode layer : layers) {
      lines.add(indent + layer.name() + " " + layer.type());
      describe(layer.children(), indent + "  ", lines);
    }
  }

  private static String hparams(SearchSpace space) {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, Hparam> entry : space.namedHparams().entrySet()) {
      Hparam hparam = entry.getValue();
      lines.add(
          entry.getKey()
              + " "
              + hparam.isConfigurable()
              + " "
              + hparam.original()
              + " "
              + hparam.choices().size()
              + " "
              + hparam.group());
    }
    return String.join("\n", lines);
  }
}
